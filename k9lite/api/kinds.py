"""The one table of kinds: every built-in of the model, k9lite's own, and (per cluster) custom resources."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, TypeVar

import lightkube.resources
from lightkube.core import resource as lightkube_resource
from lightkube.models import (
    apps_v1,
    autoscaling_v2,
    batch_v1,
    coordination_v1,
    core_v1,
    discovery_v1,
    policy_v1,
    scheduling_v1,
)

from k9lite.api import k9lite_v1
from k9lite.api.kind import CRUD as CRUD
from k9lite.api.kind import Kind as Kind
from k9lite.api.kind import PrinterColumn as PrinterColumn
from k9lite.api.kind import ScalePaths as ScalePaths
from k9lite.api.kind import Subresource as Subresource
from k9lite.api.kind_names import SHORT_NAMES, categories

T = TypeVar("T")

K9LITE_GROUP = "k9lite.dev"

# Kinds that some part of k9lite acts on; the others are accepted, validated, stored and listed.
ACTED_ON = {
    "namespaces",
    "nodes",
    "pods",
    "replicasets",
    "replicationcontrollers",
    "deployments",
    "statefulsets",
    "daemonsets",
    "controllerrevisions",
    "services",
    "endpointslices",
    "endpoints",
    "events",
    "configmaps",
    "secrets",
    "serviceaccounts",
    "leases",
    "clocks",
    "faults",
    "images",
    "poddisruptionbudgets",
    "customresourcedefinitions",
    "priorityclasses",
    "bindings",
    "resourcequotas",
    "limitranges",
    "runtimeclasses",
    "jobs",
    "cronjobs",
    "horizontalpodautoscalers",
}
# One storage, two group versions: the first is converted to the second on the way in, and back on the way out.
STORED_AS = {
    ("events.k8s.io", "v1", "events"): ("", "v1", "events"),
    ("autoscaling", "v1", "horizontalpodautoscalers"): ("autoscaling", "v2", "horizontalpodautoscalers"),
}


_VERBS = {"post": "create", "put": "update"}
_OMITTED_VERBS = {"global_list", "global_watch"}
UNWATCHED = {"componentstatuses"}  # the model says that it can be


def _verbs(info: lightkube_resource.ApiInfo) -> tuple[str, ...]:
    omitted = _OMITTED_VERBS | ({"watch"} if info.plural in UNWATCHED else set())
    return tuple(sorted(_VERBS.get(verb, verb) for verb in info.verbs if verb not in omitted))


def _resource_classes() -> Iterator[type[Any]]:
    for module in pkgutil.iter_modules(lightkube.resources.__path__):
        for item in vars(importlib.import_module(f"lightkube.resources.{module.name}")).values():
            if isinstance(item, type) and hasattr(item, "_api_info"):
                yield item


def _model(resource: type[Any]) -> type[Any]:
    """The model class of a resource class. lightkube's resource classes add client methods to it."""
    return next(base for base in resource.__mro__[1:] if base.__module__.startswith("lightkube.models."))


def _builtin_kinds() -> list[Kind[Any]]:
    """Every kind of a stable version (a real server serves no alpha or beta version by default)."""
    subresources: dict[tuple[str, str, str], list[Subresource]] = {}
    parents: list[tuple[type[Any], lightkube_resource.ApiInfo]] = []
    for cls in _resource_classes():
        info = cls._api_info
        parent = info.parent
        if parent is not None and info.action:
            group, version, kind = info.resource
            sub = Subresource(info.action, group, version, kind, _verbs(info))
            subresources.setdefault((parent.group, parent.version, info.plural), []).append(sub)
        elif "alpha" not in info.resource.version and "beta" not in info.resource.version:
            parents.append((cls, info))
    kinds: list[Kind[Any]] = []
    for cls, info in parents:
        group, version, kind = info.resource
        kinds.append(
            Kind(
                group,
                version,
                kind,
                info.plural,
                namespaced=issubclass(cls, lightkube_resource.NamespacedResource),
                model=_model(cls),
                singular=kind.lower(),
                short_names=tuple(SHORT_NAMES.get(info.plural, ())),
                categories=categories(info.plural),
                verbs=_verbs(info),
                subresources=tuple(sorted(subresources.get((group, version, info.plural), ()), key=lambda s: s.name)),
                acted_on=info.plural in ACTED_ON,
            )
        )
    return kinds


def _own_kinds() -> list[Kind[Any]]:
    return [
        Kind(K9LITE_GROUP, "v1", kind, f"{kind.lower()}s", False, model, kind.lower(), acted_on=True)
        for kind, model in (
            ("Clock", k9lite_v1.Clock),
            ("Fault", k9lite_v1.Fault),
            ("Image", k9lite_v1.Image),
        )
    ]


