"""Logs: of one container, of all pods of a deployment, and how they are looked at."""

import pytest
from driving import HOSTILE, SIZES, deployment, is_aligned, press, screen, settle
from textual.widgets import OptionList

from k9lite.api import kinds
from k9lite.client.streams import LogLine
from k9lite.tui.app import Dashboard
from k9lite.tui.display.lines import Line, folded
from k9lite.tui.widgets.lines import Lines
from k9lite.tui.widgets.log import Log


class Logs:
    """Two containers per pod; what is asked for is remembered."""

    def __init__(self):
        self.asked = []

    async def logs(self, namespace, pod, options):
        self.asked.append(options)
        number = float(pod[-1])
        yield [LogLine(number, f"one of {pod}"), LogLine(number + 10, f"{pod} says {HOSTILE}", "stderr")]

    def reachable(self, address, port):
        return None


@pytest.fixture
def streams():
    return Logs()


@pytest.fixture
async def dashboard(client, clock):
    await deployment(client)
    for number in (2, 1):
        containers = [{"name": name, "image": "i"} for name in ("app", "side")]
        spec = {"containers": containers, "serviceAccountName": "default"}
        await client.create(
            kinds.POD, {"metadata": {"name": f"web-{number}", "labels": {"app": "web"}}, "spec": spec}, "default"
        )
    return Dashboard(client, clock, name="test")


async def test_the_log_of_a_deployment_is_that_of_all_its_pods_in_order(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "l")
        text = screen(dashboard)
        assert "Logs  web  all containers" in text
        assert text.index("web-1 app │ one of web-1") < text.index("web-2 app │ one of web-2")
        assert text.index("web-2 side │ one of web-2") < text.index("web-1 app │ web-1 says [/foo]")


async def test_which_container_is_asked_where_there_are_several(dashboard, streams):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "4", "l")
        options = dashboard.screen.query_one(OptionList)
        options.highlighted = options.get_option_index("side")
        await press(pilot, "enter")
        assert "Logs  web-1  side" in screen(dashboard)
        assert {options.container for options in streams.asked} == {"side"}


async def test_since_timestamps_and_wrap(dashboard, streams, clock):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "l", "t")
        assert "│ 1970-01-01T00:00:01" in screen(dashboard)
        await press(pilot, "w")
        assert "wrapped" in screen(dashboard)
        log = dashboard.screen.query_one(Log)
        assert log.virtual_size.width <= log.size.width
        streams.asked.clear()
        await press(pilot, "s", "down", "enter")
        assert {options.since for options in streams.asked} == {clock.now() - 60}
        assert "since 60 s" in screen(dashboard)


async def test_dropped_lines_are_counted(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "l")
        log = dashboard.screen.query_one(Log)
        log._add([log._records[0]] * 20_100)
        await settle(pilot)
        assert "108 lines dropped" in screen(dashboard)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_hostile_lines_are_harmless(dashboard, size):
    async with dashboard.run_test(size=size) as pilot:
        await settle(pilot)
        for key in ("l", "w", "t"):
            await press(pilot, key)
            assert is_aligned(dashboard, size)


async def test_search_goes_from_match_to_match(dashboard, client):
    async with dashboard.run_test(size=SIZES["small"]) as pilot:
        await settle(pilot)
        await press(pilot, "y", "slash", *"image", "enter")
        page = dashboard.screen.query_one(Lines)
        first = page._match
        assert "image" in page._shown[first].text
        assert "kind: Deployment" in page.text  # nothing is left out
        await press(pilot, "n")
        assert page._match > first
        await press(pilot, "N")
        assert page._match == first


@pytest.mark.parametrize(
    ("text", "cells", "pieces"),
    [("abcdef", 4, ["abcd", "ef"]), ("日本語", 4, ["日本", "語"]), ("a日本", 4, ["a日", "本"]), ("ab", 4, ["ab"])],
)
def test_folding_keeps_every_character(text, cells, pieces):
    assert [piece.text for piece in folded(Line(text), cells)] == pieces
    assert [piece.text for piece in folded(Line(text, "", ((text[:1], "good"), (text[1:], ""))), cells)] == pieces
