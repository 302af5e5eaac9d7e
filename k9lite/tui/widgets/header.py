"""The first line: which cluster, how fast its clock runs, whether it has converged, and where its kubeconfig is."""

import math
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.widgets import Static

from k9lite.tui.text import clean, width
from k9lite.tui.tones import State, state

WORKING = state("converging", "busy")


@dataclass
class Facts:
    """What the header tells; times in seconds, None while not known.

    speed: None where the cluster's clock cannot be turned
    forwards: the local ports that lead into the cluster
    visible, converged: how long the last save took until the first change was on screen, until all was done
    """

    name: str
    kubeconfig: Path | None
    speed: float | None = None
    paused: bool = False
    health: State = WORKING
    visible: float | None = None
    converged: float | None = None
    forwards: tuple[int, ...] = ()


def seconds(value: float) -> str:
    """`43 ms`, `6.1 s`, `2m05s`."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value) // 60}m{int(value) % 60:02d}s"


def clock(facts: Facts) -> tuple[str, str]:
    """The clock in words, and its colour."""
    if facts.speed is None:
        return "", ""
    speed = "instant" if facts.speed == 0 or math.isinf(facts.speed) else f"{facts.speed:g}x"
    return (f"‖ paused ({speed})", "$tone-warn") if facts.paused else (f"▸ {speed}", "$tone-muted")


class Header(Static):
    """Parts at its end are left out when there is no room for them."""

    DEFAULT_CSS = "Header { dock: top; height: 1; background: $panel; }"

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.facts = facts

    def show(self) -> None:
        facts = self.facts
        health = facts.health
        parts: list[tuple[str, str]] = [
            (f" ⎈ k9lite  {clean(facts.name)}", "$tone-accent bold"),
            (f"{health.glyph} {clean(health.word)}", f"$tone-{health.tone or 'muted'}"),
            clock(facts),
            ("⇄ " + " ".join(f"localhost:{port}" for port in facts.forwards) if facts.forwards else "", "$tone-good"),
            (_timing(facts), "$tone-muted"),
            (f"KUBECONFIG={clean(str(facts.kubeconfig))}" if facts.kubeconfig else "", "$tone-muted"),
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


def _timing(facts: Facts) -> str:
    if facts.visible is None:
        return ""
    done = f" → converged {seconds(facts.converged)}" if facts.converged is not None else ""
    return f"saved → visible {seconds(facts.visible)}{done}"
