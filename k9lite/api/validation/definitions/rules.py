"""Rules in CEL are compiled when a definition is stored: what cannot be evaluated is refused."""

import re
from collections.abc import Iterator

from k9lite.api import cel, errors
from k9lite.api.cel import types
from k9lite.api.custom_resources import rules
from k9lite.api.object import Data
from k9lite.api.validation.values import Errors

_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_FIELD = re.compile(r"\.?([^.\[\]]+)|\['([^']*)'\]")
# The fields of a rule under the names that Kubernetes' hub gives them.
_FIELDS = (
    ("Rule", "rule", ""),
    ("Message", "message", ""),
    ("MessageExpression", "messageExpression", ""),
    ("Reason", "reason", None),
    ("FieldPath", "fieldPath", ""),
    ("OptionalOldSelf", "optionalOldSelf", None),
)


def rules_of(path: str, schema: Data) -> Errors:
    """What is wrong with the rules of `schema` and of all schemas in it."""
    for part_path, part in _schemas(path, types.as_object(schema)):
        if part.get(rules.RULES):
            name, messages = types.described(part)
            for index, rule in enumerate(part[rules.RULES]):
                yield from _rule(f"{part_path}.{rules.RULES}[{index}]", rule, part, name, messages)


def _schemas(path: str, schema: Data) -> Iterator[tuple[str, Data]]:
    yield path, schema
    for field in ("items", "additionalProperties"):
        if isinstance(schema.get(field), dict):
            yield from _schemas(f"{path}.{field}", schema[field])
    for name, part in sorted((schema.get("properties") or {}).items()):
        yield from _schemas(f"{path}.properties[{name}]", part)


def _rule(path: str, rule: Data, schema: Data, type: str, messages: bytes) -> Errors:
    yield from _compiled(path, rule, type, messages)
    if rule.get("message") and "\n" in rule["message"].strip():
        yield errors.invalid(f"{path}.message", rule["message"], "message must not contain line breaks")
    if "\n" in (rule.get("rule") or "").strip() and not rule.get("message"):
        yield errors.required(f"{path}.message", "message must be specified if rule contains line breaks")
    reason = rule.get("reason")
    if reason is not None and reason not in _REASONS:
        yield errors.not_supported(f"{path}.reason", reason, _REASONS)
    if rule.get("fieldPath") and not _leads_somewhere(schema, rule["fieldPath"]):
        yield errors.invalid(f"{path}.fieldPath", rule["fieldPath"], "fieldPath must be a valid path")


def _compiled(path: str, rule: Data, type: str, messages: bytes) -> Errors:
    if not (rule.get("rule") or "").strip():
        yield errors.required(f"{path}.rule", "rule is not specified")
        return
    for field, result, title in (("rule", "bool", "cel"), ("messageExpression", "string", "messageExpression")):
        expression = rule.get(field) or ""
        if not expression.strip():
            if field in rule and field != "rule" and expression:
                yield errors.required(f"{path}.{field}", "messageExpression cannot be empty")
            continue
        try:
            found = rules.program(rule, expression, type, messages).type
        except cel.CelError as error:
            prefix = "" if field == "rule" else "messageExpression "
            yield errors.invalid(f"{path}.{field}", _hub(rule), f"{prefix}compilation failed: {error}")
            continue
        if found not in (result, "dyn"):
            yield errors.invalid(f"{path}.{field}", _hub(rule), f"{title} expression must evaluate to a {result}")


def _hub(rule: Data) -> Data:
    return {name: rule.get(field, default) for name, field, default in _FIELDS}


def _leads_somewhere(schema: Data, path: str) -> bool:
    """Whether a field of `schema` is at `path`."""
    for match in _FIELD.finditer(path):
        name = match[1] or match[2]
        extra = schema.get("additionalProperties")
        found = (schema.get("properties") or {}).get(name, extra)
        if not isinstance(found, dict):
            return False
        schema = found
    return True
