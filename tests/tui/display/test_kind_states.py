"""How objects without a view of their own are told to be."""

import pytest

from k9lite.api.kinds import Kinds
from k9lite.tui.display.kind_states import state_of

DAEMONS = {"numberReady": 1, "desiredNumberScheduled": 1, "currentNumberScheduled": 1, "numberMisscheduled": 0}
CASES = [
    ("ReplicaSet", "apps/v1", {"spec": {"replicas": 2}, "status": {"replicas": 2, "readyReplicas": 2}}, "good"),
    ("StatefulSet", "apps/v1", {"spec": {"replicas": 2}, "status": {"replicas": 2, "readyReplicas": 1}}, "busy"),
    ("StatefulSet", "apps/v1", {"spec": {"replicas": 0}}, "gone"),
    ("DaemonSet", "apps/v1", {"status": DAEMONS}, "good"),
    ("DaemonSet", "apps/v1", {}, "busy"),
    ("Job", "batch/v1", {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}, "gone"),
    ("Job", "batch/v1", {"status": {"conditions": [{"type": "Failed", "status": "True"}]}}, "bad"),
    ("Job", "batch/v1", {}, "busy"),
    ("Event", "v1", {"type": "Warning"}, "warn"),
    ("Event", "v1", {"type": "Normal"}, "muted"),
    ("Namespace", "v1", {"status": {"phase": "Active"}}, "good"),
    ("Namespace", "v1", {"status": {"phase": "Terminating"}}, "gone"),
    ("PersistentVolumeClaim", "v1", {"status": {"phase": "Lost"}}, "bad"),
    ("PersistentVolumeClaim", "v1", {}, "busy"),
    ("ConfigMap", "v1", {"data": {}}, "muted"),
]


@pytest.mark.parametrize(("kind", "version", "data", "tone"), CASES)
def test_how_objects_of_other_kinds_are(make, kind, version, data, tone):
    found = Kinds().of(version, kind)
    data = {"metadata": {"name": "it"}, "involvedObject": {}} | data
    if version == "apps/v1":
        data["spec"] = {"selector": {"matchLabels": {"a": "b"}}, "template": {}} | data.get("spec", {})
    assert state_of(make(found, data)).tone == tone
