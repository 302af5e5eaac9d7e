"""Rules for roles and bindings (pkg/apis/rbac/validation)."""

from collections.abc import Callable

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_GROUP = "rbac.authorization.k8s.io"


def _role(*, namespaced: bool) -> Callable[[Data], Errors]:
    def check(data: Data) -> Errors:
        for index, rule in enumerate(data.get("rules") or ()):
            yield from _policy_rule(f"rules[{index}]", rule, namespaced)

    return check


def _policy_rule(path: str, rule: Data, namespaced: bool) -> Errors:
    if not rule.get("verbs"):
        yield errors.required(f"{path}.verbs", "verbs must contain at least one value")
    urls = rule.get("nonResourceURLs") or []
    if urls:
        if namespaced:
            message = "namespaced rules cannot apply to non-resource URLs"
            yield errors.invalid(f"{path}.nonResourceURLs", urls, message)
        if any(rule.get(field) for field in ("apiGroups", "resources", "resourceNames")):
            message = "rules cannot apply to both regular resources and non-resource URLs"
            yield errors.invalid(f"{path}.nonResourceURLs", urls, message)
        return
    if not rule.get("apiGroups"):
        yield errors.required(f"{path}.apiGroups", "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield errors.required(f"{path}.resources", "resource rules must supply at least one resource")


def _binding(*, namespaced: bool) -> Callable[[Data], Errors]:
    kinds = ("Role", "ClusterRole") if namespaced else ("ClusterRole",)

    def check(data: Data) -> Errors:
        role = data.get("roleRef") or {}
        yield from values.optional_one_of("roleRef.apiGroup", role.get("apiGroup", ""), (_GROUP,))
        yield from values.optional_one_of("roleRef.kind", role.get("kind", ""), kinds)
        yield from values.required_text("roleRef.name", role.get("name"), names.path_segment)
        for index, subject in enumerate(data.get("subjects") or ()):
            yield from _subject(f"subjects[{index}]", subject, namespaced)

    return check


def _subject(path: str, subject: Data, namespaced: bool) -> Errors:
    name, kind, group = subject.get("name", ""), subject.get("kind", ""), subject.get("apiGroup", "")
    if not name:
        yield errors.required(f"{path}.name")
    if kind == "ServiceAccount":
        if name:
            yield from values.text(f"{path}.name", name, names.dns_subdomain)
        if group:
            yield errors.not_supported(f"{path}.apiGroup", group, ("",))
        if not namespaced and not subject.get("namespace"):
            yield errors.required(f"{path}.namespace")
    elif kind in ("User", "Group"):
        if not name:
            yield errors.invalid(f"{path}.name", name, f"{kind.lower()} name cannot be empty")
        yield from values.optional_one_of(f"{path}.apiGroup", group, (_GROUP,))
    else:
        yield errors.not_supported(f"{path}.kind", kind, ("ServiceAccount", "User", "Group"))


def _binding_update(*, namespaced: bool) -> Callable[[Data, Data], Errors]:
    check = _binding(namespaced=namespaced)

    def compare(new: Data, old: Data) -> Errors:
        yield from check(new)
        if new.get("roleRef") != old.get("roleRef"):
            role = new.get("roleRef") or {}
            shown = {field[0].upper() + field[1:]: role.get(field, "") for field in ("kind", "name")}
            yield errors.invalid("roleRef", {"APIGroup": role.get("apiGroup", "")} | shown, "cannot change roleRef")

    return compare


RULES = {
    "Role": Rules(_role(namespaced=True)),
    "ClusterRole": Rules(_role(namespaced=False)),
    "RoleBinding": Rules(_binding(namespaced=True), _binding_update(namespaced=True)),
    "ClusterRoleBinding": Rules(_binding(namespaced=False), _binding_update(namespaced=False)),
}
