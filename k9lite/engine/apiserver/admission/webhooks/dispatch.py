"""Which webhooks are asked about a request, in which order, and what becomes of their answers."""

import base64
import binascii
from collections.abc import Iterator

import msgspec

from k9lite.api import errors
from k9lite.api.cel import CelError
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.api.patches import json_patch
from k9lite.engine.apiserver.admission.attributes import (
    GROUP,
    Attributes,
    matches_rules,
    matches_selectors,
    registered,
)
from k9lite.engine.apiserver.admission.policies import evaluation
from k9lite.engine.apiserver.admission.webhooks import answers, location
from k9lite.engine.apiserver.admission.webhooks.answers import Answer
from k9lite.engine.apiserver.context import Context

DEFAULT_CODE = 400  # of a denial that names none


def change(context: Context, attributes: Attributes) -> Data | None:
    """The object that the mutating webhooks make of the request's, None where none changes it."""
    original = attributes.object
    again: list[Data] = []
    for webhook in _matching(context, attributes, "Mutating"):
        before = attributes.object
        attributes = _mutated(context, attributes, webhook)
        if attributes.object != before:
            again = [one for one in again if one is not webhook]
        if webhook.get("reinvocationPolicy") == "IfNeeded":
            again.append(webhook | {"seen": attributes.object})
    for webhook in again:
        if webhook["seen"] != attributes.object:
            attributes = _mutated(context, attributes, webhook)
    return None if attributes.object == original else attributes.object


def check(context: Context, attributes: Attributes) -> None:
    """StatusError when a validating webhook denies the request."""
    for webhook in _matching(context, attributes, "Validating"):
        _asked(context, attributes, webhook)


def _matching(context: Context, attributes: Attributes, prefix: str) -> Iterator[Data]:
    """The webhooks of all configurations that are to be asked; configurations themselves are beyond them."""
    kind = attributes.request.kind
    configurations = registered(context, f"{prefix}WebhookConfiguration")
    if not configurations or (kind.group == GROUP and kind.kind.endswith("WebhookConfiguration")):
        return
    for configuration in configurations:
        for webhook in configuration.get("webhooks") or ():
            if not matches_rules(attributes, webhook.get("rules") or (), webhook.get("matchPolicy", "Equivalent")):
                continue
            if matches_selectors(context, attributes, webhook) and _meets(context, attributes, webhook):
                yield webhook


def _meets(context: Context, attributes: Attributes, webhook: Data) -> bool:
    conditions = webhook.get("matchConditions")
    if not conditions:
        return True
    try:
        scope = evaluation.scope(context, attributes, {"spec": {}}, None)
        return evaluation.meets_conditions(scope, conditions)
    except CelError as error:
        if webhook.get("failurePolicy") == "Ignore":
            return False
        raise attributes.request.forbidden(str(error)) from error


def _mutated(context: Context, attributes: Attributes, webhook: Data) -> Attributes:
    answer = _asked(context, attributes, webhook)
    patch = answer.response.get("patch")
    if not patch:
        return attributes
    try:
        operations = msgspec.json.decode(base64.b64decode(patch))
        return attributes._replace(object=json_patch.apply(attributes.object or {}, operations))
    except (StatusError, msgspec.DecodeError, binascii.Error) as error:
        raise _internal_error(str(error)) from error


def _asked(context: Context, attributes: Attributes, webhook: Data) -> Answer:
    """The answer of a webhook that allows the request, or of one whose failure is ignored. StatusError."""
    name, request = webhook["name"], attributes.request
    if request.options.dry_run and webhook.get("sideEffects") not in ("None", "NoneOnDryRun"):
        raise errors.bad_request(f'admission webhook "{name}" does not support dry run')
    review = attributes.review()
    review |= {"object": attributes.object, "oldObject": attributes.old, "options": None}
    review["uid"] = str(attributes.name or name)
    try:
        call = location.call(context, webhook, review, answers.key(name, review))
        answer = request.answers.get(call) if request.answers is not None else Answer({}, "nobody may be asked")
    except location.Unreachable as error:
        answer = Answer({}, str(error))
    if answer.failure:
        if webhook.get("failurePolicy") == "Ignore":
            return Answer({})
        raise _internal_error(f'failed calling webhook "{name}": {answer.failure}')
    request.warn(*(answer.response.get("warnings") or ()))
    if not answer.response.get("allowed"):
        raise _denial(name, answer)
    return answer


def _internal_error(why: str) -> StatusError:
    return StatusError(errors.INTERNAL_ERROR, f"Internal error occurred: {why}")


def _denial(name: str, answer: Answer) -> StatusError:
    status = answer.response.get("status") or {}
    by = f'admission webhook "{name}" denied the request'
    why = status.get("message") or status.get("reason")
    code = int(status.get("code") or 0)
    message = f"{by}: {why}" if why else f"{by} without explanation"
    return StatusError(str(status.get("reason") or ""), message, code=max(code, DEFAULT_CODE))
