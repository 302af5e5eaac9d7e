"""A policy and a request: which bindings apply, with which parameters, and what its expressions evaluate to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from k9lite.api import cel
from k9lite.api.cel import CelError
from k9lite.api.object import Data, Key
from k9lite.api.selectors.labels import label_selector
from k9lite.engine.apiserver.admission.attributes import (
    GROUP,
    Attributes,
    matches_rules,
    matches_selectors,
    namespace_of,
    registered,
)
from k9lite.engine.apiserver.context import Context

NAMES = ("object", "oldObject", "request", "params", "namespaceObject", "variables")
VARIABLES = tuple((name, "dyn") for name in NAMES)
_POLICY_KINDS = ("Policy", "PolicyBinding")
_NO_PARAMS = "no params found for policy binding with `Deny` parameterNotFoundAction"


@dataclass(slots=True)
class Scope:
    """The values that the expressions of a policy see; `failed` says why a variable has none."""

    values: dict[str, Any]
    failed: dict[str, str] = field(default_factory=dict)

    def evaluate(self, expression: str) -> Any:
        """CelError with the words of Kubernetes' policies."""
        try:
            return cel.compile(expression, VARIABLES).evaluate(self.values)
        except CelError as error:
            name = str(error).removeprefix("no such key: ")
            if name in self.failed and f"variables.{name}" in expression:
                error = CelError(f'composited variable "{name}" fails to evaluate: {self.failed[name]}')
            raise CelError(f"expression '{expression}' resulted in error: {error}") from error


def pairs(context: Context, attributes: Attributes, prefix: str) -> Iterator[tuple[Data, Data]]:
    """The policies of `prefix`, Validating or Mutating, that match, each with a binding of it that matches."""
    kind = attributes.request.kind
    if kind.group == GROUP and kind.kind.removeprefix(prefix).endswith(_POLICY_KINDS):
        return  # or a policy could keep itself from being deleted
    policies = registered(context, f"{prefix}AdmissionPolicy")
    if not policies:
        return
    bindings = registered(context, f"{prefix}AdmissionPolicyBinding")
    for policy in policies:
        constraints = policy["spec"].get("matchConstraints") or {}
        if not constraints.get("resourceRules") or not _matches(context, attributes, constraints):
            continue
        for binding in bindings:
            if binding["spec"].get("policyName") == policy["metadata"]["name"]:
                resources = binding["spec"].get("matchResources")
                if resources is None or _matches(context, attributes, resources):
                    yield policy, binding


def _matches(context: Context, attributes: Attributes, resources: Data) -> bool:
    """Without rules everything matches; the constraints of a policy always have some."""
    policy, rules = resources.get("matchPolicy", "Equivalent"), resources.get("resourceRules")
    if matches_rules(attributes, resources.get("excludeResourceRules") or (), policy):
        return False
    if rules and not matches_rules(attributes, rules, policy):
        return False
    return matches_selectors(context, attributes, resources)


def parameters(context: Context, attributes: Attributes, policy: Data, binding: Data) -> list[Data | None]:
    """The parameters for which a policy is evaluated, one after the other. CelError when there must be some."""
    param_kind, reference = policy["spec"].get("paramKind"), binding["spec"].get("paramRef")
    if not param_kind or not reference:
        return [None]
    kind = context.kinds.of(param_kind["apiVersion"], param_kind["kind"])
    if kind is None:
        raise CelError(
            f"failed to find resource referenced by paramKind: '{param_kind['apiVersion']}, Kind={param_kind['kind']}'"
        )
    namespace = reference.get("namespace") or (attributes.request.namespace if kind.namespaced else "")
    if kind.namespaced and not namespace:
        raise CelError("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
    held: list[Data | None]
    if reference.get("name"):
        found = context.store.get(kind, Key(namespace, reference["name"]))
        held = [] if found is None else [found.data()]
    else:
        selector = label_selector(reference.get("selector") or {})
        objects = sorted(context.store.collection(kind).all(namespace), key=lambda obj: obj.name)
        held = [obj.data() for obj in objects if selector.matches(obj.meta.labels)]
    if not held and reference.get("parameterNotFoundAction") == "Deny":
        raise CelError(_NO_PARAMS)
    return held


def scope(context: Context, attributes: Attributes, policy: Data, params: Data | None) -> Scope:
    """What the expressions of `policy` see; its variables are evaluated in their order."""
    values: dict[str, Any] = {
        "object": attributes.object,
        "oldObject": attributes.old,
        "request": attributes.review(),
        "params": params,
        "namespaceObject": namespace_of(context, attributes),
        "variables": {},
    }
    made = Scope(values)
    for variable in policy["spec"].get("variables") or ():
        try:
            values["variables"][variable["name"]] = cel.compile(variable["expression"], VARIABLES).evaluate(values)
        except CelError as error:
            made.failed[variable["name"]] = str(error)
    return made


def meets_conditions(scope: Scope, conditions: list[Data]) -> bool:
    """Whether all match conditions hold: one that fails decides before one that cannot be evaluated. CelError."""
    problem: CelError | None = None
    for condition in conditions:
        try:
            if scope.evaluate(condition["expression"]) is not True:
                return False
        except CelError as error:
            problem = problem or error
    if problem is not None:
        raise problem
    return True
