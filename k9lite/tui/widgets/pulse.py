"""The pulse of the cluster: how much of each kind is how, and how much happens, as it goes on."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.client.port_forward import PortForwards
from k9lite.tui.display.lines import Line, line
from k9lite.tui.display.tones import GLYPHS, Tone
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.frames import BUDGET
from k9lite.tui.live.views import VIEWS
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.forwards import amount
from k9lite.tui.widgets.lines import Lines

COUNTED: tuple[Kind[Any], ...] = (kinds.NODE, kinds.DEPLOYMENT, kinds.POD, kinds.SERVICE)
SHOWN: tuple[tuple[Tone, str], ...] = (
    ("good", "ready"),
    ("busy", "on their way"),
    ("warn", "need a look"),
    ("bad", "failed"),
)
BARS = " ▁▂▃▄▅▆▇█"
SAMPLES = 300  # seconds that are kept
LABEL, VALUE = 26, 12  # terminal cells


def sparkline(values: Sequence[float], cells: int) -> str:
    """The last values as bars, one cell each; the highest of them is a full one."""
    shown = list(values)[-cells:]
    top = max(shown, default=0) or 1
    last = len(BARS) - 1
    return "".join(BARS[max(value > 0, round(value / top * last))] for value in shown)


class Pulse(Lines, Place):
    """One line per figure that ever was more than nothing, sampled every second while it is open."""

    place_name = "pulse"
    has_objects = False

    def __init__(self, cluster: LiveCluster, forwards: PortForwards) -> None:
        super().__init__(follow=False)
        self._cluster, self._forwards = cluster, forwards
        self._tones: dict[tuple[Kind[Any], Key], Tone] = {}
        self._counts: Counter[tuple[Kind[Any], Tone]] = Counter()
        self._dirty: dict[tuple[Kind[Any], Key], None] = {}
        self._changes = self._events = 0
        self._bytes = 0
        self._series: dict[str, deque[float]] = {}
        self._followed: list[tuple[Kind[Any], Callable[..., None]]] = []

    def on_mount(self) -> None:
        for kind in COUNTED:
            self._follow_kind(kind, self._changed)
        self._follow_kind(kinds.EVENT, self._reported)
        self._changes = self._events = 0  # what was there before it opened
        self.set_interval(1.0, self._sample)

    def on_unmount(self) -> None:
        for kind, handler in self._followed:
            self._cluster.of(kind).remove_handler(handler)
        self._cluster.frames.forget(self._count)

    def on_resize(self) -> None:
        super().on_resize()
        self._draw_figures()

    def _follow_kind(self, kind: Kind[Any], handler: Callable[..., None]) -> None:
        self._followed.append((kind, handler))
        self._cluster.of(kind).add_handler(handler)

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        obj = new or old
        assert obj is not None
        self._changes += 1
        self._dirty[obj.kind, obj.key] = None
        self._cluster.frames.request(self._count)

    def _reported(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        self._events += 1

    def _count(self) -> bool:
        """Look at what changed, within a frame's budget; whether some is left."""
        deadline = perf_counter() + BUDGET
        while self._dirty and perf_counter() < deadline:
            kind, key = which = next(iter(self._dirty))
            del self._dirty[which]
            before = self._tones.pop(which, None)
            if before is not None:
                self._counts[kind, before] -= 1
            obj = self._cluster.of(kind).get(key.name, key.namespace)
            if obj is not None:
                self._tones[which] = tone = VIEWS[kind].state(obj, self._cluster).tone
                self._counts[kind, tone] += 1
        if not self._series and not self._dirty:
            self._sample()  # at once, when all that is there has been counted
        return bool(self._dirty)

    def _sample(self) -> None:
        through = sum(forward.sent + forward.received for forward in self._forwards)
        figures: dict[str, float] = {"changes": self._changes, "events": self._events, "bytes": through - self._bytes}
        self._changes, self._events, self._bytes = 0, 0, through
        for kind in COUNTED:
            for tone, _ in SHOWN:
                figures[f"{kind.plural} {tone}"] = self._counts[kind, tone]
        for name, value in figures.items():
            self._series.setdefault(name, deque(maxlen=SAMPLES)).append(value)
        self._draw_figures()

    def _draw_figures(self) -> None:
        if not self._series:
            return
        lines = [line(("What happens", "accent"))]
        lines.append(self._line("changes", "changes a second", "accent"))
        lines.append(self._line("events", "events a second", "accent"))
        lines.append(self._line("bytes", "through port-forwards", "accent", amount))
        for kind in COUNTED:
            total = sum(count for (counted, _), count in self._counts.items() if counted is kind)
            lines += [line(""), line((f"{kind.kind}s", "accent"), (f"  {total}", "muted"))]
            for tone, word in SHOWN:
                if tone == "good" or any(self._series[f"{kind.plural} {tone}"]):  # what never was is no news
                    lines.append(self._line(f"{kind.plural} {tone}", f"{GLYPHS[tone]} {word}", tone))
        self.replace(lines)
        self.paint()

    def _line(self, name: str, label: str, tone: Tone, told: Callable[[float], str] = "{:.0f}".format) -> Line:
        values = self._series[name]
        room = max(1, self.size.width - LABEL - VALUE - 3)
        shown: Tone = "strong" if values[-1] else "muted"
        return line(
            (f"  {label:<{LABEL}}", ""), (f"{told(values[-1]):>{VALUE - 2}}  ", shown), (sparkline(values, room), tone)
        )
