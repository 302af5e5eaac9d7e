"""Which nodes may take a pod: kube-scheduler's filters, in their order, with their reasons."""

from collections.abc import Callable

from k9lite.api.placement import taints, topology_spread
from k9lite.engine.scheduler.cycle import Cycle
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo
from k9lite.engine.scheduler.rejection import Rejection

Filter = Callable[[PodInfo, NodeInfo, Cycle], Rejection | None]

UNSCHEDULABLE = Rejection("NodeUnschedulable", ("node(s) were unschedulable",), False)
OTHER_NAME = Rejection("NodeName", ("node(s) didn't match the requested node name",), False)
TAINTED = Rejection("TaintToleration", ("node(s) had untolerated taint(s)",), False)
NOT_SELECTED = Rejection("NodeAffinity", ("node(s) didn't match Pod's node affinity/selector",), False)
PORTS_TAKEN = Rejection("NodePorts", ("node(s) didn't have free ports for the requested pod ports",))
_UNEVEN = "node(s) didn't match pod topology spread constraints"
UNEVEN = Rejection("PodTopologySpread", (_UNEVEN,))
NO_DOMAIN = Rejection("PodTopologySpread", (f"{_UNEVEN} (missing required label)",), False)
NOT_WANTED_HERE = Rejection("InterPodAffinity", ("node(s) didn't match pod affinity rules",), False)
UNWANTED_HERE = Rejection("InterPodAffinity", ("node(s) didn't match pod anti-affinity rules",))
REPELLED = Rejection("InterPodAffinity", ("node(s) didn't satisfy existing pods anti-affinity rules",))
RESOURCES = "NodeResourcesFit"


def node_unschedulable(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    if not node.unschedulable or any(
        taints.tolerates(toleration, taints.UNSCHEDULABLE) for toleration in pod.tolerations
    ):
        return None
    return UNSCHEDULABLE


def node_name(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    return OTHER_NAME if pod.node_name and pod.node_name != node.name else None


def taint_toleration(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    if not node.taints:
        return None
    effects = (taints.NO_SCHEDULE, taints.NO_EXECUTE)
    return TAINTED if any(taints.untolerated(node.taints, pod.tolerations, effects)) else None


def node_affinity(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    return None if pod.node_affinity.admits(node.name, node.labels) else NOT_SELECTED


def node_ports(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    for requested in pod.ports:
        if any(count and requested.conflicts(used) for used, count in node.ports.items()):
            return PORTS_TAKEN
    return None


def node_resources(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    reasons: list[str] = []
    resolvable = True
    if len(node.pods) + 1 > node.allocatable.get("pods", 0):
        reasons.append("Too many pods")
    for name, amount in pod.requests.items():
        allocatable = node.allocatable.get(name, 0)
        if amount and amount > allocatable - node.requested[name]:
            reasons.append(f"Insufficient {name}")
            resolvable &= amount <= allocatable
    return Rejection(RESOURCES, tuple(reasons), resolvable) if reasons else None


def pod_topology_spread(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    if not pod.spread_required:
        return None
    for constraint, counts in zip(pod.spread_required, cycle.spread_counts, strict=True):
        domain = node.labels.get(constraint.topology_key)
        if domain is None:
            return NO_DOMAIN
        itself = constraint.matcher.matches(pod.labels)
        if topology_spread.skew(counts, domain, itself, constraint.min_domains) > constraint.max_skew:
            return UNEVEN
    return None


def inter_pod_affinity(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    if not cycle.has_affinity:
        return None
    if not _finds_its_friends(pod, node, cycle):
        return NOT_WANTED_HERE
    labels = node.labels
    if any(cycle.repelling[t.topology_key, labels.get(t.topology_key, "")] for t in pod.affinity.anti_required):
        return UNWANTED_HERE
    if any(labels.get(key) == value for key, value in cycle.repelled):
        return REPELLED
    return None


def _finds_its_friends(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> bool:
    terms = pod.affinity.required
    if any(term.topology_key not in node.labels for term in terms):
        return False
    if all(cycle.attracting[term.topology_key, node.labels[term.topology_key]] for term in terms):
        return True
    # The first of a series whose pods want to be with each other finds nobody yet, and may start anywhere.
    return not +cycle.attracting and all(cycle.matches_own_pod(term) for term in terms)


FILTERS: tuple[Filter, ...] = (
    node_unschedulable,
    node_name,
    taint_toleration,
    node_affinity,
    node_ports,
    node_resources,
    pod_topology_spread,
    inter_pod_affinity,
)


def rejection(pod: PodInfo, node: NodeInfo, cycle: Cycle) -> Rejection | None:
    """The rejection by the first filter that fails; None where the pod fits."""
    for fits in FILTERS:
        rejected = fits(pod, node, cycle)
        if rejected is not None:
            return rejected
    return None
