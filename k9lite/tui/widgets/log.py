"""Logs, live: of one container, of a pod, or of all pods of a workload, merged in the order of their times."""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from lightkube.models.core_v1 import Pod
from textual.worker import Worker

from k9lite.api import kinds, pods, times
from k9lite.api.errors import StatusError
from k9lite.api.object import Object
from k9lite.client.streams import LogLine, LogOptions
from k9lite.tui.display.lines import Line, line
from k9lite.tui.display.text import clean
from k9lite.tui.display.tones import Tone
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.lines import KEPT, Lines
from k9lite.tui.widgets.pane import Pane

FIRST_LINES = 1_000  # how far back a log is read when it is opened
AGAIN = 1.0  # seconds until a container that has not started yet is asked again
MOST_READ = 50  # containers that are read at the same time
COLOURS: tuple[Tone, ...] = ("accent", "good", "old", "warn", "busy", "strong")

Stream = tuple[str, str]  # a pod's uid and the name of one of its containers


class Record(NamedTuple):
    """One line, or with an empty `stream` what the dashboard says of it."""

    time: float
    text: str
    stream: str = ""
    source: int = 0


class Source(NamedTuple):
    """One container; `number` gives it its colour."""

    pod: Object[Pod]
    container: str
    number: int


class Log(Lines, Place):
    """Follows containers, over restarts too, until it is closed.

    obj: whose log it is; admits: which pods belong to it
    container: the one to read; empty for all of them
    previous: show the run before the last restart
    """

    place_name = "logs"

    def __init__(
        self,
        obj: Object[Any],
        cluster: LiveCluster,
        *,
        admits: Callable[[Object[Pod]], bool] | None = None,
        container: str = "",
        previous: bool = False,
    ) -> None:
        super().__init__(empty=" nothing written yet")
        self.obj, self.container, self.previous = obj, container, previous
        self.timestamps = False
        self.since: float | None = None  # seconds; None reads the last FIRST_LINES
        self._admits_pod = admits or (lambda pod: pod.uid == obj.uid)
        self._cluster = cluster
        self._sources: dict[Stream, Source] = {}
        self._records: deque[Record] = deque(maxlen=KEPT)
        self._pending: list[Record] = []
        self._readers: list[Worker[None]] = []

    @property
    def selected(self) -> Object[Any] | None:
        return self._cluster.of(self.obj.kind).get(self.obj.name, self.obj.namespace)

    @property
    def is_merged(self) -> bool:
        return len(self._sources) > 1 or (self.obj.kind is not kinds.POD)

    def on_mount(self) -> None:
        self._cluster.of(kinds.POD).add_handler(self._pod_changed)

    def on_unmount(self) -> None:
        self._cluster.of(kinds.POD).remove_handler(self._pod_changed)
        self._cluster.frames.forget(self._flush)

    def restart(self, since: float | None) -> None:
        """Read anew, from so many seconds ago on."""
        self.since = since
        for reader in self._readers:
            reader.cancel()
        self._readers, sources = [], list(self._sources.values())
        self._records.clear()
        self._pending.clear()
        self.replace(())
        for source in sources:
            self._read_from(source)
        self._tell()
        self.paint()

    def wrap(self, wrapped: bool) -> None:
        super().wrap(wrapped)
        self._tell()

    def show_timestamps(self, shown: bool) -> None:
        self.timestamps = shown
        self.replace(self._line(record) for record in self._records)
        self._tell()
        self.paint()

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        if new is None or not self._admits_pod(new):
            return
        spec = pods.spec(new.view)
        for container in (*(spec.initContainers or ()), *spec.containers):
            stream = (new.uid, container.name)
            wanted = not self.container or container.name == self.container
            if wanted and stream not in self._sources and len(self._sources) < MOST_READ:
                self._sources[stream] = source = Source(new, container.name, len(self._sources))
                self._read_from(source)

    def _read_from(self, source: Source) -> None:
        self._readers.append(self.run_worker(self._read(source), group="log"))

    async def _read(self, source: Source) -> None:
        """Read until the log ends; a container that restarts writes on in a new one."""
        told, last = "", 0.0
        while True:
            try:
                last = await self._follow(source, last)
            except (StatusError, ConnectionError, TimeoutError) as error:
                reason = error.message if isinstance(error, StatusError) else f"the cluster does not answer: {error}"
                if reason != told:
                    told = reason
                    self._add([Record(self._cluster.now(), told, source=source.number)])
            pod = self._cluster.of(kinds.POD).get(source.pod.name, source.pod.namespace)
            if self.previous or pod is None or pod.uid != source.pod.uid:
                self._add([Record(self._cluster.now(), "the log ends here", source=source.number)])
                return
            await self._cluster.clock.sleep(AGAIN)

    async def _follow(self, source: Source, last: float) -> float:
        """Pass on what comes after the time `last`; the time of the newest line."""
        since = last or (self._cluster.now() - self.since if self.since else None)
        options = LogOptions(
            source.container,
            follow=not self.previous,
            previous=self.previous,
            tail=None if since else FIRST_LINES,
            since=since,
        )
        async for batch in self._cluster.client.streams.logs(source.pod.namespace, source.pod.name, options):
            fresh: list[LogLine] = [each for each in batch if each.time > last] if last else list(batch)
            if fresh:
                last = max(last, fresh[-1].time)
                self._add([Record(each.time, each.text, each.stream, source.number) for each in fresh])
        return last

    def _add(self, records: list[Record]) -> None:
        self._pending += records
        self._cluster.frames.request(self._flush)

    def _flush(self) -> None:
        """Show what has come since the last frame, in the order of time."""
        fresh = sorted(self._pending, key=lambda record: record.time)
        self._pending = []
        self._records.extend(fresh)
        self.add(self._line(record) for record in fresh)
        self._tell()
        self.paint()

    def _line(self, record: Record) -> Line:
        stamp = times.micro_time(record.time) + " " if self.timestamps else ""
        tone: Tone = "muted" if not record.stream else "warn" if record.stream == "stderr" else ""
        if not self.is_merged:
            return Line(stamp + clean(record.text), tone)
        source = next(source for source in self._sources.values() if source.number == record.source)
        colour = COLOURS[record.source % len(COLOURS)]
        return line((f"{source.pod.name} {source.container} │ ", colour), (stamp, "muted"), (record.text, tone))

    def _tell(self) -> None:
        """Say beside the title how it is read."""
        notes = [f"{self.dropped:,} lines dropped"] if self.dropped else []
        notes += [f"since {self.since:.0f} s"] if self.since else []
        notes += ["wrapped"] if self.wrapped else []
        if isinstance(self.parent, Pane):
            self.parent.name_also(notes)
