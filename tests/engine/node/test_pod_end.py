"""The last word about pods, in a table of cases."""

from typing import Any

import pytest
from lightkube.models.core_v1 import Container, PodSpec

from k9lite.engine.node.pods.end import ended

WAITS: dict[str, Any] = {"waiting": {"reason": "PodInitializing"}}
DONE: dict[str, Any] = {"terminated": {"exitCode": 0}}
FAILED: dict[str, Any] = {"terminated": {"exitCode": 2}}
LOST = "ContainerStatusUnknown(137)"


def shown(state: dict[str, Any]) -> str:
    over = state.get("terminated")
    return f"{over.get('reason', '')}({over['exitCode']})" if over else "waits"


@pytest.mark.parametrize(
    ("phase", "init", "regular", "wanted"),
    [
        ("Pending", [], [WAITS], ("Failed", [], [LOST])),
        ("Succeeded", [], [DONE], ("Succeeded", [], ["(0)"])),
        ("Running", [], [DONE, WAITS], ("Failed", [], ["(0)", LOST])),
        ("Pending", [FAILED], [WAITS], ("Failed", ["(2)"], ["waits"])),
        ("Pending", [DONE], [WAITS], ("Failed", ["(0)"], [LOST])),
        ("Pending", [WAITS, WAITS], [WAITS], ("Failed", [LOST, "waits"], ["waits"])),
        ("Pending", [DONE, FAILED, WAITS], [WAITS], ("Failed", ["(0)", "(2)", "waits"], ["waits"])),
    ],
)
def test_the_last_word(phase: str, init: list[Any], regular: list[Any], wanted: Any) -> None:
    spec = PodSpec(
        containers=[Container(name=f"c{n}") for n in range(len(regular))],
        initContainers=[Container(name=f"i{n}") for n in range(len(init))],
    )
    status: dict[str, Any] = {"phase": phase, "containerStatuses": [{"state": state} for state in regular]}
    if init:
        status["initContainerStatuses"] = [{"state": state} for state in init]
    made = ended(spec, status)
    parts = [
        [shown(one["state"]) for one in made.get(key, ())] for key in ("initContainerStatuses", "containerStatuses")
    ]
    assert (made["phase"], *parts) == wanted
