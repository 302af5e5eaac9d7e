"""The kinds that only k9lite has: `k9lite.dev/v1` Clock, Fault and Image, as typed models."""

import msgspec
from lightkube.models.meta_v1 import ObjectMeta


class ClockSpec(msgspec.Struct, omit_defaults=True):
    """speed: 0.1 to 100 times the wall clock's, or 0 for "instant"; paused: time stands still;
    steps: raise it by one to let one paused reconcile run."""

    speed: float = 1.0
    paused: bool = False
    steps: int = 0


class Clock(msgspec.Struct, omit_defaults=True):
    """The cluster's clock; there is exactly one, named `cluster`."""

    apiVersion: str = "k9lite.dev/v1"
    kind: str = "Clock"
    metadata: ObjectMeta | None = None
    spec: ClockSpec | None = None


class FaultTarget(msgspec.Struct, omit_defaults=True):
    """What a fault befalls: a Node or a Pod (with an optional container)."""

    kind: str
    name: str
    namespace: str | None = None
    container: str | None = None


class FaultSpec(msgspec.Struct, omit_defaults=True):
    """type: NodeDown (no heartbeats, nothing runs), Crash (the container exits with `exitCode`),
    Hang (it neither answers nor stops on SIGTERM), NotReady (readiness fails), PullFailure (`image` is not pulled).
    """

    type: str
    target: FaultTarget | None = None
    image: str | None = None
    exitCode: int | None = None


class Fault(msgspec.Struct, omit_defaults=True):
    """Something broken on purpose, for as long as the object exists."""

    apiVersion: str = "k9lite.dev/v1"
    kind: str = "Fault"
    metadata: ObjectMeta | None = None
    spec: FaultSpec | None = None


class ImageSpec(msgspec.Struct, omit_defaults=True):
    """name: an image's name as pods write it, e.g. node-app:v1; sizeBytes: what a node stores."""

    name: str
    sizeBytes: int | None = None


class Image(msgspec.Struct, omit_defaults=True):
    """An image that is present on every node, as `kind load docker-image` makes it."""

    apiVersion: str = "k9lite.dev/v1"
    kind: str = "Image"
    metadata: ObjectMeta | None = None
    spec: ImageSpec | None = None
