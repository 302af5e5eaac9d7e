"""A shell in a container, or the container's own process, in the dashboard; the cluster goes on around it."""

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input

from k9lite.api.errors import StatusError
from k9lite.client.streams import Process
from k9lite.tui.display.lines import Line
from k9lite.tui.display.text import clean
from k9lite.tui.keys.host import host_of
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.console import ConsoleInput, Splitter
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.header import Header
from k9lite.tui.widgets.lines import Lines
from k9lite.tui.widgets.pane import Pane


class Output(Lines, Place):
    """What the process wrote."""

    place_name = "console"
    wrapped = True


class Console(Screen[None]):
    """`start` gives the process that is talked to."""

    CSS_PATH = "console.tcss"

    def __init__(self, cluster: LiveCluster, title: str, start: Callable[[], Awaitable[Process]]) -> None:
        super().__init__()
        self._cluster, self._start = cluster, start
        self._process: Process | None = None
        self._splitter = Splitter()
        self.output = Output(empty=" starting")
        self.input = ConsoleInput(self.output)
        self._pane = Pane(self.output, title)

    def compose(self) -> ComposeResult:
        yield Header(host_of(self.app).summary)
        yield self._pane
        yield self.input
        yield Footer(self._cluster)

    def on_mount(self) -> None:
        self.input.focus()
        self.run_worker(self._follow(), group="console")

    async def _follow(self) -> None:
        try:
            process = self._process = await self._start()
            self.output.empty = ""
            self.output.refresh()
            async for number, data in process.output():
                self.output.add(self._splitter.split(number, data))
                self._cluster.frames.request(self._paint)
            code = await process.wait()
            self._end(f"(ended with exit code {code})")
        except (StatusError, ConnectionError, TimeoutError) as error:
            self._end(f"({error})")

    def _paint(self) -> None:
        self.output.add(self._splitter.rest())
        self.output.paint()

    def _end(self, told: str) -> None:
        self._process = None
        self.output.add([*self._splitter.rest(), Line(clean(told), "muted")])
        self.output.paint()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._process is not None:
            text = self.input.take()
            self.output.add([Line(f"$ {text}", "accent")])
            self.output.paint()
            await self._process.stdin.write(f"{text}\n".encode())

    async def end_input(self) -> None:
        """Tell the process that no more will come."""
        if self._process is not None:
            await self._process.stdin.close()

    async def on_unmount(self) -> None:
        self._cluster.frames.forget(self._paint)
        if self._process is not None:
            await self._process.close()
