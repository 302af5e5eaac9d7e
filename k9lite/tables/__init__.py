"""What one line about an object says: the same rows for `kubectl get` and the dashboard. Pure functions."""

from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.tables import cluster, configuration, nodes, pods, printer_columns, registrations, services, workloads
from k9lite.tables.column import Cell, Column, Table

TABLES: dict[str, Table[Any]] = {
    "pods": pods.POD,
    "nodes": nodes.NODE,
    "namespaces": cluster.NAMESPACE,
    "events": cluster.EVENT,
    "events.events.k8s.io": cluster.EVENT,
    "services": services.SERVICE,
    "endpoints": services.ENDPOINTS,
    "endpointslices.discovery.k8s.io": services.ENDPOINT_SLICE,
    "ingresses.networking.k8s.io": services.INGRESS,
    "ingressclasses.networking.k8s.io": services.INGRESS_CLASS,
    "networkpolicies.networking.k8s.io": services.NETWORK_POLICY,
    "deployments.apps": workloads.DEPLOYMENT,
    "replicasets.apps": workloads.REPLICA_SET,
    "statefulsets.apps": workloads.STATEFUL_SET,
    "daemonsets.apps": workloads.DAEMON_SET,
    "controllerrevisions.apps": workloads.CONTROLLER_REVISION,
    "replicationcontrollers": workloads.REPLICATION_CONTROLLER,
    "jobs.batch": workloads.JOB,
    "cronjobs.batch": workloads.CRON_JOB,
    "horizontalpodautoscalers.autoscaling": workloads.AUTOSCALER,
    "scales.autoscaling": workloads.SCALE,
    "configmaps": configuration.CONFIG_MAP,
    "secrets": configuration.SECRET,
    "persistentvolumeclaims": configuration.CLAIM,
    "persistentvolumes": configuration.VOLUME,
    "storageclasses.storage.k8s.io": configuration.STORAGE_CLASS,
    "leases.coordination.k8s.io": cluster.LEASE,
    "resourcequotas": cluster.QUOTA,
    "poddisruptionbudgets.policy": cluster.DISRUPTION_BUDGET,
    "priorityclasses.scheduling.k8s.io": cluster.PRIORITY_CLASS,
    "rolebindings.rbac.authorization.k8s.io": cluster.BINDING,
    "clusterrolebindings.rbac.authorization.k8s.io": cluster.BINDING,
    "roles.rbac.authorization.k8s.io": cluster.ROLE,
    "clusterroles.rbac.authorization.k8s.io": cluster.ROLE,
    "customresourcedefinitions.apiextensions.k8s.io": cluster.DEFINITION,
    "clocks.k9lite.dev": cluster.CLOCK,
    "faults.k9lite.dev": cluster.FAULT,
    "images.k9lite.dev": cluster.IMAGE,
    **registrations.TABLES,
}


def table_of(kind: Kind[Any]) -> Table[Any]:
    """The table of a kind: its own, or what its definition says; just name and age where there is no better one."""
    if kind.model is not None:
        return TABLES.get(kind.resource, cluster.PLAIN)
    return printer_columns.table_of(kind)


def columns(kind: Kind[Any]) -> tuple[Column, ...]:
    """The columns of `kind`, wide ones included."""
    return table_of(kind).columns


def cells(obj: Object[Any], now: float) -> list[Cell]:
    """One row: a cell per column of the object's kind; `now` in the cluster's epoch seconds."""
    return table_of(obj.kind).cells(obj, now)
