"""Policies in CEL: they validate (plugin ValidatingAdmissionPolicy) or change (plugin MutatingAdmissionPolicy)."""
