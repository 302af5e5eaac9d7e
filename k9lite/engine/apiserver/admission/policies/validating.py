"""ValidatingAdmissionPolicies: the first denial is told; others warn or are noted for the audit."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from k9lite.api.cel import CelError
from k9lite.api.errors import CODES, Cause, StatusError
from k9lite.api.object import Data
from k9lite.engine.apiserver.admission.attributes import Attributes
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.admission.policies import evaluation
from k9lite.engine.apiserver.admission.policies.evaluation import Scope
from k9lite.engine.apiserver.context import Context

_LONGEST_MESSAGE = 5 * 1024


class Denial(NamedTuple):
    """Why a policy refuses; `always`: whatever the binding says is done about failures."""

    message: str
    reason: str = "Invalid"
    always: bool = False


def check(context: Context, attributes: Attributes) -> None:
    """StatusError with the reason of the first validation that fails and that a binding denies."""
    first: StatusError | None = None
    for policy, binding in evaluation.pairs(context, attributes, "Validating"):
        names = f"'{policy['metadata']['name']}' with binding '{binding['metadata']['name']}'"
        actions = binding["spec"].get("validationActions") or ("Deny",)
        for denial in _denials(context, attributes, policy, binding):
            if "Warn" in actions and not denial.always:
                attributes.request.warn(f"Validation failed for ValidatingAdmissionPolicy {names}: {denial.message}")
            if first is None and ("Deny" in actions or denial.always):
                first = _refusal(
                    attributes, denial, f"ValidatingAdmissionPolicy {names} denied request: {denial.message}"
                )
    if first is not None:
        raise first


def _refusal(attributes: Attributes, denial: Denial, message: str) -> StatusError:
    data: Data = attributes.object or attributes.old or {}
    error = refuse(attributes.request, data, message)
    causes = (Cause("", message),)
    code = CODES.get(denial.reason, CODES["Invalid"])
    return StatusError(
        denial.reason,
        error.message,
        name=error.name,
        group=error.group,
        kind=error.kind,
        causes=causes,
        code=code,
    )


def _denials(context: Context, attributes: Attributes, policy: Data, binding: Data) -> Iterator[Denial]:
    ignores = policy["spec"].get("failurePolicy") == "Ignore"
    try:
        held = evaluation.parameters(context, attributes, policy, binding)
    except CelError as error:
        if not ignores:
            yield Denial(f"failed to configure binding: {error}", always=True)
        return
    for params in held:
        for denial, is_failure in _of_params(evaluation.scope(context, attributes, policy, params), policy):
            if not (is_failure and ignores):
                yield denial


def _of_params(scope: Scope, policy: Data) -> Iterator[tuple[Denial, bool]]:
    """Each denial, and whether it is for a failure to evaluate."""
    spec = policy["spec"]
    try:
        if not evaluation.meets_conditions(scope, spec.get("matchConditions") or []):
            return
    except CelError as error:
        yield Denial(str(error)), True
        return
    for validation in spec.get("validations") or ():
        try:
            if scope.evaluate(validation["expression"].strip()) is not True:
                yield Denial(_message(scope, validation), validation.get("reason") or "Invalid"), False
        except CelError as error:
            yield Denial(str(error)), True
    for annotation in spec.get("auditAnnotations") or ():
        try:
            value: Any = scope.evaluate(annotation["valueExpression"])
        except CelError as error:
            yield Denial(str(error), always=True), True
            continue
        if value is not None and not isinstance(value, str):
            why = f"valueExpression '{annotation['valueExpression']}' resulted in unsupported return type"
            yield Denial(f"{why}. Return type must be either string or null.", always=True), True


def _evaluated_message(scope: Scope, expression: str | None) -> str:
    """Empty where there is no expression, or one that fails or evaluates to no text."""
    try:
        value: Any = scope.evaluate(expression) if expression else ""
    except CelError:
        return ""
    return value.strip() if isinstance(value, str) else ""


def _message(scope: Scope, validation: Data) -> str:
    """What the expression for the message says, else the message, else the expression that failed."""
    text = _evaluated_message(scope, validation.get("messageExpression"))
    if text and "\n" not in text and len(text) <= _LONGEST_MESSAGE:
        return text
    plain: str = (validation.get("message") or "").strip()
    return plain or f"failed expression: {validation['expression'].strip()}"
