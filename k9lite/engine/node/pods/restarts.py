"""Which containers are run again when they have ended (Kubernetes: pkg/api/v1/pod, ContainerShouldRestart); pure."""

from lightkube.models.core_v1 import Container, ContainerRestartRule, EphemeralContainer, PodSpec

AnyContainer = Container | EphemeralContainer


def policy(spec: PodSpec, container: AnyContainer) -> str:
    """A container's own policy, else the pod's."""
    return container.restartPolicy or spec.restartPolicy or "Always"


def follows(spec: PodSpec, container: AnyContainer, exit_code: int) -> bool:
    """Whether `container` starts again after it ended with `exit_code`: a rule that applies goes before policies."""
    if any(_applies(rule, exit_code) for rule in container.restartPolicyRules or ()):
        return True
    wanted = policy(spec, container)
    return wanted == "Always" or (wanted == "OnFailure" and exit_code != 0)


def _applies(rule: ContainerRestartRule, exit_code: int) -> bool:
    if rule.action != "Restart" or rule.exitCodes is None:
        return False
    named = exit_code in (rule.exitCodes.values or ())
    return named if rule.exitCodes.operator == "In" else not named
