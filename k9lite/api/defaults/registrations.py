"""Defaults of what extends or regulates the API (pkg/apis/*/v1/defaults.go, apiextensions, kube-aggregator)."""

from k9lite.api.defaults import fill
from k9lite.api.object import Data


def custom_resource_definition(data: Data) -> None:
    spec = data.setdefault("spec", {})
    names = spec.setdefault("names", {})
    if not names.get("singular"):
        names["singular"] = names.get("kind", "").lower()
    if not names.get("listKind"):
        names["listKind"] = f"{names.get('kind', '')}List"
    fill.absent(spec, {"conversion": {"strategy": "None"}})


def webhooks(data: Data) -> None:
    """Of both kinds of webhook configuration."""
    for webhook in data.get("webhooks") or ():
        fill.absent(webhook, {"failurePolicy": "Fail", "matchPolicy": "Equivalent", "timeoutSeconds": 10})
        webhook.setdefault("namespaceSelector", {})
        webhook.setdefault("objectSelector", {})
        _any_scope(webhook.get("rules"))
        if "service" in (webhook.get("clientConfig") or {}):
            fill.absent(webhook["clientConfig"]["service"], {"port": 443})


def mutating_webhooks(data: Data) -> None:
    webhooks(data)
    for webhook in data.get("webhooks") or ():
        fill.absent(webhook, {"reinvocationPolicy": "Never"})


def admission_policy(data: Data) -> None:
    """Of policies that validate and policies that mutate."""
    spec = data.setdefault("spec", {})
    fill.absent(spec, {"failurePolicy": "Fail"})
    _match(spec.get("matchConstraints"))


def admission_policy_binding(data: Data) -> None:
    _match(data.setdefault("spec", {}).get("matchResources"))


def _match(resources: Data | None) -> None:
    if resources is None:
        return
    fill.absent(resources, {"matchPolicy": "Equivalent"})
    resources.setdefault("namespaceSelector", {})
    resources.setdefault("objectSelector", {})
    for rules in ("resourceRules", "excludeResourceRules"):
        _any_scope(resources.get(rules))


def _any_scope(rules: list[Data] | None) -> None:
    for rule in rules or ():
        fill.absent(rule, {"scope": "*"})


def flow_schema(data: Data) -> None:
    fill.empty(data.setdefault("spec", {}), {"matchingPrecedence": 1000})


def priority_level(data: Data) -> None:
    spec = data.setdefault("spec", {})
    exempt, limited = spec.get("exempt"), spec.get("limited")
    if exempt is not None:
        fill.absent(exempt, {"nominalConcurrencyShares": 0, "lendablePercent": 0})
    if limited is not None:
        fill.absent(limited, {"nominalConcurrencyShares": 30, "lendablePercent": 0})
        queuing = (limited.get("limitResponse") or {}).get("queuing")
        if queuing is not None:
            fill.empty(queuing, {"queues": 64, "handSize": 8, "queueLengthLimit": 50})


def api_service(data: Data) -> None:
    service = data.setdefault("spec", {}).get("service")
    if service is not None:
        fill.absent(service, {"port": 443})


EXTENSIONS = {"CustomResourceDefinition": custom_resource_definition}
REGISTRATION = {"APIService": api_service}
FLOW_CONTROL = {"FlowSchema": flow_schema, "PriorityLevelConfiguration": priority_level}
ADMISSION = {
    "ValidatingWebhookConfiguration": webhooks,
    "MutatingWebhookConfiguration": mutating_webhooks,
    "ValidatingAdmissionPolicy": admission_policy,
    "ValidatingAdmissionPolicyBinding": admission_policy_binding,
    "MutatingAdmissionPolicy": admission_policy,
    "MutatingAdmissionPolicyBinding": admission_policy_binding,
}
