"""Rules for what is written about objects: events and leases."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_STRATEGIES = ("OldestEmulationVersion",)


# What an event of the new version leaves to the old one; and what no update of it changes.
_OLD_FIELDS = ("firstTimestamp", "lastTimestamp", "count", "source")
_FIXED = (
    "involvedObject",
    "reason",
    "message",
    "type",
    "firstTimestamp",
    "lastTimestamp",
    "count",
    "reportingController",
    "reportingInstance",
    "action",
    "related",
)
_STORED = {"reportingController": "reportingComponent"}
_MOST_TEXT, _MOST_MESSAGE = 128, 1024


def _event(data: Data, controller: str = "reportingComponent") -> Errors:
    """An event is kept in the namespace of its object; those of cluster-scoped objects in `default`."""
    namespace = (data.get("metadata") or {}).get("namespace", "")
    about = (data.get("involvedObject") or {}).get("namespace", "")
    if not data.get("eventTime"):
        if about != namespace and (about or namespace not in ("", "default")):
            yield errors.invalid("involvedObject.namespace", about, "does not match event.namespace")
        return
    if not about and namespace not in ("default", "kube-system"):
        yield errors.invalid("involvedObject.namespace", about, "does not match event.namespace")
    if not data.get("reportingComponent"):
        yield errors.required(controller)
    yield from values.text(controller, data.get("reportingComponent", ""), names.qualified_name)
    for field in ("reportingInstance", "action", "reason"):
        if not data.get(field):
            yield errors.required(field)
        elif len(data[field]) > _MOST_TEXT:
            yield errors.invalid(field, "", f"can have at most {_MOST_TEXT} characters")
    if len(data.get("message", "")) > _MOST_MESSAGE:
        yield errors.invalid("message", "", f"can have at most {_MOST_MESSAGE} characters")


def _new_event(data: Data) -> Errors:
    """Through events.k8s.io, where an event has a time and leaves old fields alone; `data` is as it is stored."""
    yield from _event(data, "reportingController")
    yield from _series(data)
    if not data.get("eventTime"):
        yield errors.required("eventTime")
    if data.get("type") not in ("Normal", "Warning"):
        yield errors.invalid("type", "", f"has invalid value: {data.get('type', '')}")
    for field in _OLD_FIELDS:
        if data.get(field):
            yield errors.invalid(field, "", "needs to be unset")


def _new_event_update(new: Data, old: Data) -> Errors:
    yield from _event(new, "reportingController")
    for field in _FIXED:
        stored = _STORED.get(field, field)
        yield from values.immutable(field, new.get(stored), old.get(stored))
    if (new.get("eventTime") or None) != (old.get("eventTime") or None):
        yield errors.invalid("eventTime", new.get("eventTime"), "field is immutable")
    yield from _series(new)


def _series(data: Data) -> Errors:
    series = data.get("series")
    if series is None:
        return
    if series.get("count", 0) < 2:
        yield errors.invalid("series.count", "", "should be at least 2")
    if not series.get("lastObservedTime"):
        yield errors.required("series.lastObservedTime")


def _lease(data: Data) -> Errors:
    spec = data.get("spec") or {}
    if spec.get("leaseDurationSeconds", 1) <= 0:
        yield errors.invalid("spec.leaseDurationSeconds", spec["leaseDurationSeconds"], "must be greater than 0")
    if spec.get("leaseTransitions", 0) < 0:
        message = "must be greater than or equal to 0"
        yield errors.invalid("spec.leaseTransitions", spec["leaseTransitions"], message)
    yield from values.optional_one_of("spec.strategy", spec.get("strategy"), _STRATEGIES)


CORE = {"Event": Rules(_event)}
EVENTS = {"Event": Rules(_new_event, _new_event_update)}
COORDINATION = {"Lease": Rules(_lease)}
