"""The checks of each level, in Kubernetes' order (pod-security-admission/policy)."""

from collections.abc import Iterable

from k9lite.api.object import Data
from k9lite.api.pod_security import baseline, restricted
from k9lite.api.pod_security.containers import Check, Violation
from k9lite.api.pod_security.levels import PRIVILEGED, RESTRICTED, Level

__all__ = ["Violation", "sentence", "violations"]


def violations(level: Level, pod: Data) -> list[Violation]:
    """What `level` forbids of a pod or of a template of pods: anything with `metadata` and `spec`."""
    if level.name == PRIVILEGED:
        return []
    results = (check(pod, level.version[1]) for check in _checks(level))
    return [violation for violation in results if violation is not None]


def _checks(level: Level) -> list[Check]:
    """A restricted check takes the place of the baseline check that it goes beyond."""
    if level.name != RESTRICTED:
        return [check for _, check in baseline.CHECKS]
    replaced = {
        name for since, replaced_name, _ in restricted.CHECKS if since <= level.version[1] for name in replaced_name
    }
    kept = [check for name, check in baseline.CHECKS if name not in replaced]
    return kept + [check for since, _, check in restricted.CHECKS if since <= level.version[1]]


def sentence(violations: Iterable[Violation]) -> str:
    return ", ".join(f"{one.reason} ({one.detail})" if one.detail else one.reason for one in violations)
