"""Rules for what is written about objects: events and leases."""

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_STRATEGIES = ("OldestEmulationVersion",)


def _event(data: Data) -> Errors:
    """An event is kept in the namespace of its object; those of cluster-scoped objects in `default`."""
    namespace = (data.get("metadata") or {}).get("namespace", "")
    about = (data.get("involvedObject") or {}).get("namespace", "")
    fits = about == namespace if about else namespace in ("", "default", "kube-system")
    if not fits:
        yield errors.invalid("involvedObject.namespace", about, "does not match event.namespace")


def _lease(data: Data) -> Errors:
    spec = data.get("spec") or {}
    if spec.get("leaseDurationSeconds", 1) <= 0:
        yield errors.invalid("spec.leaseDurationSeconds", spec["leaseDurationSeconds"], "must be greater than 0")
    if spec.get("leaseTransitions", 0) < 0:
        message = "must be greater than or equal to 0"
        yield errors.invalid("spec.leaseTransitions", spec["leaseTransitions"], message)
    yield from values.optional_one_of("spec.strategy", spec.get("strategy"), _STRATEGIES)


CORE = {"Event": Rules(_event)}
COORDINATION = {"Lease": Rules(_lease)}
