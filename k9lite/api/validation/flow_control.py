"""Rules for what shares the API server among its clients: flow schemas and priority levels."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_HIGHEST_PRECEDENCE = 10_000
_EXEMPT = "exempt"
_DISTINGUISHERS, _LEVELS = ("ByNamespace", "ByUser"), ("Exempt", "Limited")
_RESPONSES = ("Queue", "Reject")


def _flow_schema(data: Data) -> Errors:
    spec, name = data["spec"], data["metadata"].get("name", "")
    precedence, path = spec.get("matchingPrecedence", 0), "spec.matchingPrecedence"
    if precedence <= 0:
        yield errors.invalid(path, precedence, "must be a positive value")
    if precedence > _HIGHEST_PRECEDENCE:
        yield errors.invalid(path, precedence, f"must not be greater than {_HIGHEST_PRECEDENCE}")
    if precedence == 1 and name != _EXEMPT:
        yield errors.invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")
    method = spec.get("distinguisherMethod")
    if method is not None and method["type"] not in _DISTINGUISHERS:
        yield errors.not_supported("spec.distinguisherMethod.type", {"Type": method["type"]}, _DISTINGUISHERS)
    level, path = spec.get("priorityLevelConfiguration", {}).get("name"), "spec.priorityLevelConfiguration.name"
    if level:
        yield from values.text(path, level, names.dns_subdomain)
    else:
        yield errors.required(path, "must reference a priority level")
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from _rule(f"spec.rules[{index}]", rule)


def _rule(path: str, rule: Data) -> Errors:
    if not rule.get("subjects"):
        yield errors.required(f"{path}.subjects", "subjects must contain at least one value")
    if not rule.get("resourceRules") and not rule.get("nonResourceRules"):
        yield errors.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty")


def _priority_level(data: Data) -> Errors:
    spec, name = data["spec"], data["metadata"].get("name", "")
    type_, limited = spec.get("type", ""), spec.get("limited")
    if (name == _EXEMPT) != (type_ == "Exempt"):
        yield errors.invalid("spec.type", type_, "type must be 'Exempt' if and only if name is 'exempt'")
    if type_ == "Exempt" and limited is not None:
        yield errors.forbidden_field("spec.limited", "must be nil if the type is not Limited")
    if type_ == "Limited":
        if limited is None:
            yield errors.required("spec.limited", "must not be empty when type is Limited")
        else:
            yield from _limit_response("spec.limited.limitResponse", limited.get("limitResponse", {}))
    elif type_ not in _LEVELS:
        yield errors.not_supported("spec.type", type_, _LEVELS)


def _limit_response(path: str, response: Data) -> Errors:
    queuing, type_ = response.get("queuing"), response.get("type", "")
    if type_ == "Reject" and queuing is not None:
        yield errors.forbidden_field(f"{path}.queuing", "must be nil if limited.limitResponse.type is not Limited")
    elif type_ == "Queue" and queuing is None:
        yield errors.required(f"{path}.queuing", "must not be empty if limited.limitResponse.type is Limited")
    elif type_ not in _RESPONSES:
        yield errors.not_supported(f"{path}.type", type_, _RESPONSES)


RULES = {"FlowSchema": Rules(_flow_schema), "PriorityLevelConfiguration": Rules(_priority_level)}