class Kinds:
    """The kinds of one cluster: the built-in ones, and custom resources that come and go."""

    def __init__(self, kinds: list[Kind[Any]] | None = None) -> None:
        self._by_resource: dict[tuple[str, str, str], Kind[Any]] = {}
        self._by_kind: dict[tuple[str, str], Kind[Any]] = {}
        self._by_group: dict[tuple[str, str], Kind[Any]] = {}
        self._by_name: dict[str, Kind[Any]] = {}
        for kind in BUILTIN if kinds is None else kinds:
            self.add(kind)

    def __iter__(self) -> Iterator[Kind[Any]]:
        return iter(list(self._by_resource.values()))

    def add(self, kind: Kind[Any]) -> None:
        """Add a kind, or replace the one of the same group, version and plural."""
        self._by_resource[kind.group, kind.version, kind.plural] = kind
        self._by_kind[kind.api_version, kind.kind] = kind
        self._by_group[kind.group, kind.kind] = kind
        names = (
            kind.plural,
            kind.singular,
            *kind.short_names,
            kind.resource,
            f"{kind.plural}.{kind.version}.{kind.group}",
        )
        for name in names:
            held = self._by_name.get(name)
            if held is None or (held.group, held.plural) == (kind.group, kind.plural):
                self._by_name[name] = kind

    def remove(self, kind: Kind[Any]) -> None:
        """Forget a kind; a name that it had may fall back to another kind."""
        self._by_resource.pop((kind.group, kind.version, kind.plural), None)
        self._by_kind.clear()
        self._by_group.clear()
        self._by_name.clear()
        for other in self:
            self.add(other)

    def resource(self, group: str, version: str, plural: str) -> Kind[Any] | None:
        return self._by_resource.get((group, version, plural))

    def of(self, api_version: str, kind: str) -> Kind[Any] | None:
        """The kind that a manifest names."""
        return self._by_kind.get((api_version, kind))

    def of_group(self, group: str, kind: str) -> Kind[Any] | None:
        """The kind of that name in an API group, whatever its version; the version that was added last of several."""
        return self._by_group.get((group, kind))

    def named(self, name: str) -> Kind[Any] | None:
        """The kind for what a user types: plural, singular, short name, with or without its group."""
        return self._by_name.get(name.lower())


BUILTIN = _builtin_kinds() + _own_kinds()
_KINDS = Kinds()


def _builtin(model: type[T], api_version: str) -> Kind[T]:
    kind = _KINDS.of(api_version, model.__name__)
    if kind is None:
        raise LookupError(f"the model has no {model.__name__} in {api_version}")
    return kind


NAMESPACE = _builtin(core_v1.Namespace, "v1")
NODE = _builtin(core_v1.Node, "v1")
POD = _builtin(core_v1.Pod, "v1")
SERVICE = _builtin(core_v1.Service, "v1")
ENDPOINTS = _builtin(core_v1.Endpoints, "v1")
EVENT = _builtin(core_v1.Event, "v1")
CONFIG_MAP = _builtin(core_v1.ConfigMap, "v1")
SECRET = _builtin(core_v1.Secret, "v1")
SERVICE_ACCOUNT = _builtin(core_v1.ServiceAccount, "v1")
RESOURCE_QUOTA = _builtin(core_v1.ResourceQuota, "v1")
PERSISTENT_VOLUME_CLAIM = _builtin(core_v1.PersistentVolumeClaim, "v1")
DEPLOYMENT = _builtin(apps_v1.Deployment, "apps/v1")
REPLICA_SET = _builtin(apps_v1.ReplicaSet, "apps/v1")
REPLICATION_CONTROLLER = _builtin(core_v1.ReplicationController, "v1")
STATEFUL_SET = _builtin(apps_v1.StatefulSet, "apps/v1")
DAEMON_SET = _builtin(apps_v1.DaemonSet, "apps/v1")
CONTROLLER_REVISION = _builtin(apps_v1.ControllerRevision, "apps/v1")
JOB = _builtin(batch_v1.Job, "batch/v1")
CRON_JOB = _builtin(batch_v1.CronJob, "batch/v1")
HORIZONTAL_POD_AUTOSCALER = _builtin(autoscaling_v2.HorizontalPodAutoscaler, "autoscaling/v2")
ENDPOINT_SLICE = _builtin(discovery_v1.EndpointSlice, "discovery.k8s.io/v1")
LEASE = _builtin(coordination_v1.Lease, "coordination.k8s.io/v1")
POD_DISRUPTION_BUDGET = _builtin(policy_v1.PodDisruptionBudget, "policy/v1")
PRIORITY_CLASS = _builtin(scheduling_v1.PriorityClass, "scheduling.k8s.io/v1")
CLOCK = _builtin(k9lite_v1.Clock, "k9lite.dev/v1")
FAULT = _builtin(k9lite_v1.Fault, "k9lite.dev/v1")
IMAGE = _builtin(k9lite_v1.Image, "k9lite.dev/v1")
