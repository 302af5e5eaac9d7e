"""Recorded lives of pods: read from files, and lived again."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from k9lite import tables
from k9lite.api.object import Data, Object

FOLDER = Path(__file__).parent / "lifecycles"
STATES = ("waiting", "running", "terminated")


@dataclass
class Lifecycle:
    """A pod, what is done to it and when, and what was seen: rows of (seconds, text), events with their counts."""

    manifest: Data
    then: list[tuple[float, str]] = field(default_factory=list)
    rows: list[tuple[float, str]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)


def read(name: str) -> Lifecycle:
    parts = re.split(r"^## (.*)\n\n", (FOLDER / f"{name}.txt").read_text(), flags=re.M)
    sections = {title.split(" ")[0]: body for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    found = Lifecycle(yaml.safe_load(sections["manifest"]))
    for line in sections.get("then", "").splitlines():
        if match := re.match(r"\s*([\d.]+) s\s+(.*)", line):
            found.then.append((float(match[1]), match[2]))
    for line in sections["pod"].splitlines():
        if match := re.match(r"\s*([\d.]+) \| (.*)", line):
            found.rows.append((float(match[1]), match[2].rstrip()))
    found.events = [line for line in sections["events"].splitlines() if line.strip()]
    return found


def row(type: str, pod: Object[Any], now: float) -> str:
    """One watch event as the files have it."""
    data = pod.data()
    status = data["status"]
    cells = tables.cells(pod, now)
    phase = f"{status.get('phase', '')} {'deleting' if pod.deleting else ''}"
    parts = [
        f"{type} {cells[1]} {cells[2]} {cells[3]}",
        phase,
        _containers(status.get("initContainerStatuses", ())),
        _containers(status.get("containerStatuses", ())),
        " ".join(_condition(one) for one in status.get("conditions", ())),
    ]
    text = " | ".join(parts)
    reason = f"{status.get('reason', '')} {status.get('message', '')}".strip()
    return (f"{text} | {reason}" if reason else text).rstrip()


def _containers(statuses: list[Data]) -> str:
    return "; ".join(_container(one) for one in statuses)


def _container(status: Data) -> str:
    state = _state(status["state"])
    last = _state(status.get("lastState", {}))
    last = f" last={last.split(':', 1)[1]}" if last else ""
    return f"{status['name']}={state}{last} ready={str(status['ready']).lower()} restarts={status['restartCount']}"


def _state(state: Data) -> str:
    for kind in STATES:
        if kind in state:
            inner = state[kind]
            if kind == "running":
                return "running"
            reason = inner.get("reason", "")
            return f"{kind}:{reason}" + (f"({inner['exitCode']})" if kind == "terminated" else "")
    return ""


def _condition(condition: Data) -> str:
    if condition["status"] == "True":
        return str(condition["type"])
    reason = condition.get("reason", "")
    return f"{condition['type']}={condition['status']}" + (f":{reason}" if reason else "")


def event(data: Data) -> str:
    """One Event as the files have it."""
    return f"{data['type']} {data['reason']} x{data.get('count', 1)}: {data['message']}"


def without_ages(text: str) -> str:
    """RESTARTS as a number alone."""
    return re.sub(r" \(\w+ ago\)", "", text)
