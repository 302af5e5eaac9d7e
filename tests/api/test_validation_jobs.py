"""What a Job's policies and indexes may say, in Kubernetes' words."""

from typing import Any

import pytest

FAILURE, SUCCESS = "spec.podFailurePolicy.rules", "spec.successPolicy.rules"
INDEXED = {"completionMode": "Indexed", "completions": 5}
NO_SUCH_CONTAINER = "must be one of the container or initContainer names in the pod template"


def job(**spec: Any) -> dict[str, Any]:
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
    return {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": pod}, **spec}}


def failing(*rules: dict[str, Any]) -> dict[str, Any]:
    return job(podFailurePolicy={"rules": list(rules)})


def codes(operator: str = "In", values: Any = (1,), **more: Any) -> dict[str, Any]:
    return {"action": "FailJob", "onExitCodes": {"operator": operator, "values": list(values), **more}}


def succeeding(*rules: dict[str, Any]) -> dict[str, Any]:
    return job(**INDEXED, successPolicy={"rules": list(rules)})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (failing(codes(), {"action": "Count", "onPodConditions": [{"type": "DisruptionTarget"}]}), []),
        (
            failing({"action": "Explode", "onExitCodes": {"operator": "In", "values": [0, 1, 1]}}),
            [
                f'{FAILURE}[0].action: Unsupported value: "Explode": '
                'supported values: "Count", "FailIndex", "FailJob", "Ignore"',
                f"{FAILURE}[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator",
                f"{FAILURE}[0].onExitCodes.values[2]: Duplicate value: 1",
            ],
        ),
        (
            failing(
                {"onPodConditions": [{"type": "a b", "status": "Maybe"}], **codes("Near", (3, 2))} | {"action": ""}
            ),
            [
                f'{FAILURE}[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
                f'{FAILURE}[0].onExitCodes.operator: Unsupported value: "Near": supported values: "In", "NotIn"',
                f"{FAILURE}[0].onExitCodes.values: Invalid value: [3,2]: must be ordered",
                f'{FAILURE}[0].onPodConditions[0].status: Unsupported value: "Maybe": '
                'supported values: "False", "True", "Unknown"',
                f"{FAILURE}[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported",
            ],
        ),
        (
            failing({"action": "FailIndex"}, codes(containerName="other")),
            [
                f'{FAILURE}[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
                f"{FAILURE}[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required",
                f'{FAILURE}[1].onExitCodes.containerName: Invalid value: "other": {NO_SUCH_CONTAINER}',
            ],
        ),
        (failing(*[codes()] * 21), [f"{FAILURE}: Too many: 21: must have at most 20 items"]),
        (
            job(podFailurePolicy={"rules": []}, podReplacementPolicy="TerminatingOrFailed"),
            ['spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"'],
        ),
        (succeeding({"succeededIndexes": "0,2-4", "succeededCount": 4}), []),
        (
            succeeding(),
            [f"{SUCCESS}: Required value: at least one rules must be specified when the successPolicy is specified"],
        ),
        (
            succeeding({}, {"succeededCount": 6}, {"succeededIndexes": "1-2", "succeededCount": 3}),
            [
                f"{SUCCESS}[0]: Required value: at least one of succeededCount or succeededIndexes must be specified",
                f"{SUCCESS}[1].succeededCount: Invalid value: 6: "
                "must be less than or equal to 5 (the number of specified completions)",
                f"{SUCCESS}[2].succeededCount: Invalid value: 3: "
                "must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)",
            ],
        ),
        (
            job(completions=2, successPolicy={"rules": []}, backoffLimitPerIndex=1),
            [
                "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode",
                'spec.successPolicy: Invalid value: {"rules":[]}: requires indexed completion mode',
            ],
        ),
        (
            job(**INDEXED, maxFailedIndexes=6),
            [
                "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
                "spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions",
            ],
        ),
        (
            job(completionMode="Indexed", completions=100_001, backoffLimitPerIndex=1, parallelism=10_001),
            [
                "spec.maxFailedIndexes: Required value: must be specified when completions is above 100000",
                "spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 "
                "when completions are above 100000 and used with backoff limit per index",
            ],
        ),
    ],
)
def test_policies(complaints: Any, data: dict[str, Any], expected: list[str]) -> None:
    assert [text for text in complaints(data) if "onPodConditions[0].type" not in text] == expected


@pytest.mark.parametrize(
    ("indexes", "complaint"),
    [
        ("x", 'cannot convert string to integer for index: "x"'),
        ("0-9", 'too large index: "9"'),
        ("7", 'too large index: "7"'),
        ("3-1", "non-increasing order, previous: 3, current: 1"),
        ("2,1", "non-increasing order, previous: 2, current: 1"),
        (
            "0-1-2",
            'the fragment "0-1-2" violates the requirement that an index interval can have at most two parts '
            "separated by '-'",
        ),
    ],
)
def test_indexes_of_a_success_policy(complaints: Any, indexes: str, complaint: str) -> None:
    message = f'{SUCCESS}[0].succeededIndexes: Invalid value: "{indexes}": error parsing succeededIndexes: {complaint}'
    assert complaints(succeeding({"succeededIndexes": indexes})) == [message]
