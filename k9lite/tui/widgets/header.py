"""The first line: which cluster, how fast its clock runs, whether it has converged, and where its kubeconfig is."""

import math

from textual.content import Content
from textual.widgets import Static

from k9lite.api import times
from k9lite.tui.display.text import clean, width
from k9lite.tui.display.tones import State, state
from k9lite.tui.live.summary import ClusterSummary


def seconds(value: float) -> str:
    """`43 ms`, `6.1 s`, `2m05s`."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value) // 60}m{int(value) % 60:02d}s"


def clock(summary: ClusterSummary) -> tuple[str, str]:
    """The clock in words, and its colour."""
    if summary.speed is None:
        return "", ""
    speed = "instant" if summary.speed == 0 or math.isinf(summary.speed) else f"{summary.speed:g}x"
    return (f"‖ paused ({speed})", "$tone-warn") if summary.paused else (f"▸ {speed}", "$tone-muted")


class Header(Static):
    """Parts at its end are left out when there is no room for them."""

    DEFAULT_CSS = "Header { dock: top; height: 1; background: $panel; }"

    def __init__(self, summary: ClusterSummary) -> None:
        super().__init__()
        self.summary = summary

    def show(self) -> None:
        summary = self.summary
        health = summary.health if summary.lost_at is None else _lost(summary.lost_at)
        parts: list[tuple[str, str]] = [
            (f" ⎈ k9lite  {clean(summary.name)}", "$tone-accent bold"),
            (f"{health.glyph} {clean(health.word)}", f"$tone-{health.tone or 'muted'}"),
            clock(summary),
            (
                "⇄ " + " ".join(f"localhost:{port}" for port in summary.forwards) if summary.forwards else "",
                "$tone-good",
            ),
            (_timing(summary), "$tone-muted"),
            (f"KUBECONFIG={clean(str(summary.kubeconfig))}" if summary.kubeconfig else "", "$tone-muted"),
        ]
        shown, left = [], self.size.width
        for text, style in parts:
            left -= width(text) + 3
            if text and left >= 0:
                shown.append(Content.styled(text, style))
        self.update(Content("   ").join(shown), layout=False)

    def on_mount(self) -> None:
        self.show()

    def on_resize(self) -> None:
        self.show()


def _lost(since: float) -> State:
    return state(f"no answer since {times.time(since)[11:19]}, trying again; what is shown is stale", "bad")


def _timing(summary: ClusterSummary) -> str:
    if summary.visible is None:
        return ""
    done = f" → converged {seconds(summary.converged)}" if summary.converged is not None else ""
    return f"saved → visible {seconds(summary.visible)}{done}"
