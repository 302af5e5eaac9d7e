"""The pure rules of a kubelet, in tables of cases."""

from typing import Any

import pytest
from lightkube.models.core_v1 import Container, Node, NodeStatus, PodSpec
from lightkube.models.meta_v1 import ObjectMeta

from k9lite.api import kinds, pods
from k9lite.engine.node import node_object
from k9lite.engine.node.back_off import BackOff
from k9lite.engine.node.config.environment import expand, service_variables
from k9lite.engine.node.image_manager import duration
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.pods.admission import admit
from k9lite.engine.node.pods.allocations import Allocations
from k9lite.engine.node.pods.phase import phase
from k9lite.engine.node.runtimes.simulated.behaviour import Behaviour, behaviour

RUNNING: dict[str, Any] = {"state": {"running": {}}, "started": True}
WAITING = {"state": {"waiting": {"reason": "ContainerCreating"}}}
OK = {"state": {"terminated": {"exitCode": 0}}}
FAILED = {"state": {"terminated": {"exitCode": 1}}}
BACK_OFF = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 1}}}


@pytest.mark.parametrize(
    ("policy", "init", "regular", "ends", "wanted"),
    [
        ("Always", [], [WAITING], False, "Pending"),
        ("Always", [], [RUNNING, WAITING], False, "Pending"),
        ("Always", [], [RUNNING, RUNNING], False, "Running"),
        ("Always", [], [RUNNING, FAILED], False, "Running"),
        ("Always", [], [BACK_OFF], False, "Running"),
        ("Always", [], [OK], False, "Running"),
        ("Always", [], [OK], True, "Succeeded"),
        ("Always", [], [OK, FAILED], True, "Failed"),
        ("OnFailure", [], [OK, OK], False, "Succeeded"),
        ("OnFailure", [], [OK, FAILED], False, "Running"),
        ("Never", [], [OK, FAILED], False, "Failed"),
        ("Never", [], [OK, OK], False, "Succeeded"),
        ("Always", [RUNNING], [WAITING], False, "Pending"),
        ("Always", [FAILED], [WAITING], False, "Pending"),
        ("Never", [FAILED], [WAITING], False, "Failed"),
        ("Always", [OK], [RUNNING], False, "Running"),
    ],
)
def test_phase(policy: str, init: list[Any], regular: list[Any], ends: bool, wanted: str) -> None:
    names = [f"i{n}" for n in range(len(init))], [f"c{n}" for n in range(len(regular))]
    spec = PodSpec(
        containers=[Container(name=name) for name in names[1]],
        restartPolicy=policy,
        initContainers=[Container(name=name) for name in names[0]],
    )
    statuses = dict(zip([*names[0], *names[1]], [*init, *regular], strict=True))
    assert phase(spec, statuses, ends, initialised=False) == wanted


def test_a_back_off_doubles_and_is_forgotten_after_a_long_good_time() -> None:
    back_off = BackOff()
    now, lengths = 0.0, []
    for _ in range(7):
        back_off.next("k", now, now)
        lengths.append(back_off.seconds("k"))
        assert back_off.ends("k", now, now + 1) == now + lengths[-1]
        now += lengths[-1]
        assert back_off.ends("k", now - lengths[-1], now) is None
    assert lengths == [10, 20, 40, 80, 160, 300, 300]
    back_off.next("k", now + 601, now + 601)
    assert back_off.seconds("k") == 10


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0s"), (0.85, "850ms"), (1.2, "1.2s"), (63.5, "1m3.5s")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("$(A)-$(B)", "1-$(B)"), ("$$(A)", "$(A)"), ("$A $( A)", "$A $( A)"), ("$(A", "$(A")],
)
def test_expansion(text: str, wanted: str) -> None:
    assert expand(text, {"A": "1"}) == wanted


def test_service_variables() -> None:
    raw = b'{"metadata":{"name":"my-db"},"spec":{"clusterIP":"10.0.0.9","ports":[{"name":"sql","port":5432}]}}'
    assert service_variables([kinds.SERVICE.decode(raw)]) == {
        "MY_DB_SERVICE_HOST": "10.0.0.9",
        "MY_DB_SERVICE_PORT": "5432",
        "MY_DB_SERVICE_PORT_SQL": "5432",
        "MY_DB_PORT": "tcp://10.0.0.9:5432",
        "MY_DB_PORT_5432_TCP": "tcp://10.0.0.9:5432",
        "MY_DB_PORT_5432_TCP_PROTO": "tcp",
        "MY_DB_PORT_5432_TCP_PORT": "5432",
        "MY_DB_PORT_5432_TCP_ADDR": "10.0.0.9",
    }


@pytest.mark.parametrize(
    ("spec", "used", "reason"),
    [
        ('"containers":[{"name":"c"}]', {}, None),
        ('"containers":[{"name":"c"}]', {"pods": 110}, "OutOfpods"),
        ('"containers":[{"name":"c","resources":{"requests":{"cpu":"3"}}}]', {"cpu": 2000}, "OutOfcpu"),
        ('"containers":[{"name":"c","resources":{"requests":{"memory":"20Gi"}}}]', {}, "OutOfmemory"),
        ('"containers":[{"name":"c"}],"nodeSelector":{"disk":"ssd"}', {}, "NodeAffinity"),
    ],
)
def test_admission(spec: str, used: dict[str, int], reason: str | None) -> None:
    pod = kinds.POD.decode(f'{{"metadata":{{"name":"p"}},"spec":{{{spec}}}}}'.encode())
    allocatable = pods.amounts(node_object.allocatable(NodeOptions("n", "127.0.0.1", "127.244.0.0/24")))
    found = admit(pod, Node(metadata=ObjectMeta(name="n")), allocatable, used, ())
    assert (found.reason if found else None) == reason


@pytest.mark.parametrize(("offered", "taken"), [(None, True), ("2", True), ("1", False)])
def test_devices_are_what_the_node_object_says(offered: str | None, taken: bool) -> None:
    asked = b'{"requests":{"example.com/gpu":"2"},"limits":{"example.com/gpu":"2"}}'
    pod = kinds.POD.decode(b'{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","resources":%b}]}}' % asked)
    status = NodeStatus(allocatable={"example.com/gpu": offered} if offered else {})
    node = Node(metadata=ObjectMeta(name="n"), status=status)
    assert (Allocations({"pods": 1}).admit(pod, node, ()) is None) == taken


def test_annotations_are_read_with_care() -> None:
    wanted = {"k9lite.dev/exit-after": "5", "k9lite.dev/exit-code": "3", "k9lite.dev/log-every": "x"}
    assert behaviour(wanted) == Behaviour(0.0, 5.0, 3, None)
    assert behaviour({"k9lite.dev/cpu-use": "0.25", "k9lite.dev/memory-use": "64"}) == Behaviour(
        cpu_use=0.25, memory_use=64.0
    )
