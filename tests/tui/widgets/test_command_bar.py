"""The history of what was typed after `:`."""

from k9lite.tui.widgets.command_bar import MOST_COMMANDS, CommandInput


def test_the_history_keeps_the_newest():
    history = []
    line = CommandInput(lambda text: [], history)
    for number in range(MOST_COMMANDS + 5):
        line.remember(f"pods ns-{number}")
    line.remember("pods ns-50")
    assert len(history) == MOST_COMMANDS
    assert (history[0], history[-1]) == ("pods ns-5", "pods ns-50")
    assert history.count("pods ns-50") == 1
