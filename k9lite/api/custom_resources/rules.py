"""The rules in CEL of a structural schema, `x-kubernetes-validations` (apiextensions-apiserver: schema/cel).

A rule that looks at `oldSelf` is about a change: it is passed over where there is no old value, or none that can be
told to be the same item of a list.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from k9lite.api import cel, errors
from k9lite.api.cel import types
from k9lite.api.errors import FieldError
from k9lite.api.object import Data

RULES = "x-kubernetes-validations"
SELF = (("self", "dyn"),)
CHANGE = (("oldSelf", "dyn"), ("self", "dyn"))
UNCHECKED = (
    "some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation"
)
_BLOCKING = frozenset(
    {
        "FieldValueNotSupported",
        "FieldValueRequired",
        "FieldValueTooLong",
        "FieldValueTooMany",
        "FieldValueTypeInvalid",
    }
)
_MISMATCH = "call arguments did not match a supported operator, function or macro signature"
_LONGEST_MESSAGE = 5 * 1024


class _Absent:
    """There is no old value."""


ABSENT = _Absent()


class Position(NamedTuple):
    """A value in a custom resource, its schema, and what was there before."""

    path: str
    schema: Data
    value: Any
    old: Any


def has_rules(schema: Data) -> bool:
    """Whether rules stand anywhere in `schema`."""
    return bool(schema.get(RULES)) or any(has_rules(part) for part in _parts(schema))


def _parts(schema: Data) -> list[Data]:
    parts = [schema.get("items"), schema.get("additionalProperties"), *(schema.get("properties") or {}).values()]
    return [part for part in parts if isinstance(part, dict)]


def unchecked(problems: list[FieldError]) -> list[FieldError]:
    """What is said where rules are not evaluated because of `problems` that make the types uncertain; else nothing."""
    if any(problem.reason in _BLOCKING for problem in problems):
        return [errors.invalid("<nil>", None, UNCHECKED)]
    return []


def broken(schema: Data, value: Data, old: Data | None = None) -> list[FieldError]:
    """The rules that a custom resource breaks; rules about parts that a change leaves alone count for nothing."""
    start = Position("", types.as_object(schema), value, ABSENT if old is None else old)
    return [error for position in _positions(start) for error in _broken_at(position)]


def _positions(position: Position) -> Iterator[Position]:
    """The position and all that are within it and have rules."""
    schema, value = position.schema, position.value
    if not has_rules(schema):
        return
    yield position
    if isinstance(value, list):
        for index, item in enumerate(value):
            old = _same_item(schema, item, position.old)
            yield from _positions(Position(f"{position.path}[{index}]", schema.get("items") or {}, item, old))
    elif isinstance(value, dict):
        properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, part in value.items():
            old = position.old.get(name, ABSENT) if isinstance(position.old, dict) else ABSENT
            inner = f"{position.path}.{name}" if position.path else name
            if name in properties:
                yield from _positions(Position(inner, properties[name], part, old))
            elif isinstance(extra, dict):
                yield from _positions(Position(f"{position.path}[{name}]", extra, part, old))


def _same_item(schema: Data, item: Any, old: Any) -> Any:
    """The item of the old list with the same keys."""
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(old, list) or not isinstance(item, dict):
        return ABSENT
    identity = [item.get(key) for key in keys]
    return next((one for one in old if [one.get(key) for key in keys] == identity), ABSENT)


def _broken_at(position: Position) -> Iterator[FieldError]:
    rules = position.schema.get(RULES) or ()
    if not rules or position.value is None:
        return
    new = types.value_of(position.schema, position.value)
    old = position.old if position.old is ABSENT else types.value_of(position.schema, position.old)
    for rule in rules:
        is_about_change = "oldSelf" in rule["rule"]
        if not is_about_change and position.old is not ABSENT and position.old == position.value:
            continue  # a rule that came later does not hold back other changes
        if is_about_change and old is ABSENT and not rule.get("optionalOldSelf"):
            continue
        variables = {"self": new} | ({"oldSelf": old} if is_about_change and old is not ABSENT else {})
        yield from _judged(position, rule, variables)


def _judged(position: Position, rule: Data, variables: Data) -> Iterator[FieldError]:
    try:
        if program(rule, rule["rule"]).evaluate(_bound(rule, variables)) is True:
            return
        yield _error(position, rule, _message(rule, variables))
    except cel.CelError as error:
        subject = rule.get("message") or rule["rule"]
        if str(error).startswith("no such overload"):
            why = f"'{error}': {_MISMATCH} for rule: {subject}"
        else:
            why = f"{error} evaluating rule: {subject}"
        yield _error(position, {"rule": rule["rule"]}, why)


def program(rule: Data, expression: str, type: str = "dyn", messages: bytes = b"") -> cel.Program:
    """An expression of a rule, compiled; `type` is that of the value, which `messages` may describe."""
    if "oldSelf" not in rule["rule"]:
        return cel.compile(expression, (("self", type),), messages)
    if rule.get("optionalOldSelf"):
        macro = _OPTIONAL.format(expression)
        return cel.compile(macro, (("oldSelfItems", f"list({type})"), ("self", type)), messages)
    return cel.compile(expression, (("oldSelf", type), ("self", type)), messages)


# The library takes no optional value as a variable: a list of at most one item becomes one.
_OPTIONAL = "cel.bind(oldSelf, oldSelfItems.size() > 0 ? optional.of(oldSelfItems[0]) : optional.none(), {})"


def _bound(rule: Data, variables: Data) -> Data:
    if "oldSelf" not in rule["rule"] or not rule.get("optionalOldSelf"):
        return variables
    return {"self": variables["self"], "oldSelfItems": [variables["oldSelf"]] if "oldSelf" in variables else []}


def _message(rule: Data, variables: Data) -> str:
    if rule.get("messageExpression"):
        try:
            text = program(rule, rule["messageExpression"]).evaluate(_bound(rule, variables))
        except cel.CelError:
            text = ""  # the plain message stands in
        text = text.strip() if isinstance(text, str) else ""
        if text and "\n" not in text and len(text) <= _LONGEST_MESSAGE:
            return text
    message: str = (rule.get("message") or "").strip() or f"failed rule: {rule['rule'].strip()}"
    return message


def _error(position: Position, rule: Data, message: str) -> FieldError:
    path = position.path + (rule.get("fieldPath") or "")
    path = path if position.path else path.removeprefix(".")
    reason = rule.get("reason") or "FieldValueInvalid"
    if reason == "FieldValueForbidden":
        return errors.forbidden_field(path, message)
    if reason == "FieldValueRequired":
        return errors.required(path, message)
    type = "Duplicate value" if reason == "FieldValueDuplicate" else "Invalid value"
    shown = not isinstance(position.value, dict | list)
    return FieldError(path or "<nil>", type, reason, position.value if shown else None, shown, message)
