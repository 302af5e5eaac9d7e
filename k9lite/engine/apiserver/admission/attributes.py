"""What one request does to which object, as policies and webhooks are told, and whether their rules match it."""

from collections.abc import Iterable
from typing import NamedTuple

from k9lite.api import kinds
from k9lite.api.object import Data, Key
from k9lite.api.selectors.labels import label_selector
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.apiserver.reviews import USER

GROUP = "admissionregistration.k8s.io"


class Attributes(NamedTuple):
    """operation: CREATE, UPDATE, DELETE or CONNECT; object: None on DELETE; old: None on CREATE"""

    request: Request
    operation: str
    object: Data | None
    old: Data | None = None

    @property
    def resource(self) -> str:
        """`pods` or `pods/status`."""
        subresource = self.request.subresource
        return f"{self.request.kind.plural}/{subresource}" if subresource else self.request.kind.plural

    @property
    def name(self) -> str:
        metadata = (self.object or self.old or {}).get("metadata") or {}
        return self.request.name or metadata.get("name") or ""

    def review(self) -> Data:
        """The `request` of an AdmissionReview, without uid, object and old object."""
        kind = self.request.kind
        gvk = {"group": kind.group, "version": kind.version, "kind": kind.kind}
        gvr = {"group": kind.group, "version": kind.version, "resource": kind.plural}
        review: Data = {"kind": gvk, "resource": gvr, "requestKind": gvk, "requestResource": gvr}
        if self.request.subresource:
            review["subResource"] = review["requestSubResource"] = self.request.subresource
        if self.name:
            review["name"] = self.name
        if self.request.namespace or kind is kinds.NAMESPACE:
            review["namespace"] = self.request.namespace or self.name
        return review | {
            "operation": self.operation,
            "userInfo": USER,
            "dryRun": self.request.options.dry_run,
        }


def registered(context: Context, kind: str) -> list[Data]:
    """The objects of a kind that registers policies or webhooks, by name; next to nothing where there are none."""
    served = context.kinds.of(f"{GROUP}/v1", kind)
    collection = None if served is None else context.store.collection(served)
    if not collection:
        return []
    return [obj.data() for obj in sorted(collection.all(), key=lambda obj: obj.name)]


def matches_rules(attributes: Attributes, rules: Iterable[Data], policy: str = "Equivalent") -> bool:
    return any(_matches_rule(attributes, rule, policy) for rule in rules)


def _matches_rule(attributes: Attributes, rule: Data, policy: str) -> bool:
    kind = attributes.request.kind
    if not _has(rule["apiGroups"], kind.group) or not _has(rule["operations"], attributes.operation):
        return False
    if not _has(rule["apiVersions"], kind.version) and policy == "Exact":
        return False
    scope = rule.get("scope", "*")
    if scope != "*" and (scope == "Namespaced") != bool(attributes.request.namespace):
        return False
    names = rule.get("resourceNames")
    return (not names or attributes.name in names) and any(
        _matches_resource(attributes, one) for one in rule["resources"]
    )


def _has(values: Iterable[str], value: str) -> bool:
    return "*" in values or value in values


def _matches_resource(attributes: Attributes, pattern: str) -> bool:
    """`*` stands for all resources, `*/*` for all with their subresources."""
    plural, slash, subresource = pattern.partition("/")
    kind = attributes.request.kind
    if plural not in ("*", kind.plural):
        return False
    own = attributes.request.subresource
    return not own if not slash else subresource in (("*", own) if own else ("*",))


def matches_selectors(context: Context, attributes: Attributes, held: Data) -> bool:
    """Whether the namespace and the object have the labels that `held` selects."""
    return _namespace_matches(context, attributes, held.get("namespaceSelector")) and _object_matches(
        attributes, held.get("objectSelector")
    )


def _namespace_matches(context: Context, attributes: Attributes, selector: Data | None) -> bool:
    if not selector:
        return True
    if attributes.request.kind is kinds.NAMESPACE:
        labels = _labels(attributes.object or attributes.old)
    elif attributes.request.namespace:
        labels = _labels(namespace_of(context, attributes))
    else:
        return True
    return label_selector(selector).matches(labels)


def namespace_of(context: Context, attributes: Attributes) -> Data | None:
    """The namespace that the object is in, None where it is in none."""
    found = context.store.get(kinds.NAMESPACE, Key("", attributes.request.namespace))
    return None if found is None or not attributes.request.namespace else found.data()


def _object_matches(attributes: Attributes, selector: Data | None) -> bool:
    if not selector:
        return True
    matcher = label_selector(selector)
    return any(matcher.matches(_labels(data)) for data in (attributes.object, attributes.old) if data is not None)


def _labels(data: Data | None) -> dict[str, str]:
    labels: dict[str, str] = ((data or {}).get("metadata") or {}).get("labels") or {}
    return labels
