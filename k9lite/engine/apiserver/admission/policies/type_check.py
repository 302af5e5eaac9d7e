"""What is odd about the types in the expressions of a policy: warnings in its status."""

from collections.abc import Iterator
from typing import Any

from k9lite.api import cel
from k9lite.api.cel import CelError, typed, types
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.engine.apiserver.admission.policies.evaluation import VARIABLES
from k9lite.engine.apiserver.context import Context, Request

MOST_KINDS = 10
_EXPRESSIONS = (("validations", "expression"), ("validations", "messageExpression"))


def note(context: Context, request: Request, policy: Data) -> None:
    """Put the warnings for the kinds that the policy names into its status, in place."""
    if request.subresource:
        return
    kinds = list(_kinds(context, policy))[:MOST_KINDS]
    warnings = [
        {"fieldRef": f"spec.{field}[{index}].{part}", "warning": text}
        for field, part in _EXPRESSIONS
        for index, held in enumerate(policy["spec"].get(field) or ())
        if held.get(part) and (text := _warning(held[part], policy, kinds))
    ]
    status: Data = {"observedGeneration": policy["metadata"].get("generation", 1)}
    policy["status"] = status | {"typeChecking": {"expressionWarnings": warnings} if warnings else {}}


def note_change(context: Context, request: Request, policy: Data, old: Data) -> None:
    note(context, request, policy)


def _kinds(context: Context, policy: Data) -> Iterator[Kind[Any]]:
    """The kinds that the policy is about, as far as it names them without `*`."""
    for rule in (policy["spec"].get("matchConstraints") or {}).get("resourceRules") or ():
        for group in rule["apiGroups"]:
            for version in rule["apiVersions"]:
                for plural in rule["resources"]:
                    kind = context.kinds.resource(group, version, plural)
                    if kind is not None:
                        yield kind


def _warning(expression: str, policy: Data, kinds: list[Kind[Any]]) -> str:
    texts = []
    for kind in kinds:
        name, messages = types.described(typed.schema_of(kind))
        variables = tuple((key, name if key in ("object", "oldObject") else type) for key, type in VARIABLES)
        try:
            cel.compile(expression, variables, messages)
        except CelError as error:
            texts.append(f"{kind.api_version}, Kind={kind.kind}: {error}\n")
    return "\n".join(texts)
