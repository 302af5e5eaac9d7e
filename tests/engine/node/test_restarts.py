"""Which containers start again, and what a pod is called meanwhile."""

from typing import Any

import pytest
from lightkube.models.core_v1 import Container, ContainerRestartRule, ContainerRestartRuleOnExitCodes, PodSpec

from k9lite.engine.node.pods import restarts
from k9lite.engine.node.pods.phase import phase

IN_3 = [ContainerRestartRule("Restart", ContainerRestartRuleOnExitCodes("In", [3]))]
NOT_IN_3 = [ContainerRestartRule("Restart", ContainerRestartRuleOnExitCodes("NotIn", [3]))]


@pytest.mark.parametrize(
    ("pod", "own", "rules", "code", "again"),
    [
        ("Always", None, None, 0, True),
        ("OnFailure", None, None, 0, False),
        ("OnFailure", None, None, 1, True),
        ("Never", None, None, 1, False),
        ("Never", "Always", None, 0, True),
        ("Always", "Never", None, 1, False),
        ("Never", "OnFailure", None, 1, True),
        ("Never", "Never", IN_3, 3, True),
        ("Never", "Never", IN_3, 4, False),
        ("Never", "Never", NOT_IN_3, 4, True),
        ("Never", "Never", NOT_IN_3, 3, False),
        ("Always", "OnFailure", IN_3, 0, False),
        (None, None, None, 0, True),
    ],
)
def test_restarts(pod: str, own: str, rules: Any, code: int, again: bool) -> None:
    container = Container(name="c", restartPolicy=own, restartPolicyRules=rules)
    spec = PodSpec(containers=[container], restartPolicy=pod)
    assert restarts.follows(spec, container, code) is again
    ended = {"c": {"state": {"terminated": {"exitCode": code}}}}
    through = "Failed" if code else "Succeeded"
    assert phase(spec, ended, ends=False, initialised=True) == ("Running" if again else through)
    assert phase(spec, ended, ends=True, initialised=True) == through
    init = PodSpec(containers=[Container(name="main")], initContainers=[container], restartPolicy=pod)
    assert phase(init, ended, ends=False, initialised=False) == ("Failed" if code and not again else "Pending")
