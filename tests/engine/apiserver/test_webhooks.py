"""Admission webhooks: who is asked what, and what the answers do."""

import base64
import json
from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.client.protocol import WriteOptions
from k9lite.engine.apiserver.admission.webhooks.answers import Answer, Call
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer
from k9lite.engine.node.streams import NodeStreams

RULE = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps", "pods"]}
ALLOWED: Data = {"allowed": True}


class Answering:
    """Answers by the path of the webhook, and keeps what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.calls = answers, list[Call]()

    async def ask(self, call: Call) -> Answer:
        self.calls.append(call)
        answer = self.answers[call.url.partition("//")[2].partition("?")[0].rpartition("/")[2]]
        return answer if isinstance(answer, Answer) else Answer(answer)


def patch(*operations: Data) -> Data:
    return ALLOWED | {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(operations).encode()).decode()}


def add(server: ApiServer, prefix: str, *names: str, **fields: Any) -> None:
    kind = server.kinds.of("admissionregistration.k8s.io/v1", f"{prefix}WebhookConfiguration")
    assert kind is not None
    webhooks = [
        {
            "name": f"{name}.example.com",
            "clientConfig": {"url": f"https://hooks.example/{name}"},
            "rules": [RULE],
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
        }
        | fields
        for name in names
    ]
    server.create(Request(kind, ""), {"metadata": {"name": prefix.lower()}, "webhooks": webhooks})


async def create(
    server: ApiServer, caller: Answering, *, dry_run: bool = False, **metadata: Any
) -> tuple[Data, list[str]]:
    warnings: list[str] = []
    client = LocalClient(server, NodeStreams({}), webhooks=caller)
    options = WriteOptions(warnings=warnings, dry_run=dry_run)
    body = {"metadata": {"name": "a"} | metadata, "data": {"x": "1"}}
    obj = await client.create(kinds.CONFIG_MAP, body, "default", options=options)
    return obj.data(), warnings


async def test_a_denial_is_told_with_its_code(server: ApiServer) -> None:
    add(server, "Validating", "deny")
    denial = {"allowed": False, "status": {"message": "no", "code": 403, "reason": "Forbidden"}}
    with pytest.raises(StatusError) as error:
        await create(server, Answering(deny=denial))
    assert (error.value.code, error.value.reason) == (403, "Forbidden")
    assert error.value.message == 'admission webhook "deny.example.com" denied the request: no'
    with pytest.raises(StatusError, match="denied the request without explanation"):
        await create(server, Answering(deny={"allowed": False}))


async def test_webhooks_change_one_after_the_other_and_warn(server: ApiServer) -> None:
    add(server, "Mutating", "first", "second")
    caller = Answering(
        first=patch({"op": "add", "path": "/data/first", "value": "yes"}) | {"warnings": ["odd"]},
        second=patch({"op": "add", "path": "/data/second", "value": "yes"}),
    )
    made, warnings = await create(server, caller)
    assert made["data"] == {"x": "1", "first": "yes", "second": "yes"}
    assert warnings == ["odd"]
    assert [call.body["request"]["object"]["data"] for call in caller.calls] == [{"x": "1"}, {"x": "1", "first": "yes"}]


async def test_each_webhook_is_asked_once_though_names_are_drawn(server: ApiServer) -> None:
    add(server, "Mutating", "first")
    add(server, "Validating", "second")
    caller = Answering(first=ALLOWED, second=ALLOWED)
    made, _ = await create(server, caller, name="", generateName="a-")
    assert len(caller.calls) == 2
    assert caller.calls[1].body["request"]["object"]["metadata"]["name"] == made["metadata"]["name"]


async def test_a_failure_refuses_unless_it_is_ignored(server: ApiServer) -> None:
    caller = Answering(lost=Answer({}, "failed to call webhook: EOF"))
    add(server, "Validating", "lost")
    with pytest.raises(StatusError, match=r'failed calling webhook "lost\.example\.com": failed to call webhook: EOF'):
        await create(server, caller)


async def test_a_failure_may_be_ignored(server: ApiServer) -> None:
    add(server, "Mutating", "lost", failurePolicy="Ignore")
    made, _ = await create(server, Answering(lost=Answer({}, "failed to call webhook: EOF")))
    assert made["data"] == {"x": "1"}


async def test_conditions_and_selectors_keep_webhooks_out(server: ApiServer) -> None:
    caller = Answering(deny={"allowed": False})
    conditions = [{"name": "not-a", "expression": "object.metadata.name != 'a'"}]
    add(server, "Validating", "deny", matchConditions=conditions)
    add(server, "Mutating", "deny", objectSelector={"matchLabels": {"ask": "me"}})
    await create(server, caller)
    assert caller.calls == []


async def test_a_dry_run_needs_a_webhook_without_side_effects(server: ApiServer) -> None:
    add(server, "Validating", "any", sideEffects="None")
    await create(server, Answering(any=ALLOWED), dry_run=True)
