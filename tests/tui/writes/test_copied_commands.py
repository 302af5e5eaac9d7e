import shlex

import pytest

from k9lite.api import kinds
from k9lite.client.protocol import DeleteOptions, PatchType
from k9lite.tui.writes.kubectl import command

CASES = [
    ({"spec": {"paused": True}}, "kubectl rollout pause deployment/web -n shop"),
    ({"spec": {"paused": None}}, "kubectl rollout resume deployment/web -n shop"),
    ({"metadata": {"labels": {"a": "b", "c": None}}}, "kubectl label --overwrite deployment/web a=b c- -n shop"),
    (
        {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "x:2"}]}}}},
        "kubectl set image deployment/web web=x:2 -n shop",
    ),
    (
        {"spec": {"paused": True, "replicas": 2}},
        """kubectl patch deployment/web -n shop --type=merge -p '{"spec": {"paused": true, "replicas": 2}}'""",
    ),
]


@pytest.mark.parametrize(("patch", "said"), CASES)
def test_patches(patch, said):
    assert command("patch", kinds.DEPLOYMENT, "web", "shop", patch, type=PatchType.MERGE) == said


def test_the_rest():
    options = DeleteOptions(grace=0, propagation="Orphan")
    said = command("delete", kinds.POD, "web", "shop", options)
    assert said == "kubectl delete pod/web -n shop --grace-period=0 --force --cascade=orphan"
    scale = {"metadata": {"name": "web"}, "spec": {"replicas": 2}}
    said = command("update", kinds.DEPLOYMENT, "web", "shop", scale, subresource="scale")
    assert said == "kubectl scale deployment/web --replicas=2 -n shop"
    assert command("patch", kinds.NODE, "n", "", {"spec": {"unschedulable": True}}) == "kubectl cordon n"


def test_names_cannot_leave_their_word():
    said = command("delete", kinds.POD, "a; rm -rf /", "$(x)", DeleteOptions())
    assert shlex.split(said) == ["kubectl", "delete", "pod/a; rm -rf /", "-n", "$(x)"]
