"""ClusterRoles and their bindings as every cluster has them (rbac bootstrappolicy); nothing enforces them yet."""

from collections.abc import Iterator
from typing import Any

from k9lite.api.kinds import Kinds
from k9lite.api.object import Data
from k9lite.api.system_objects import SystemObject

API = "rbac.authorization.k8s.io"
AUTOUPDATE = {f"{API}/autoupdate": "true"}
BOOTSTRAPPING = {"kubernetes.io/bootstrapping": "rbac-defaults"}
READ, WRITE = "get list watch", "create delete deletecollection patch update"
ALL = "create delete deletecollection get list patch update watch"

# Roles that are made of others, by label; which of them are part of one themselves.
AGGREGATED = {"admin": "", "edit": "admin", "view": "edit"}

# A rule is (verbs, groups, resources) or (verbs, groups, resources, names); "core" is the group without a name.
Rule = tuple[str, ...]
PARTS: dict[str, tuple[Rule, ...]] = {
    "admin": (
        ("create", "authorization.k8s.io", "localsubjectaccessreviews"),
        (ALL, API, "rolebindings roles"),
    ),
    "edit": (
        (READ, "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
        ("impersonate", "core", "serviceaccounts"),
        (WRITE, "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
        ("create", "core", "pods/eviction"),
        (
            WRITE,
            "core",
            "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale "
            "secrets serviceaccounts services services/proxy",
        ),
        ("create", "core", "serviceaccounts/token"),
        (
            WRITE,
            "apps",
            "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale "
            "statefulsets statefulsets/scale",
        ),
        (WRITE, "autoscaling", "horizontalpodautoscalers"),
        (WRITE, "batch", "cronjobs jobs"),
        (WRITE, "policy", "poddisruptionbudgets"),
        (WRITE, "networking.k8s.io", "ingresses networkpolicies"),
        (ALL, "coordination.k8s.io", "leases"),
    ),
    "view": (
        (
            READ,
            "core",
            "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods "
            "replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status",
        ),
        (
            READ,
            "core",
            "bindings events limitranges namespaces/status pods/log pods/status "
            "replicationcontrollers/status resourcequotas resourcequotas/status",
        ),
        (READ, "core", "namespaces"),
        (READ, "discovery.k8s.io", "endpointslices"),
        (
            READ,
            "apps",
            "controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
            "deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale "
            "statefulsets/status",
        ),
        (READ, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
        (READ, "batch", "cronjobs cronjobs/status jobs jobs/status"),
        (READ, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
        (READ, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
    ),
}
_SIGNER = "certificates.k8s.io"
_EVENTS = ("create patch update", "core events.k8s.io", "events")
_REVIEWS = (
    ("create", "authentication.k8s.io", "tokenreviews"),
    ("create", "authorization.k8s.io", "subjectaccessreviews"),
)


def _lease(name: str) -> tuple[Rule, ...]:
    return ("create", "coordination.k8s.io", "leases"), ("get update", "coordination.k8s.io", "leases", name)


ROLES: dict[str, tuple[Rule, ...]] = {
    "cluster-admin": (("*", "*", "*"), ("*", "", "*")),
    "system:auth-delegator": _REVIEWS,
    "system:basic-user": (
        ("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
        ("create", "authentication.k8s.io", "selfsubjectreviews"),
    ),
    **{
        f"system:certificates.k8s.io:certificatesigningrequests:{name}": (
            ("create", _SIGNER, f"certificatesigningrequests/{name}"),
        )
        for name in ("nodeclient", "selfnodeclient")
    },
    **{
        f"system:certificates.k8s.io:{name}-approver": (("approve", _SIGNER, "signers", f"kubernetes.io/{name}"),)
        for name in ("kube-apiserver-client", "kube-apiserver-client-kubelet", "kubelet-serving", "legacy-unknown")
    },
    "system:discovery": (
        ("get", "", "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/"),
    ),
    "system:kube-aggregator": ((READ, "core", "endpoints services"),),
    "system:kube-controller-manager": (
        _EVENTS,
        *_lease("kube-controller-manager"),
        ("create", "core", "secrets serviceaccounts"),
        ("delete", "core", "secrets"),
        ("get", "core", "configmaps namespaces secrets serviceaccounts"),
        ("update", "core", "secrets serviceaccounts"),
        *_REVIEWS,
        ("list watch", "*", "*"),
        ("create", "core", "serviceaccounts/token"),
    ),
    "system:kube-dns": (("list watch", "core", "endpoints services"),),
    "system:kube-scheduler": (
        _EVENTS,
        *_lease("kube-scheduler"),
        (READ, "core", "nodes"),
        (f"delete {READ}", "core", "pods"),
        ("create", "core", "bindings pods/binding"),
        ("patch update", "core", "pods/status"),
        (READ, "core", "replicationcontrollers services"),
        (READ, "apps extensions", "replicasets"),
        (READ, "apps", "statefulsets"),
        (READ, "policy", "poddisruptionbudgets"),
        (READ, "core", "persistentvolumeclaims persistentvolumes"),
        *_REVIEWS,
        (READ, "storage.k8s.io", "csinodes"),
        (READ, "core", "namespaces"),
        (READ, "storage.k8s.io", "csidrivers"),
        (READ, "storage.k8s.io", "csistoragecapacities"),
    ),
    "system:monitoring": (("get", "", "/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*"),),
    "system:node-proxier": (
        ("list watch", "core", "endpoints services"),
        (READ, "core", "nodes"),
        _EVENTS,
        ("list watch", "discovery.k8s.io", "endpointslices"),
    ),
    "system:persistent-volume-provisioner": (
        (f"create delete {READ}", "core", "persistentvolumes"),
        ("get list update watch", "core", "persistentvolumeclaims"),
        (READ, "storage.k8s.io", "storageclasses"),
        ("watch", "core", "events"),
        _EVENTS,
    ),
    "system:public-info-viewer": (("get", "", "/healthz /livez /readyz /version /version/"),),
    "system:service-account-issuer-discovery": (
        (
            "get",
            "",
            "/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/",
        ),
    ),
    "system:volume-scheduler": (
        ("get list patch update watch", "core", "persistentvolumes"),
        (READ, "storage.k8s.io", "storageclasses"),
        ("get list patch update watch", "core", "persistentvolumeclaims"),
    ),
}

# Who has which role: groups, and users after a `+`.
BINDINGS: dict[str, tuple[str, ...]] = {
    "cluster-admin": ("system:masters",),
    "system:basic-user": ("system:authenticated",),
    "system:discovery": ("system:authenticated",),
    "system:kube-controller-manager": ("+system:kube-controller-manager",),
    "system:kube-scheduler": ("+system:kube-scheduler",),
    "system:monitoring": ("system:monitoring",),
    "system:node-proxier": ("+system:kube-proxy",),
    "system:public-info-viewer": ("system:authenticated", "system:unauthenticated"),
    "system:service-account-issuer-discovery": ("system:serviceaccounts",),
    "system:volume-scheduler": ("+system:kube-scheduler",),
}


def access(served: Kinds) -> Iterator[SystemObject]:
    """The roles and their bindings; roles that are made of others have the rules of all their parts."""
    role, binding = served.of(f"{API}/v1", "ClusterRole"), served.of(f"{API}/v1", "ClusterRoleBinding")
    if role is None or binding is None:
        return
    for name, part_of in AGGREGATED.items():
        labels = {f"{API}/aggregate-to-{part_of}": "true"} if part_of else {}
        selector = {"matchLabels": {f"{API}/aggregate-to-{name}": "true"}}
        rules = {"aggregationRule": {"clusterRoleSelectors": [selector]}, "rules": _all_rules(name)}
        yield SystemObject(role, "", _metadata(name, labels) | rules)
        part = f"system:aggregate-to-{name}"
        labels = {f"{API}/aggregate-to-{name}": "true"}
        yield SystemObject(role, "", _metadata(part, labels) | {"rules": [_rule(*rule) for rule in PARTS[name]]})
    for name, declared in ROLES.items():
        yield SystemObject(role, "", _metadata(name, {}) | {"rules": [_rule(*rule) for rule in declared]})
    for name, subjects in BINDINGS.items():
        reference = {"apiGroup": API, "kind": "ClusterRole", "name": name}
        body = {"roleRef": reference, "subjects": [_subject(subject) for subject in subjects]}
        yield SystemObject(binding, "", _metadata(name, {}) | body)


def _all_rules(name: str) -> list[Data]:
    parts = [name, *(part for part, whole in AGGREGATED.items() if whole == name)]
    own = [_rule(*rule) for rule in PARTS[name]]
    return own + [rule for part in parts[1:] for rule in _all_rules(part)]


def _metadata(name: str, labels: dict[str, str]) -> Data:
    return {"metadata": {"name": name, "annotations": AUTOUPDATE, "labels": BOOTSTRAPPING | labels}}


def _rule(verbs: str, groups: str, resources: str, names: str = "") -> Data:
    if not groups:
        return {"nonResourceURLs": resources.split(), "verbs": verbs.split()}
    rule: dict[str, Any] = {
        "apiGroups": ["" if group == "core" else group for group in groups.split()],
        "resources": resources.split(),
        "verbs": verbs.split(),
    }
    return rule | {"resourceNames": names.split()} if names else rule


def _subject(name: str) -> Data:
    return {"apiGroup": API, "kind": "User" if name.startswith("+") else "Group", "name": name.removeprefix("+")}
