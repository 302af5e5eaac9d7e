from pathlib import Path

import msgspec
import pytest
from lightkube.models.core_v1 import Event, EventSource, ObjectReference
from lightkube.models.meta_v1 import ObjectMeta

from k9lite.api import kinds
from k9lite.api.diff import Change
from k9lite.api.object import Object
from k9lite.cli.story import event_line, folder_lines, is_news
from k9lite.manifests.applying import Action, Step
from k9lite.manifests.resolving import Ref
from k9lite.manifests.state import Drift, FileState, FolderState
from k9lite.yaml_reader.problem import FileLine, Problem

WEB = Ref("apps", "Deployment", "default", "web")
BEFORE = FolderState(Path("m"), True)


def test_events():
    event = Event(
        metadata=ObjectMeta(name="e"),
        involvedObject=ObjectReference(kind="Pod", namespace="default", name="web-1"),
        type="Warning",
        reason="BackOff",
        message="Back-off restarting",
        count=3,
        source=EventSource(component="kubelet"),
    )
    line = event_line(1.5, event)
    assert line == "    1.500s  kubelet                   ! Pod default/web-1: BackOff: Back-off restarting (x3)"


@pytest.mark.parametrize(
    ("old", "new", "news"),
    [
        (None, (1, 10), False),  # told in the run before
        (None, (1, 11), True),
        ((1, 10), (2, 12), True),
        ((1, 11), (1, 12), False),  # nothing happened but a write
        ((1, 11), None, False),  # forgotten
    ],
)
def test_events_are_told_once(old: tuple[int, int] | None, new: tuple[int, int] | None, news: bool):
    before, after = (
        state and Object(kinds.EVENT, msgspec.json.encode({"metadata": {"name": "e"}, "count": state[0]}), state[1])
        for state in (old, new)
    )
    assert is_news(before, after, first_revision=10) is news


def told(before: FolderState, now: FolderState) -> list[str]:
    return [line[36:].strip() for line in folder_lines(0.0, before, now)]


def test_what_a_save_did():
    change = Change("spec.replicas", 3, 5)
    steps = (Step(Action.CREATE, WEB, FileLine("a.yaml", 1)), Step(Action.UNCHANGED, WEB, FileLine("a.yaml", 1)))
    assert told(BEFORE, FolderState(Path("m"), True, plan=steps, saves=1)) == [
        "created Deployment default/web (a.yaml:1)"
    ]
    changed = FolderState(Path("m"), True, plan=(Step(Action.CHANGE, WEB, FileLine("a.yaml", 1), (change,)),), saves=2)
    assert told(BEFORE, changed) == ["changed Deployment default/web (a.yaml:1) ~ spec.replicas: 3 -> 5"]
    pruned = FolderState(Path("m"), True, plan=(*changed.plan, Step(Action.PRUNE, WEB, FileLine("a.yaml"))), saves=2)
    assert told(changed, pruned) == ["deleted Deployment default/web (a.yaml)"]
    assert told(changed, changed) == []


def test_problems_and_drift_are_told_once():
    problem = Problem("a.yaml", 3, 1, "duplicate key")
    warning = Problem("a.yaml", 9, 1, "duplicate key", "really?")
    file = FileState("a.yaml", (), (problem,), 0.0, None, (), (warning,))
    drift = Drift(WEB, FileLine("a.yaml", 1), (Change("spec.replicas", 7, 3),))
    now = FolderState(Path("m"), True, (file,), drift=(drift, Drift(WEB, FileLine("b.yaml", 1), missing=True)))
    assert told(BEFORE, now) == [
        "! a.yaml:3:1: duplicate key",
        "! warning: a.yaml:9:1: duplicate key (really?)",
        "Deployment default/web drifted from a.yaml:1: spec.replicas is 7, not 3",
        "Deployment default/web drifted from b.yaml:1: is gone",
    ]
    assert told(now, now) == []


def test_a_vanished_folder():
    assert told(BEFORE, FolderState(Path("m"), False)) == ["! m is gone; nothing is changed until it returns"]
