"""Rules for the kinds that only k9lite has: Clock, Fault and Image."""

from k9lite.api import errors, images
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

CLOCK_NAME = "cluster"
_SLOWEST, _FASTEST = 0.1, 100
_INSTANT = 0
_FAULTS = ("NodeDown", "Crash", "Hang", "NotReady", "PullFailure")


def _clock(data: Data) -> Errors:
    name, spec = (data.get("metadata") or {}).get("name", ""), data.get("spec") or {}
    if name and name != CLOCK_NAME:
        yield errors.invalid("metadata.name", name, f"must be '{CLOCK_NAME}': there is one clock")
    speed = spec.get("speed", 1)
    if speed != _INSTANT and not _SLOWEST <= speed <= _FASTEST:
        message = f"must be between {_SLOWEST} and {_FASTEST}, inclusive, or {_INSTANT} for instant"
        yield errors.invalid("spec.speed", speed, message)
    yield from values.non_negative("spec", spec, "steps")


def _clock_update(new: Data, old: Data) -> Errors:
    yield from _clock(new)
    after, before = ((data.get("spec") or {}).get("steps", 0) for data in (new, old))
    if after < before:
        yield errors.invalid("spec.steps", after, "must not be decremented")


def _fault(data: Data) -> Errors:
    spec = data.get("spec") or {}
    kind, target = spec.get("type"), spec.get("target")
    yield from values.one_of("spec.type", kind, _FAULTS)
    if kind == "PullFailure":
        yield from values.required("spec", spec, "image")
    elif target is None:
        yield errors.required("spec.target")
    else:
        yield from _target("spec.target", target, "Node" if kind == "NodeDown" else "Pod")
    if "exitCode" in spec:
        yield from values.between("spec.exitCode", spec["exitCode"], 0, 255)


def _target(path: str, target: Data, wanted: str) -> Errors:
    yield from values.one_of(f"{path}.kind", target.get("kind"), (wanted,))
    yield from values.required(path, target, "name")
    if wanted == "Pod":
        yield from values.required(path, target, "namespace")


def _image(data: Data) -> Errors:
    spec = data.get("spec") or {}
    name = spec.get("name", "")
    if not name:
        yield errors.required("spec.name")
    elif images.parse(name) is None:
        yield errors.invalid("spec.name", name, "must be the name of an image, e.g. node-app:v1")
    yield from values.non_negative("spec", spec, "sizeBytes")


RULES = {"Clock": Rules(_clock, _clock_update), "Fault": Rules(_fault), "Image": Rules(_image)}
