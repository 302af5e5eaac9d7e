"""Flow schemas and priority levels as every cluster has them (apiserver: flowcontrol/bootstrap)."""

from collections.abc import Iterator
from typing import NamedTuple

from k9lite.api.kinds import Kinds
from k9lite.api.object import Data
from k9lite.api.system_objects import SystemObject

API = "flowcontrol.apiserver.k8s.io/v1"
AUTOUPDATE = {"apf.kubernetes.io/autoupdate-spec": "true"}
EVERYBODY = ("group system:unauthenticated", "group system:authenticated")
EVERYTHING = ("*", "*", "*")
PROBES = "/healthz /livez /readyz"
CONTROLLER_MANAGER, SCHEDULER = "user system:kube-controller-manager", "user system:kube-scheduler"
OF_SYSTEM = "account kube-system/*"


class Level(NamedTuple):
    """A priority level; without queues it rejects what is too much."""

    shares: int
    lendable: int  # percent
    queues: int = 0
    hand: int = 0


LEVELS: dict[str, Level] = {
    "catch-all": Level(5, 0),
    "global-default": Level(20, 50, 128, 6),
    "leader-election": Level(10, 0, 16, 4),
    "node-high": Level(40, 25, 64, 6),
    "system": Level(30, 33, 64, 6),
    "workload-high": Level(40, 50, 128, 6),
    "workload-low": Level(100, 90, 128, 6),
}
QUEUE_LENGTH = 50


class Flow(NamedTuple):
    """A flow schema. Resources: (verbs, groups, resources), apart from `urls` that are read."""

    level: str
    precedence: int
    by: str
    subjects: tuple[str, ...]
    resources: tuple[tuple[str, str, str], ...] = (EVERYTHING,)
    urls: str = "*"


_LEASES = ("get create update", "coordination.k8s.io", "leases")
_SLICES = ("get create update", "core discovery.k8s.io", "endpoints endpointslices")
FLOWS: dict[str, Flow] = {
    "exempt": Flow("exempt", 1, "", ("group system:masters",)),
    "probes": Flow("exempt", 2, "", EVERYBODY, (), PROBES),
    "system-leader-election": Flow(
        "leader-election", 100, "ByUser", (CONTROLLER_MANAGER, SCHEDULER, OF_SYSTEM), (_LEASES,), ""
    ),
    "endpoint-controller": Flow(
        "workload-high",
        150,
        "ByUser",
        (
            CONTROLLER_MANAGER,
            "account kube-system/endpoint-controller",
            "account kube-system/endpointslice-controller",
            "account kube-system/endpointslicemirroring-controller",
        ),
        (_SLICES,),
        "",
    ),
    "workload-leader-election": Flow("leader-election", 200, "ByUser", (OF_SYSTEM,), (_LEASES,), ""),
    "system-node-high": Flow(
        "node-high",
        400,
        "ByUser",
        ("group system:nodes",),
        (("*", "core", "nodes nodes/status"), ("*", "coordination.k8s.io", "leases")),
        "",
    ),
    "system-nodes": Flow("system", 500, "ByUser", ("group system:nodes",)),
    "kube-controller-manager": Flow("workload-high", 800, "ByNamespace", (CONTROLLER_MANAGER,)),
    "kube-scheduler": Flow("workload-high", 800, "ByNamespace", (SCHEDULER,)),
    "kube-system-service-accounts": Flow("workload-high", 900, "ByNamespace", (OF_SYSTEM,)),
    "service-accounts": Flow("workload-low", 9000, "ByUser", ("group system:serviceaccounts",)),
    "global-default": Flow("global-default", 9900, "ByUser", EVERYBODY),
    "catch-all": Flow("catch-all", 10000, "ByUser", EVERYBODY),
}


def flow_control(served: Kinds) -> Iterator[SystemObject]:
    """The levels, and the schemas that lead to them."""
    level_kind, flow_kind = served.of(API, "PriorityLevelConfiguration"), served.of(API, "FlowSchema")
    if level_kind is None or flow_kind is None:
        return
    exempt = {"type": "Exempt", "exempt": {"nominalConcurrencyShares": 0, "lendablePercent": 0}}
    yield SystemObject(level_kind, "", _object("exempt", exempt))
    for name, level in LEVELS.items():
        yield SystemObject(level_kind, "", _object(name, _level(level)))
    for name, flow in FLOWS.items():
        yield SystemObject(flow_kind, "", _object(name, _flow(flow)))


def _object(name: str, spec: Data) -> Data:
    return {"metadata": {"name": name, "annotations": AUTOUPDATE}, "spec": spec}


def _level(level: Level) -> Data:
    queuing = {"queues": level.queues, "handSize": level.hand, "queueLengthLimit": QUEUE_LENGTH}
    response: Data = {"type": "Queue", "queuing": queuing} if level.queues else {"type": "Reject"}
    limits = {"nominalConcurrencyShares": level.shares, "lendablePercent": level.lendable, "limitResponse": response}
    return {"type": "Limited", "limited": limits}


def _flow(flow: Flow) -> Data:
    rules: Data = {"subjects": [_subject(subject) for subject in flow.subjects]}
    if flow.resources:
        rules["resourceRules"] = [_resource_rule(*rule) for rule in flow.resources]
    if flow.urls:
        verbs = ["get"] if flow.urls == PROBES else ["*"]
        rules["nonResourceRules"] = [{"verbs": verbs, "nonResourceURLs": flow.urls.split()}]
    spec = {"priorityLevelConfiguration": {"name": flow.level}, "matchingPrecedence": flow.precedence, "rules": [rules]}
    return spec | ({"distinguisherMethod": {"type": flow.by}} if flow.by else {})


def _resource_rule(verbs: str, groups: str, resources: str) -> Data:
    names = ["" if group == "core" else group for group in groups.split()]
    return {
        "verbs": verbs.split(),
        "apiGroups": names,
        "resources": resources.split(),
        "clusterScope": True,
        "namespaces": ["*"],
    }


def _subject(text: str) -> Data:
    kind, _, name = text.partition(" ")
    if kind == "account":
        namespace, _, account = name.partition("/")
        return {"kind": "ServiceAccount", "serviceAccount": {"namespace": namespace, "name": account}}
    return {"kind": kind.title(), kind: {"name": name}}
