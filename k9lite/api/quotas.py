"""What ResourceQuotas count, and of whom (Kubernetes: pkg/quota/v1/evaluator/core, apiserver/pkg/quota/v1); pure.

A usage says by every name that quotas know how much one object takes: `{"pods": "1", "requests.cpu": "250m", ...}`.
"""

from collections.abc import Iterable, Mapping

from k9lite.api import pods, quantity, selectors, times
from k9lite.api.object import Data
from k9lite.api.validation import resources

Usage = dict[str, str]

# Kinds that were counted under their plain name before `count/<resource>` could count all of them.
_PLAIN = frozenset(
    {
        "configmaps",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "services",
    }
)
_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_OF_CONTAINERS = frozenset({*_COMPUTE, *(f"{part}.{name}" for part in ("requests", "limits") for name in _COMPUTE)})
_HUGE_PAGES = ("hugepages-", "requests.hugepages-")
_OF_CLASS = ".storageclass.storage.k8s.io/"
# Where a quota limits one of these, every container has to say how much it takes.
_MUST_BE_SAID = frozenset({"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})


def charged(name: str) -> str | None:
    """Objects of which resource (`pods`, `deployments.apps`) a name in a quota counts; None where it means nothing."""
    if name.startswith("count/"):
        return name.removeprefix("count/")
    if name in _PLAIN:
        return name
    if name in ("services.nodeports", "services.loadbalancers"):
        return "services"
    if name == "requests.storage" or _OF_CLASS in name:
        return "persistentvolumeclaims"
    if name in _OF_CONTAINERS or name.startswith(_HUGE_PAGES):
        return "pods"
    return "pods" if name.startswith("requests.") and resources.is_extended(name.removeprefix("requests.")) else None


def usage(resource: str, data: Data, now: float) -> Usage:
    """What one object of `resource` takes."""
    usage = {f"count/{resource}": "1"}
    if resource == "pods":
        return usage | (_of_pod(data) if _counts(data, now) else {})
    if resource in _PLAIN:
        usage[resource] = "1"
    if resource == "services":
        usage |= _of_service(data["spec"])
    elif resource == "persistentvolumeclaims":
        usage |= _of_claim(data)
    return usage


def add(first: Mapping[str, str], second: Mapping[str, str]) -> Usage:
    return {name: quantity.plus(first.get(name, "0"), second.get(name, "0")) for name in {**first, **second}}


def total(names: Iterable[str], usages: Iterable[Usage]) -> Usage:
    """What all of `usages` take of `names`."""
    sums = dict.fromkeys(names, "0")
    for usage in usages:
        sums |= {name: quantity.plus(sums[name], usage[name]) for name in sums if name in usage}
    return sums


def unsaid(names: Iterable[str], pod: Data) -> str:
    """What containers must say how much they take of and do not, as Kubernetes words it; empty where nothing lacks."""
    spec, required = pod["spec"], _MUST_BE_SAID & set(names)
    said = set(_by_part(spec.get("resources") or {}))
    lacking = {
        name: sorted(
            {
                container["name"]
                for container in (*spec["containers"], *(spec.get("initContainers") or ()))
                if name not in _by_part(container.get("resources") or {})
            }
        )
        for name in sorted(required - said)
    }
    missing = "; ".join(f"{name} for: {','.join(containers)}" for name, containers in lacking.items() if containers)
    return f"must specify {missing}" if missing else ""


def matches(quota: Data, resource: str, data: Data) -> bool:
    """Whether an object is among those that the spec of a quota is about; scopes tell pods apart."""
    scopes = [{"scopeName": name, "operator": "Exists"} for name in quota.get("scopes") or ()]
    scopes += (quota.get("scopeSelector") or {}).get("matchExpressions") or ()
    return not scopes or (resource == "pods" and all(_in_scope(scope, data["spec"]) for scope in scopes))


def _in_scope(scope: Data, spec: Data) -> bool:
    name: str = scope["scopeName"]
    if name == "PriorityClass":
        held = {name: spec["priorityClassName"]} if spec.get("priorityClassName") else {}
        expression = {"key": name, "operator": scope["operator"], "values": scope.get("values") or []}
        return selectors.label_selector({"matchExpressions": [expression]}).matches(held)
    if name in ("BestEffort", "NotBestEffort"):
        return (pods.qos_class(spec) == "BestEffort") == (name == "BestEffort")
    if name in ("Terminating", "NotTerminating"):
        return (spec.get("activeDeadlineSeconds") is not None) == (name == "Terminating")
    return name == "CrossNamespacePodAffinity" and _looks_abroad(spec.get("affinity") or {})


def _looks_abroad(affinity: Data) -> bool:
    """Whether a term of pod (anti-)affinity names other namespaces."""
    rules = [affinity.get(name) or {} for name in ("podAffinity", "podAntiAffinity")]
    terms = [term for rule in rules for term in rule.get("requiredDuringSchedulingIgnoredDuringExecution") or ()]
    for rule in rules:
        preferred = rule.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [term["podAffinityTerm"] for term in preferred]
    return any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms)


# -- what objects take ------------------------------------------------------------------------------------------------


def _counts(pod: Data, now: float) -> bool:
    """Neither ended, nor past the time it was given to end."""
    if pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return False
    deleted = times.timestamp(pod["metadata"].get("deletionTimestamp"))
    return deleted is None or now <= deleted + pod["metadata"].get("deletionGracePeriodSeconds", 0)


def _of_pod(pod: Data) -> Usage:
    spec = pod["spec"]
    return {"pods": "1"} | _by_part({part: _together(spec, part) for part in ("requests", "limits")})


def _by_part(parts: Mapping[str, Usage]) -> Usage:
    """Requests and limits, by the names that quotas have for them."""
    named = {}
    for name, amount in (parts.get("requests") or {}).items():
        if name in _COMPUTE or name.startswith("hugepages-"):
            named[name] = named[f"requests.{name}"] = amount
        elif resources.is_extended(name):
            named[f"requests.{name}"] = amount
    limits = parts.get("limits") or {}
    return named | {f"limits.{name}": limits[name] for name in _COMPUTE if name in limits}


def _together(spec: Data, part: str) -> Usage:
    """The larger of what containers and sidecars take together and of what each init container needs, and overhead."""
    running: Usage = {}
    for container in spec["containers"]:
        running = add(running, _amounts(container, part))
    started: Usage = {}
    peak: Usage = {}
    for container in spec.get("initContainers") or ():
        own = _amounts(container, part)
        if container.get("restartPolicy") == "Always":
            running, started = add(running, own), add(started, own)
            peak = _larger(peak, started)
        else:
            peak = _larger(peak, add(started, own))
    whole = _larger(running, peak) | _amounts(spec, part)
    overhead = spec.get("overhead") or {}
    return add(whole, overhead if part == "requests" else {name: overhead[name] for name in whole if name in overhead})


def _amounts(holder: Data, part: str) -> Usage:
    return (holder.get("resources") or {}).get(part) or {}


def _larger(first: Usage, second: Usage) -> Usage:
    return first | {
        name: amount for name, amount in second.items() if quantity.parse(amount) > quantity.parse(first.get(name, "0"))
    }


def _of_service(spec: Data) -> Usage:
    kind, ports = spec.get("type"), len(spec.get("ports") or ())
    balanced = kind == "LoadBalancer"
    ports = ports if kind == "NodePort" or (balanced and spec.get("allocateLoadBalancerNodePorts") is not False) else 0
    return {"services.nodeports": str(ports), "services.loadbalancers": str(int(balanced))}


def _of_claim(claim: Data) -> Usage:
    amount = _amounts(claim["spec"], "requests").get("storage", "0")
    usage = {"requests.storage": amount}
    if storage_class := claim["spec"].get("storageClassName"):
        of_class = f"{storage_class}{_OF_CLASS}"
        usage |= {f"{of_class}requests.storage": amount, f"{of_class}persistentvolumeclaims": "1"}
    return usage
