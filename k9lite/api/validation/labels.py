"""Rules for labels and the selectors that look for them (apimachinery: apis/meta/v1/validation)."""

from collections.abc import Mapping

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

MISMATCH = "`selector` does not match template `labels`"


def labels(path: str, given: Mapping[str, str] | None) -> Errors:
    for key, value in (given or {}).items():
        if names.qualified_name(key) or names.label_value(value):
            yield from values.text(path, key, names.qualified_name)
            yield from values.text(path, value, names.label_value)


def selector(path: str, given: Data | None) -> Errors:
    """A LabelSelector."""
    if not given:
        return
    yield from labels(f"{path}.matchLabels", given.get("matchLabels"))
    for index, expression in enumerate(given.get("matchExpressions") or ()):
        yield from _expression(f"{path}.matchExpressions[{index}]", expression)


def _expression(path: str, expression: Data) -> Errors:
    operator, wanted = expression.get("operator", ""), expression.get("values") or []
    if operator in ("In", "NotIn"):
        if not wanted:
            yield errors.required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if wanted:
            message = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield errors.forbidden_field(f"{path}.values", message)
    else:
        yield errors.invalid(f"{path}.operator", operator, "not a valid selector operator")
    yield from values.text(f"{path}.key", expression.get("key", ""), names.qualified_name)
    for index, value in enumerate(wanted):
        yield from values.text(f"{path}.values[{index}]", value, names.label_value)


def is_empty(given: Data) -> bool:
    """Whether a LabelSelector asks for nothing."""
    return not given.get("matchLabels") and not given.get("matchExpressions")
