"""Rules for the policies of a job: which failures count, and when it has succeeded (pkg/apis/batch/validation)."""

from collections.abc import Iterator, Sequence

from k9lite.api import errors, names
from k9lite.api.errors import FieldError
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_OPERATORS = ("In", "NotIn")
_STATES = ("False", "True", "Unknown")
_REPLACEMENTS = ("Failed", "TerminatingOrFailed")
_MOST_RULES, _MOST_PATTERNS, _MOST_CODES = 20, 20, 255
_LONGEST_INDEXES = 64 * 1024
_NO_CONTAINER = "must be one of the container or initContainer names in the pod template"
_BOTH = "specifying both OnExitCodes and OnPodConditions is not supported"
_NEITHER = "specifying one of OnExitCodes and OnPodConditions is required"


def policies(path: str, spec: Data) -> Errors:
    """The three policies of a job's `spec`."""
    if spec.get("podFailurePolicy") is not None:
        yield from _failure_policy(f"{path}.podFailurePolicy", spec)
    if (success := spec.get("successPolicy")) is not None:
        if spec.get("completionMode") != "Indexed":
            yield errors.invalid(f"{path}.successPolicy", success, "requires indexed completion mode")
        else:
            yield from _success_policy(f"{path}.successPolicy.rules", success.get("rules") or (), spec)
    allowed = _REPLACEMENTS if spec.get("podFailurePolicy") is None else ("Failed",)
    yield from values.optional_one_of(f"{path}.podReplacementPolicy", spec.get("podReplacementPolicy"), allowed)


def _choice(path: str, value: str, supported: Sequence[str]) -> Errors:
    """A required enumeration, whose values an empty field is told."""
    if not value:
        yield errors.required(path, f"valid values: [{' '.join(map(names.quoted, supported))}]")
    else:
        yield from values.one_of(path, value, supported)


def _contradiction(path: str, detail: str) -> FieldError:
    """An invalid object whose value is left out of the message."""
    return FieldError(path, "Invalid value", "FieldValueInvalid", detail=detail)


# -- failures -------------------------------------------------------------------------------------------------------


def _failure_policy(path: str, spec: Data) -> Errors:
    rules = spec["podFailurePolicy"].get("rules") or ()
    if len(rules) > _MOST_RULES:
        yield errors.too_many(f"{path}.rules", len(rules), _MOST_RULES)
    pod = (spec.get("template") or {}).get("spec") or {}
    containers = {
        container.get("name") for part in ("containers", "initContainers") for container in pod.get(part) or ()
    }
    for index, rule in enumerate(rules):
        yield from _failure_rule(f"{path}.rules[{index}]", rule, spec, containers)


def _failure_rule(path: str, rule: Data, spec: Data, containers: set[str | None]) -> Errors:
    action = rule.get("action") or ""
    if action == "FailIndex":
        if "backoffLimitPerIndex" not in spec:
            yield errors.invalid(f"{path}.action", action, "requires the backoffLimitPerIndex to be set")
    else:
        yield from _choice(f"{path}.action", action, _ACTIONS)
    codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or ()
    if codes is not None:
        yield from _exit_codes(f"{path}.onExitCodes", codes, containers)
    if len(conditions) > _MOST_PATTERNS:
        yield errors.too_many(f"{path}.onPodConditions", len(conditions), _MOST_PATTERNS)
    for index, condition in enumerate(conditions):
        place = f"{path}.onPodConditions[{index}]"
        yield from values.text(f"{place}.type", condition.get("type") or "", names.qualified_name)
        yield from _choice(f"{place}.status", condition.get("status") or "", _STATES)
    if codes is not None and conditions:
        yield _contradiction(path, _BOTH)
    if codes is None and not conditions:
        yield _contradiction(path, _NEITHER)


def _exit_codes(path: str, requirement: Data, containers: set[str | None]) -> Errors:
    operator = requirement.get("operator") or ""
    yield from _choice(f"{path}.operator", operator, _OPERATORS)
    name = requirement.get("containerName")
    if name is not None and name not in containers:
        yield errors.invalid(f"{path}.containerName", name, _NO_CONTAINER)
    codes: Sequence[int] = requirement.get("values") or ()
    if not codes:
        yield errors.invalid(f"{path}.values", requirement.get("values"), "at least one value is required")
    elif len(codes) > _MOST_CODES:
        yield errors.too_many(f"{path}.values", len(codes), _MOST_CODES)
    for index, code in enumerate(codes):
        if operator == "In" and code == 0:
            yield errors.invalid(f"{path}.values[{index}]", code, "must not be 0 for the In operator")
        if code in codes[:index]:
            yield errors.duplicate(f"{path}.values[{index}]", code)
    if list(codes) != sorted(codes):
        yield errors.invalid(f"{path}.values", codes, "must be ordered")


# -- success --------------------------------------------------------------------------------------------------------


def _success_policy(path: str, rules: Sequence[Data], spec: Data) -> Errors:
    if not rules:
        yield errors.required(path, "at least one rules must be specified when the successPolicy is specified")
    if len(rules) > _MOST_RULES:
        yield errors.too_many(path, len(rules), _MOST_RULES)
    for index, rule in enumerate(rules):
        yield from _success_rule(f"{path}[{index}]", rule, spec.get("completions") or 0)


def _success_rule(path: str, rule: Data, completions: int) -> Errors:
    count, text = rule.get("succeededCount"), rule.get("succeededIndexes")
    if count is None and text is None:
        yield errors.required(path, "at least one of succeededCount or succeededIndexes must be specified")
    total = 0
    if text is not None:
        if len(text) > _LONGEST_INDEXES:
            yield errors.too_long(f"{path}.succeededIndexes", _LONGEST_INDEXES)
        try:
            total = sum(last - first + 1 for first, last in _intervals(text, completions))
        except ValueError as error:
            yield errors.invalid(f"{path}.succeededIndexes", text, f"error parsing succeededIndexes: {error}")
    if count is None:
        return
    yield from values.non_negative(path, rule, "succeededCount")
    limits = [(completions, "the number of specified completions")]
    if text is not None:
        limits.append((total, "the number of indexes in the specified succeededIndexes field"))
    for limit, meaning in limits:
        if count > limit:
            detail = f"must be less than or equal to {limit} ({meaning})"
            yield errors.invalid(f"{path}.succeededCount", count, detail)


def _intervals(text: str, completions: int) -> Iterator[tuple[int, int]]:
    """First and last index of each interval of `0,2-4`. Raises ValueError in Kubernetes' words."""
    previous = None
    for interval in text.split(",") if text else ():
        ends = interval.split("-")
        if len(ends) > 2:
            raise ValueError(
                f"the fragment {names.quoted(interval)} violates the requirement that an index interval can have at "
                "most two parts separated by '-'"
            )
        first = _index(ends[0], completions)
        last = first
        if len(ends) == 2:
            last = _index(ends[1], completions)
            if first >= last:
                raise ValueError(f"non-increasing order, previous: {first}, current: {last}")
        if previous is not None and previous >= first:
            raise ValueError(f"non-increasing order, previous: {previous}, current: {first}")
        yield first, last
        previous = last


def _index(text: str, completions: int) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"cannot convert string to integer for index: {names.quoted(text)}")
    if int(text) >= completions:
        raise ValueError(f"too large index: {names.quoted(text)}")
    return int(text)
