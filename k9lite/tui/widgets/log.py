"""The log of one container, live."""

from typing import Any

from k9lite.api import times
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.client.streams import LogLine, LogOptions
from k9lite.tui.feed import Feed
from k9lite.tui.place import Place
from k9lite.tui.text import clean
from k9lite.tui.widgets.lines import Line, Lines

FIRST_LINES = 1_000  # how far back a log is read when it is opened
AGAIN = 1.0  # seconds until a container that has not started yet is asked again


class Log(Lines, Place):
    """Follows a container, over restarts too, until it is closed. `previous` shows its run before the last restart."""

    place_name = "logs"

    def __init__(self, pod: Object[Any], container: str, feed: Feed, *, previous: bool = False) -> None:
        super().__init__(empty=" nothing written yet")
        self.pod, self.container, self.previous = pod, container, previous
        self.timestamps = False
        self._feed = feed
        self._last = 0.0  # the time of the newest line seen

    @property
    def selected(self) -> Object[Any] | None:
        kind: Kind[Any] = self.pod.kind
        return self._feed.of(kind).get(self.pod.name, self.pod.namespace)

    def on_mount(self) -> None:
        self.run_worker(self._read(), group="log", exclusive=True)

    def on_unmount(self) -> None:
        self._feed.frames.forget(self.paint)

    async def _read(self) -> None:
        """Read until the log ends; a container that restarts writes on in a new one."""
        told = ""
        while True:
            try:
                await self._follow()
            except StatusError as error:
                if error.message != told:
                    told = error.message
                    self._say(told)
            if self.previous or self.selected is None:
                self._say("the log ends here")
                return
            await self._feed.clock.sleep(AGAIN)

    async def _follow(self) -> None:
        options = LogOptions(
            self.container,
            follow=not self.previous,
            previous=self.previous,
            tail=None if self._last else FIRST_LINES,
            since=self._last or None,
        )
        async for batch in self._feed.client.streams.logs(self.pod.namespace, self.pod.name, options):
            fresh = [line for line in batch if line.time > self._last] if options.since else batch
            if fresh:
                self._last = max(self._last, fresh[-1].time)
                self.add(self._line(line) for line in fresh)
                self._feed.frames.request(self.paint)

    def _line(self, line: LogLine) -> Line:
        stamp = times.micro_time(line.time) + " " if self.timestamps else ""
        return Line(stamp + clean(line.text), "warn" if line.stream == "stderr" else "")

    def _say(self, text: str) -> None:
        self.add([Line(clean(text), "muted")])
        self._feed.frames.request(self.paint)
