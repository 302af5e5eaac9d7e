"""Rules for admission policies and their bindings (pkg/apis/admissionregistration/validation)."""

from collections.abc import Iterator

from k9lite.api import cel, errors, names
from k9lite.api.cel import literals
from k9lite.api.object import Data
from k9lite.api.validation import labels, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_FAILURE_POLICIES = ("Fail", "Ignore")
_MATCH_POLICIES = ("Equivalent", "Exact")
_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS = ("Audit", "Deny", "Warn")
_PATCH_TYPES = ("ApplyConfiguration", "JSONPatch")
_REINVOCATION = ("IfNeeded", "Never")
_NOT_FOUND = ("Allow", "Deny")
_SCOPES = ("*", "Cluster", "Namespaced")
_TWICE = (
    "must not contain both Deny and Warn (repeating the same validation failure information in the API response and "
    "headers serves no purpose)"
)
_WEBHOOK = ("object", "oldObject", "request", "namespaceObject", "authorizer")
_POLICY = ("object", "oldObject", "request", "params", "namespaceObject", "variables", "authorizer")


def expression(path: str, text: str | None, result: str, variables: tuple[str, ...] = _POLICY) -> Errors:
    """An expression that has to be there, compile, and evaluate to `result`; empty: to anything."""
    if not (text or "").strip():
        yield errors.required(path, "expression is not specified" if path.endswith("xpression") else "")
        return
    try:
        found = cel.compile(literals.plain(str(text)), tuple((name, "dyn") for name in variables)).type
    except cel.CelError as error:
        yield errors.invalid(path, text, f"compilation failed: {error}")
        return
    if result and found not in (result, "dyn"):
        yield errors.invalid(path, text, f"must evaluate to {result} but got {found}")


def match_conditions(path: str, conditions: list[Data] | None, variables: tuple[str, ...] = _WEBHOOK) -> Errors:
    """Also those of webhooks, which have no parameters and no variables."""
    seen: set[str] = set()
    for index, condition in enumerate(conditions or ()):
        place, name = f"{path}[{index}]", condition.get("name") or ""
        yield from expression(f"{place}.expression", condition.get("expression"), "bool", variables)
        if not name:
            yield errors.required(f"{place}.name")
        else:
            yield from values.text(f"{place}.name", name, names.qualified_name)
        if name and name in seen:
            yield errors.duplicate(f"{place}.name", name)
        seen.add(name)


def rule(path: str, data: Data) -> Errors:
    """Which requests a policy or a webhook is about."""
    operations = data.get("operations") or []
    if not operations:
        yield errors.required(f"{path}.operations")
    elif "*" in operations and len(operations) > 1:
        yield errors.invalid(f"{path}.operations", operations, "if '*' is present, must not specify other operations")
    for index, operation in enumerate(operations):
        yield from values.one_of(f"{path}.operations[{index}]", operation, OPERATIONS)
    for field in ("apiGroups", "apiVersions"):
        held = data.get(field) or []
        if not held:
            yield errors.required(f"{path}.{field}")
        elif "*" in held and len(held) > 1:
            yield errors.invalid(f"{path}.{field}", held, f"if '*' is present, must not specify other {_NOUNS[field]}")
    if not data.get("resources"):
        yield errors.required(f"{path}.resources")
    yield from values.optional_one_of(f"{path}.scope", data.get("scope"), _SCOPES)


_NOUNS = {"apiGroups": "API groups", "apiVersions": "API versions"}


def _match_resources(path: str, data: Data | None, *, needs_rules: bool) -> Errors:
    if data is None:
        if needs_rules:
            yield errors.required(path)
        return
    yield from values.optional_one_of(f"{path}.matchPolicy", data.get("matchPolicy"), _MATCH_POLICIES)
    for field in ("namespaceSelector", "objectSelector"):
        yield from labels.selector(f"{path}.{field}", data.get(field))
    if needs_rules and not data.get("resourceRules"):
        yield errors.required(f"{path}.resourceRules")
    for field in ("resourceRules", "excludeResourceRules"):
        for index, one in enumerate(data.get(field) or ()):
            yield from rule(f"{path}.{field}[{index}]", one)


def _common(data: Data) -> Errors:
    """What policies that validate and policies that mutate have in common."""
    spec = data.get("spec") or {}
    yield from values.optional_one_of("spec.failurePolicy", spec.get("failurePolicy"), _FAILURE_POLICIES)
    param_kind = spec.get("paramKind")
    if param_kind is not None:
        yield from values.required("spec.paramKind", param_kind, "apiVersion", "kind")
    yield from _match_resources("spec.matchConstraints", spec.get("matchConstraints"), needs_rules=True)
    yield from match_conditions("spec.matchConditions", spec.get("matchConditions"), _POLICY)
    for index, variable in enumerate(spec.get("variables") or ()):
        path = f"spec.variables[{index}]"
        if not variable.get("name"):
            yield errors.required(f"{path}.name", "name is not specified")
        elif not str(variable["name"]).isidentifier():
            yield errors.invalid(f"{path}.name", variable["name"], "name is not a valid CEL identifier")
        yield from expression(f"{path}.expression", variable.get("expression"), "")


