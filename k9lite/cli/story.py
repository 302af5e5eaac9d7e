"""What happens in a cluster, in lines: what the folder did, and the cluster's own events; pure."""

from collections.abc import Iterator

from lightkube.models.core_v1 import Event

from k9lite.api.object import Object
from k9lite.cli.lines import plain
from k9lite.manifests.applying import Action, Step
from k9lite.manifests.state import FolderState

_DONE = {Action.CREATE: "created", Action.CHANGE: "changed", Action.PRUNE: "deleted", Action.REFUSED: "refused"}


def line(seconds: float, who: str, what: str) -> str:
    """One line of the story, `seconds` after its start."""
    return plain(f"{seconds:9.3f}s  {who:<24}  {what}")


def event_line(seconds: float, event: Event) -> str:
    """One of the cluster's events."""
    about = event.involvedObject
    namespace = f"{about.namespace}/" if about.namespace else ""
    who = event.reportingComponent or (event.source.component if event.source else None) or "?"
    times = f" (x{event.count})" if (event.count or 1) > 1 else ""
    mark = "! " if event.type == "Warning" else ""
    return line(seconds, who, f"{mark}{about.kind} {namespace}{about.name}: {event.reason}: {event.message}{times}")


def folder_lines(seconds: float, before: FolderState, now: FolderState) -> Iterator[str]:
    """What has changed in the folder's state."""
    told = set(before.plan) if before.saves == now.saves else set()
    for step in now.plan:
        if step not in told and step.action in _DONE and not step.problems:
            yield line(seconds, "folder", _step(step))
    for problem in now.problems:
        if problem not in before.problems:
            yield line(seconds, "folder", f"! {problem}")
    for warning in now.warnings:
        if warning not in before.warnings:
            yield line(seconds, "folder", f"! warning: {warning}")
    for drift in now.drift:
        if drift not in before.drift:
            what = "is gone" if drift.missing else ", ".join(f"{c.path} is {c.old}, not {c.new}" for c in drift.changes)
            yield line(seconds, "folder", f"{drift.ref} drifted from {drift.place}: {what}")
    if before.present and not now.present:
        yield line(seconds, "folder", f"! {now.folder} is gone; nothing is changed until it returns")


def _step(step: Step) -> str:
    changes = "".join(f" {change}" for change in step.changes)
    return f"{_DONE[step.action]} {step.ref} ({step.place}){changes}"


def is_news(old: Object[Event] | None, new: Object[Event] | None, first_revision: int) -> bool:
    """Whether an event has happened (again) since the cluster was started at `first_revision`."""
    return new is not None and new.revision > first_revision and (old is None or old.view.count != new.view.count)
