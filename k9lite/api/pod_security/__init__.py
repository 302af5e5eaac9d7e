"""The pod security standards: which pods a level allows, and which levels a namespace has. Pure functions."""

from k9lite.api.pod_security.levels import Level, Policy, label_errors, policy_of
from k9lite.api.pod_security.standards import Violation, sentence, violations

__all__ = ["Level", "Policy", "Violation", "label_errors", "policy_of", "sentence", "violations"]