def _validating(data: Data) -> Errors:
    yield from _common(data)
    spec = data.get("spec") or {}
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        why = "validations or auditAnnotations must be non-empty"
        yield errors.required("spec.validations", why)
        yield errors.required("spec.auditAnnotations", why)
    for index, validation in enumerate(spec.get("validations") or ()):
        yield from _validation(f"spec.validations[{index}]", validation)
    for index, annotation in enumerate(spec.get("auditAnnotations") or ()):
        path = f"spec.auditAnnotations[{index}]"
        yield from values.required(path, annotation, "key")
        yield from expression(f"{path}.valueExpression", annotation.get("valueExpression"), "")


def _validation(path: str, validation: Data) -> Errors:
    yield from expression(f"{path}.expression", validation.get("expression"), "bool")
    if validation.get("messageExpression"):
        yield from expression(f"{path}.messageExpression", validation["messageExpression"], "string")
    text, message = validation.get("expression") or "", validation.get("message") or ""
    if "\n" in message.strip():
        yield errors.invalid(f"{path}.message", message, "message must not contain line breaks")
    if "\n" in text.strip() and not message:
        yield errors.required(f"{path}.message", "message must be specified if expression contains line breaks")
    yield from values.optional_one_of(f"{path}.reason", validation.get("reason"), _REASONS)


def _mutating(data: Data) -> Errors:
    yield from _common(data)
    spec = data.get("spec") or {}
    if not spec.get("mutations"):
        yield errors.required("spec.mutations", "mutations must contain at least one item")
    for index, mutation in enumerate(spec.get("mutations") or ()):
        yield from _mutation(f"spec.mutations[{index}]", mutation)
    if not spec.get("reinvocationPolicy"):
        yield errors.required("spec.reinvocationPolicy")
    else:
        yield from values.one_of("spec.reinvocationPolicy", spec["reinvocationPolicy"], _REINVOCATION)


def _mutation(path: str, mutation: Data) -> Errors:
    kind = mutation.get("patchType")
    if kind not in _PATCH_TYPES:
        yield errors.not_supported(f"{path}.patchType", kind or "", _PATCH_TYPES)
        return
    field = "jsonPatch" if kind == "JSONPatch" else "applyConfiguration"
    if mutation.get(field) is None:
        yield errors.required(f"{path}.{field}", f"must be specified when patchType is {kind}")
    else:
        yield from expression(f"{path}.{field}.expression", mutation[field].get("expression"), "")


def _binding(data: Data) -> Iterator[errors.FieldError]:
    spec = data.get("spec") or {}
    if not spec.get("policyName"):
        yield errors.required("spec.policyName")
    else:
        yield from values.text("spec.policyName", spec["policyName"], names.dns_subdomain)
    reference = spec.get("paramRef")
    if reference is not None:
        if bool(reference.get("name")) == (reference.get("selector") is not None):
            yield errors.required("spec.paramRef.name", "one of name or selector must be specified")
        if not reference.get("parameterNotFoundAction"):
            yield errors.required("spec.paramRef.parameterNotFoundAction")
        else:
            path = "spec.paramRef.parameterNotFoundAction"
            yield from values.one_of(path, reference["parameterNotFoundAction"], _NOT_FOUND)
    yield from _match_resources("spec.matchResources", spec.get("matchResources"), needs_rules=False)


def _validating_binding(data: Data) -> Errors:
    yield from _binding(data)
    path, actions = "spec.validationActions", (data.get("spec") or {}).get("validationActions") or []
    if not actions:
        yield errors.required(path)
    for index, action in enumerate(actions):
        if action in actions[:index]:
            yield errors.duplicate(f"{path}[{index}]", action)
        else:
            yield from values.one_of(f"{path}[{index}]", action, _ACTIONS)
    if {"Deny", "Warn"} <= set(actions):
        yield errors.invalid(path, actions, _TWICE)


POLICIES = {
    "ValidatingAdmissionPolicy": Rules(_validating),
    "ValidatingAdmissionPolicyBinding": Rules(_validating_binding),
    "MutatingAdmissionPolicy": Rules(_mutating),
    "MutatingAdmissionPolicyBinding": Rules(_binding),
}
