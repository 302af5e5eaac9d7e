"""The line where commands are typed: `:pods kube-system`. Tab completes, the arrows repeat."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from k9lite.api import kinds
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session import commands
from k9lite.tui.session.place import Place

MOST_COMMANDS = 100  # that are remembered
Completer = Callable[[str], list[str]]


class CommandInput(Input, Place):
    """Typed into; `history` is shared by all screens, the newest last."""

    typing = True
    place_name = "command"

    def __init__(self, completer: Completer, history: list[str]) -> None:
        super().__init__(placeholder="pods   deploy kube-system   pod /web   pod app=web   ns   q", compact=True)
        self._completer, self._history = completer, history
        self._at = len(history)
        self._offered: list[str] = []

    def move(self, lines: int) -> None:
        """Through what was typed before."""
        self._at = max(0, min(self._at + lines, len(self._history)))
        self.value = self._history[self._at] if self._at < len(self._history) else ""
        self.cursor_position = len(self.value)

    def complete(self, step: int) -> bool:
        """Take the next of what is offered."""
        offered = self._offered
        if offered:
            at = offered.index(self.value) if self.value in offered else (-1 if step > 0 else 0)
            with self.prevent(Input.Changed):  # the offer stays while one goes through it
                self.value = offered[(at + step) % len(offered)]
            self.cursor_position = len(self.value)
        return True

    def offer(self) -> list[str]:
        """What the text may become."""
        self._offered = self._completer(self.value)
        return self._offered

    def remember(self, text: str) -> None:
        """Make `text` the newest; the oldest go once there are more than MOST_COMMANDS."""
        if text in self._history:
            self._history.remove(text)
        self._history.append(text)
        del self._history[:-MOST_COMMANDS]
        self._at = len(self._history)

    def at_end(self) -> None:
        """What was typed last is what the first arrow shows."""
        self._at = len(self._history)

    def leave(self) -> bool:
        assert isinstance(self.parent, CommandBar)
        self.parent.close()
        return True


class CommandBar(Vertical):
    """Hidden until it is opened."""

    DEFAULT_CSS = """
    CommandBar { height: 2; background: $panel; display: none; }
    CommandBar Static { height: 1; padding: 0 1; color: $tone-muted; }
    CommandBar Input { height: 1; border: none; background: $panel; padding: 0 1; }
    """

    @dataclass
    class Entered(Message):
        """A command was typed."""

        text: str

    def __init__(self, cluster: LiveCluster, history: list[str]) -> None:
        super().__init__()
        self._cluster = cluster
        self.input = CommandInput(self._complete, history)
        self._offer = Static()

    def compose(self) -> ComposeResult:
        yield self._offer
        yield self.input

    def _complete(self, text: str) -> list[str]:
        namespaces = [namespace.name for namespace in self._cluster.of(kinds.NAMESPACE)]
        return commands.complete(text, self._cluster.client.kinds, namespaces)

    def open(self) -> None:
        self._before = self.screen.focused
        self.display = True
        self.input.value = ""
        self.input.at_end()
        self.screen.set_focus(self.input)  # at once: what is typed next belongs in it

    def close(self) -> None:
        self.display = False
        self.screen.set_focus(self._before)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer.update(Content("  ".join(self.input.offer())))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        self.close()
        if text:
            self.input.remember(text)
            self.post_message(self.Entered(text))
