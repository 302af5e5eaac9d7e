"""MutatingAdmissionPolicies: what they apply to, or patch in, an object that is about to be stored."""

from typing import Any

from k9lite.api import schema
from k9lite.api.cel import CelError, literals
from k9lite.api.errors import StatusError
from k9lite.api.managed_fields.merge import merge
from k9lite.api.object import Data
from k9lite.api.patches import json_patch
from k9lite.engine.apiserver.admission.attributes import Attributes
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.admission.policies import evaluation
from k9lite.engine.apiserver.context import Context


def change(context: Context, attributes: Attributes) -> Data | None:
    """The object that the policies make of the request's, None where none changes it. Invalid when one fails."""
    changed = None
    for policy, binding in evaluation.pairs(context, attributes, "Mutating"):
        try:
            for params in evaluation.parameters(context, attributes, policy, binding):
                mutated = _mutated(context, attributes, policy, params)
                if mutated is not None:
                    changed = mutated
                    attributes = attributes._replace(object=mutated)
        except (CelError, StatusError) as error:
            if policy["spec"].get("failurePolicy") != "Ignore":
                names = f"'{policy['metadata']['name']}' with binding '{binding['metadata']['name']}'"
                why = f"policy {names} denied request: {error}"
                refusal = refuse(attributes.request, attributes.object or {}, why)
                raise StatusError(
                    "Invalid", refusal.message, name=refusal.name, group=refusal.group, kind=refusal.kind
                ) from error
    return changed


def _mutated(context: Context, attributes: Attributes, policy: Data, params: Data | None) -> Data | None:
    scope = evaluation.scope(context, attributes, policy, params)
    if not evaluation.meets_conditions(scope, policy["spec"].get("matchConditions") or []):
        return None
    data: Any = attributes.object
    for mutation in policy["spec"].get("mutations") or ():
        scope = evaluation.scope(context, attributes._replace(object=data), policy, params)
        if mutation.get("patchType") == "JSONPatch":
            operations = scope.evaluate(literals.plain(mutation["jsonPatch"]["expression"]))
            data = json_patch.apply(data, operations)
        else:
            applied = scope.evaluate(literals.plain(mutation["applyConfiguration"]["expression"]))
            data = merge(schema.of(attributes.request.kind), data, applied)
    return data if isinstance(data, dict) else None
