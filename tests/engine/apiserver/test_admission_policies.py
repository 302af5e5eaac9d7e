"""Policies in CEL: what they deny, warn about and change."""

from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.client.protocol import DEFAULT_DELETE, WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

GROUP = "admissionregistration.k8s.io/v1"
CONFIG_MAPS = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}


def add(server: ApiServer, kind: str, name: str, **spec: Any) -> Data:
    served = server.kinds.of(GROUP, kind)
    assert served is not None
    return server.create(Request(served, ""), {"metadata": {"name": name}, "spec": spec}).data()


def policy(
    server: ApiServer, *validations: Data, actions: list[str] | None = None, bound: Data | None = None, **spec: Any
) -> Data:
    made = add(
        server,
        "ValidatingAdmissionPolicy",
        "p",
        **{"matchConstraints": {"resourceRules": [CONFIG_MAPS]}, "validations": list(validations)} | spec,
    )
    add(
        server,
        "ValidatingAdmissionPolicyBinding",
        "b",
        policyName="p",
        validationActions=actions or ["Deny"],
        **bound or {},
    )
    return made


def config_map(server: ApiServer, name: str = "a", **data: str) -> tuple[Data, list[str]]:
    warnings: list[str] = []
    request = Request(kinds.CONFIG_MAP, "default", options=WriteOptions(warnings=warnings))
    return server.create(request, {"metadata": {"name": name}, "data": data}).data(), warnings


def refusal(server: ApiServer, **data: str) -> str:
    with pytest.raises(StatusError) as error:
        config_map(server, **data)
    return error.value.message.removeprefix(
        "configmaps \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "
    )


def test_the_first_failing_validation_is_told(server: ApiServer) -> None:
    policy(
        server,
        {"expression": "variables.count < 2"},
        {"expression": "false", "message": "never"},
        variables=[{"name": "count", "expression": "size(object.data)"}],
    )
    assert refusal(server, x="1", y="2") == "failed expression: variables.count < 2"
    assert refusal(server, x="1") == "never"


def test_a_message_may_be_an_expression_and_a_failure_denies(server: ApiServer) -> None:
    policy(server, {"expression": "object.data.x == '1'", "messageExpression": "'not ' + object.data.x"})
    assert refusal(server, x="2") == "not 2"
    assert refusal(server, y="2") == "expression 'object.data.x == '1'' resulted in error: no such key: x"
    config_map(server, x="1")


def test_a_failure_may_be_ignored(server: ApiServer) -> None:
    policy(server, {"expression": "object.data.x == '1'"}, failurePolicy="Ignore")
    config_map(server, y="2")


def test_a_warning_lets_pass_what_matches_the_conditions(server: ApiServer) -> None:
    conditions = [{"name": "big", "expression": "object.metadata.name.startsWith('big')"}]
    policy(server, {"expression": "false", "message": "odd"}, actions=["Warn"], matchConditions=conditions)
    assert config_map(server, "small")[1] == []
    assert config_map(server, "big")[1] == ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': odd"]


def test_parameters(server: ApiServer) -> None:
    reference = {"name": "rules", "namespace": "default", "parameterNotFoundAction": "Deny"}
    policy(
        server,
        {"expression": "object.metadata.name != params.metadata.name || true"},
        {"expression": "object.data.x == params.data.x"},
        paramKind={"apiVersion": "v1", "kind": "Secret"},
        bound={"paramRef": reference},
    )
    missing = "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"
    assert refusal(server, x="1") == missing
    secret = server.kinds.of("v1", "Secret")
    assert secret is not None
    server.create(Request(secret, "default"), {"metadata": {"name": "rules"}, "data": {"x": "MQ=="}})
    config_map(server, x="MQ==")


def test_a_deletion_can_be_denied_but_not_that_of_a_policy(server: ApiServer) -> None:
    everything = CONFIG_MAPS | {"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["DELETE"]}
    policy(server, {"expression": "false"}, matchConstraints={"resourceRules": [everything]})
    config_map(server)
    with pytest.raises(StatusError, match="denied request: failed expression: false"):
        server.delete(Request(kinds.CONFIG_MAP, "default", "a"), DEFAULT_DELETE)
    served = server.kinds.of(GROUP, "ValidatingAdmissionPolicy")
    assert served is not None
    server.delete(Request(served, "", "p"), DEFAULT_DELETE)
    server.delete(Request(kinds.CONFIG_MAP, "default", "a"), DEFAULT_DELETE)


def test_types_are_checked_in_the_status(server: ApiServer) -> None:
    made = policy(server, {"expression": "object.nosuch == 1"}, {"expression": "object.data.x == 'y'"})
    (warning,) = made["status"]["typeChecking"]["expressionWarnings"]
    assert warning["fieldRef"] == "spec.validations[0].expression"
    assert warning["warning"].startswith("v1, Kind=ConfigMap: ERROR: <input>:1:7: undefined field 'nosuch'")


def test_mutations_apply_and_patch(server: ApiServer) -> None:
    mutations = [
        {
            "patchType": "ApplyConfiguration",
            "applyConfiguration": {
                "expression": "Object{metadata: Object.metadata{labels: {'team': 'added', 'n': has(object.data.x) ? 'y' : 'n'}}}"
            },
        },
        {
            "patchType": "JSONPatch",
            "jsonPatch": {
                "expression": "[JSONPatch{op: 'add', path: '/data/' + jsonpatch.escapeKey('a.b'), value: 'yes'}]"
            },
        },
    ]
    add(
        server,
        "MutatingAdmissionPolicy",
        "m",
        matchConstraints={"resourceRules": [CONFIG_MAPS | {"operations": ["CREATE"]}]},
        mutations=mutations,
        reinvocationPolicy="Never",
    )
    add(server, "MutatingAdmissionPolicyBinding", "m", policyName="m")
    with pytest.raises(StatusError):
        config_map(server)  # it has no data that could be patched
    made, _ = config_map(server, x="1")
    assert made["metadata"]["labels"] == {"team": "added", "n": "y"}
    assert made["data"] == {"x": "1", "a.b": "yes"}


def test_a_policy_that_cannot_be_evaluated_is_refused(server: ApiServer) -> None:
    with pytest.raises(StatusError, match="must evaluate to bool but got int"):
        policy(server, {"expression": "1 + 1"})
    with pytest.raises(StatusError, match="must not contain both Deny and Warn"):
        policy(server, {"expression": "true"}, actions=["Deny", "Warn"])
