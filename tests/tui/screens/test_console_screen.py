"""A shell in a container, and its own process: what is typed reaches it, what it writes is seen."""

import asyncio

import pytest
from driving import HOSTILE, press, screen, settle

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.tui.app import Dashboard
from k9lite.tui.screens.overview import Overview
from k9lite.tui.widgets.console import ERRORS, OUTPUT, Splitter

SIZE = (100, 30)


class Echo:
    """A process that answers every line, and ends with 3 when its input does."""

    def __init__(self):
        self.answers = asyncio.Queue()
        self.stdin, self.left = self, False

    async def write(self, data):
        self.answers.put_nowait((OUTPUT, b"you said " + data))

    async def close(self):
        if not self.left:
            self.left = True
            self.answers.put_nowait(None)

    async def output(self):
        yield ERRORS, b"welcome\nname? "
        while (chunk := await self.answers.get()) is not None:
            yield chunk

    async def wait(self):
        return 3


class Streams:
    def __init__(self):
        self.asked, self.process = [], Echo()

    async def exec(self, namespace, pod, container, command, *, stdin=False, tty=False):
        self.asked.append((pod, container, command, stdin))
        if container == "side":
            raise StatusError("NotFound", f"container not found {HOSTILE}")
        return self.process

    async def attach(self, namespace, pod, container, *, stdin=False, tty=False):
        self.asked.append((pod, container, "attach", stdin))
        return self.process


@pytest.fixture
def streams():
    return Streams()


@pytest.fixture
async def dashboard(client, clock):
    containers = [{"name": name, "image": "i"} for name in ("app", "side")]
    await client.create(kinds.POD, {"metadata": {"name": "web"}, "spec": {"containers": containers}}, "default")
    return Dashboard(client, clock)


async def test_a_shell_answers_and_escape_leaves_it(dashboard, streams):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "s")
        assert "Shell in web" in screen(dashboard)
        await press(pilot, "enter")
        assert streams.asked == [("web", "app", ["sh"], True)]
        await press(pilot, "l", "s", "enter")
        text = screen(dashboard)
        assert "name?" in text
        assert "$ ls" in text
        assert "you said ls" in text
        await press(pilot, "up")
        assert dashboard.screen.input.value == "ls"
        await press(pilot, "escape")
        assert streams.process.left
        assert isinstance(dashboard.screen, Overview)


async def test_the_end_of_input_ends_what_waits_for_it(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "a", "enter", "ctrl+d")
        assert "Attached  web  app" in screen(dashboard)
        assert "(ended with exit code 3)" in screen(dashboard)
        await press(pilot, "x", "enter")  # nobody listens any more
        assert "you said x" not in screen(dashboard)


async def test_a_refusal_is_told(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "enter", "j", "s")
        text = screen(dashboard)
        assert "(container not found [/foo]" in text
        assert "\x1b" not in text


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b"one\ntwo\r\n"], ["one", "two"]),
        ([b"on", b"e\n"], ["one"]),
        ([b"\xc3", b"\xa9\n"], ["é"]),
        ([b"\xff\n"], ["\ufffd"]),
        ([b"name? "], ["name? "]),
    ],
)
def test_bytes_become_lines(chunks, lines):
    splitter = Splitter()
    found = [line.text for chunk in chunks for line in splitter.split(OUTPUT, chunk)]
    assert found + [line.text for line in splitter.rest()] == lines
