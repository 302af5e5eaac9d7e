import msgspec
import pytest
from lightkube.models.core_v1 import Pod

from k9lite.api import pods


def pod(spec=None, status=None, **metadata) -> Pod:
    spec = {"containers": [{"name": "c"}]} if spec is None else spec
    return msgspec.convert({"metadata": metadata, "spec": spec, "status": status or {}}, Pod, strict=False)


def ready(status="True", since="2026-01-01T00:00:00Z"):
    return {"phase": "Running", "conditions": [{"type": "Ready", "status": status, "lastTransitionTime": since}]}


def container(name="c", **resources):
    return {"name": name, "resources": {"requests": resources}}


NEW_YEAR = 1767225600.0


def test_ready_since_is_the_transition_time():
    assert pods.ready_since(pod(status=ready())) == NEW_YEAR
    assert pods.ready_since(pod(status=ready("False"))) is None


@pytest.mark.parametrize(
    ("phase", "deleted", "expected"),
    [
        ("Pending", False, True),
        ("Running", False, True),
        ("Unknown", False, True),
        ("Running", True, False),
        ("Failed", False, False),
        ("Succeeded", False, False),
    ],
)
def test_active(phase, deleted, expected):
    metadata = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if deleted else {}
    assert pods.is_active(pod(status={"phase": phase}, **metadata)) is expected


MI = 2**20


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"containers": [container(cpu="100m", memory="1Mi"), container("d", cpu="1")]}, {"cpu": 1100, "memory": MI}),
        ({"containers": [{"name": "c"}]}, {}),
        # an init container that needs more than what runs later decides
        ({"containers": [container(cpu="1")], "initContainers": [container("i", cpu="3")]}, {"cpu": 3000}),
        ({"containers": [container(cpu="3")], "initContainers": [container("i", cpu="1")]}, {"cpu": 3000}),
        # a sidecar runs beside the containers and beside the init containers after it
        (
            {
                "containers": [container(cpu="1")],
                "initContainers": [
                    container("early", cpu="2"),
                    container("side", cpu="500m") | {"restartPolicy": "Always"},
                    container("late", cpu="2"),
                ],
            },
            {"cpu": 2500},
        ),
        (
            {"containers": [container(cpu="1")], "overhead": {"cpu": "10m", "memory": "1Mi"}},
            {"cpu": 1010, "memory": MI},
        ),
        (
            {"containers": [container(cpu="1", memory="1Mi")], "resources": {"requests": {"cpu": "4"}}},
            {"cpu": 4000, "memory": MI},
        ),
        ({"containers": [container(**{"example.com/gpu": "2"})]}, {"example.com/gpu": 2}),
    ],
)
def test_requests(spec, expected):
    assert pods.requests(pod(spec)) == expected


def test_requests_may_assume_something_for_containers_that_ask_nothing():
    assumed = {"cpu": 100, "memory": 200 * MI}
    asked = pods.requests(pod({"containers": [container(cpu="1"), {"name": "d"}]}), assumed)
    assert asked == {"cpu": 1100, "memory": 400 * MI}


LIMITS = {"cpu": "1", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ([{}], "BestEffort"),
        ([{"requests": {"ephemeral-storage": "1Gi"}}], "BestEffort"),
        ([{"requests": {"cpu": "0"}}], "BestEffort"),
        ([{"requests": {"cpu": "1"}}], "Burstable"),
        ([{"requests": LIMITS, "limits": LIMITS}], "Guaranteed"),
        ([{"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": LIMITS}], "Guaranteed"),
        ([{"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": LIMITS}], "Burstable"),
        ([{"requests": LIMITS, "limits": LIMITS}, {}], "Burstable"),
    ],
)
def test_qos_class(containers, expected):
    assert pods.qos_class({"containers": [{"name": "c", "resources": one} for one in containers]}) == expected


def test_qos_class_counts_init_containers():
    guaranteed = {"requests": LIMITS, "limits": LIMITS}
    spec = {"containers": [{"name": "c", "resources": guaranteed}], "initContainers": [{"name": "i"}]}
    assert pods.qos_class(spec) == "Burstable"


def test_ports_of_sidecars_count_and_those_of_init_containers_do_not():
    port = {"containerPort": 80, "hostPort": 8080, "name": "web"}
    init = {"name": "i", "ports": [port]}
    sidecar = init | {"restartPolicy": "Always"}
    assert pods.host_ports(pods.spec(pod({"containers": [{"name": "c"}], "initContainers": [init]}))) == []
    spec = pods.spec(pod({"containers": [{"name": "c"}], "initContainers": [sidecar]}))
    assert pods.host_ports(spec) == [pods.HostPort("0.0.0.0", "TCP", 8080)]
    assert pods.named_port(spec, "web") == 80
    assert pods.named_port(spec, "web", "UDP") is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("0.0.0.0", "TCP", 80), ("10.0.0.1", "TCP", 80), True),
        (("10.0.0.2", "TCP", 80), ("10.0.0.1", "TCP", 80), False),
        (("0.0.0.0", "TCP", 80), ("0.0.0.0", "UDP", 80), False),
    ],
)
def test_host_port_conflicts(one, other, expected):
    assert pods.HostPort(*one).conflicts(pods.HostPort(*other)) is expected


def test_restarts():
    def status(name, count):
        return {"name": name, "image": "", "imageID": "", "ready": True, "restartCount": count}

    spec = {
        "containers": [{"name": "c"}],
        "initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}],
    }
    counts = {"containerStatuses": [status("c", 3)], "initContainerStatuses": [status("i", 9), status("s", 4)]}
    assert pods.most_restarts(pod(spec, counts)) == (3, 4)
    assert pods.restarts(pod(spec, counts)) == 16
