"""An object as it was at one revision: canonical JSON bytes, and a typed view of them that is decoded once."""

from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from k9lite.api import cause as causes
from k9lite.api.kinds import Kind

T = TypeVar("T")

Data = dict[str, Any]  # an object, or a part of one, as JSON data
Body = Mapping[str, Any] | msgspec.Struct  # what writes accept


class Key(NamedTuple):
    """Names one object of a kind; `namespace` is empty for cluster-scoped kinds."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Owner(msgspec.Struct, frozen=True):
    """An ownerReference."""

    uid: str = ""
    kind: str = ""
    name: str = ""
    apiVersion: str = ""
    controller: bool = False
    blockOwnerDeletion: bool = False


class Metadata(msgspec.Struct, frozen=True, gc=False):
    """The parts of metadata that indexes, selectors and the garbage collector ask for; cheap to decode."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resourceVersion: str = "0"
    generation: int = 0
    creationTimestamp: str | None = None
    deletionTimestamp: str | None = None
    deletionGracePeriodSeconds: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    finalizers: list[str] | None = None
    ownerReferences: list[Owner] | None = None

    @property
    def controller(self) -> Owner | None:
        """The owner that manages this object, if any."""
        return next((owner for owner in self.ownerReferences or () if owner.controller), None)


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    metadata: Metadata


class _Parts(msgspec.Struct, gc=False):
    """An object whose parts stay JSON."""

    metadata: msgspec.Raw
    spec: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    status: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_metadata = msgspec.json.Decoder(Metadata).decode
_split = msgspec.json.Decoder(_Parts).decode
_decode_data = msgspec.json.Decoder().decode


class Object(Generic[T]):
    """One revision of one object; immutable, shared by everybody who reads it. Never change what `view` returns.

    raw: canonical JSON with apiVersion, kind and metadata.resourceVersion
    revision: the cluster-wide revision of this state
    cause: why it was written
    managed: metadata.managedFields, where `raw` is without it: hardly anybody looks at it, and it is large
    before: the state that this one follows; the views share what is the same in both
    key: where whoever makes it knows it, so that nothing has to be decoded for it
    """

    __slots__ = ("_before", "_key", "_meta", "_view", "cause", "kind", "managed", "raw", "revision")

    def __init__(
        self,
        kind: Kind[T],
        raw: bytes,
        revision: int,
        cause: causes.Cause = causes.UNKNOWN,
        managed: bytes = b"",
        before: "Object[T] | None" = None,
        key: Key | None = None,
    ) -> None:
        self.kind = kind
        self.raw = raw
        self.managed = managed
        self.revision = revision
        self.cause = cause
        self._meta: Metadata | None = None
        self._view: T | None = None
        self._key = key
        self._before = before

    def __repr__(self) -> str:
        return f"<{self.kind.kind} {self.key} @{self.revision}>"

    @property
    def meta(self) -> Metadata:
        if self._meta is None:
            self._share()
        if self._meta is None:
            self._meta = _decode_envelope(self.raw).metadata
        return self._meta

    @property
    def view(self) -> T:
        """The typed view (lightkube's model; plain data where the kind has no model)."""
        if self._view is None:
            self._share()
        if self._view is None:
            self._view = self.kind.decode(self.raw)
        return self._view

    def _share(self) -> None:
        """Decode only what differs from the state before: nearly always the status, or hardly anything."""
        before, self._before = self._before, None
        decoders = self.kind.part_decoders
        if before is None or before._view is None or not decoders:
            return
        known: Any = before._view
        old, new = _split(before.raw), _split(self.raw)
        try:
            parts = {
                part: getattr(known, part) if getattr(old, part) == text else decoders[part].decode(text)
                for part in ("spec", "status")
                if (text := getattr(new, part)) is not msgspec.UNSET
            }
        except msgspec.ValidationError:
            return  # incomplete: to be read whole
        if _after_revision(old.metadata) == _after_revision(new.metadata):
            revision = str(self.revision)
            metadata = msgspec.structs.replace(known.metadata, resourceVersion=revision)
            self._meta = msgspec.structs.replace(before.meta, resourceVersion=revision)
        else:
            metadata = decoders["metadata"].decode(new.metadata)
            self._meta = _decode_metadata(new.metadata)
        self._view = type(known)(apiVersion=known.apiVersion, kind=known.kind, metadata=metadata, **parts)

    @property
    def full(self) -> bytes:
        """`raw` with managedFields: what the API shows."""
        if not self.managed:
            return self.raw
        mark = b'"resourceVersion":"'  # the first of its names, since metadata begins with it
        after = self.raw.index(b",", self.raw.index(mark) + len(mark)) + 1
        return b'%b"managedFields":%b,%b' % (self.raw[:after], self.managed, self.raw[after:])

    def data(self) -> Data:
        """A fresh copy as JSON data, to be changed at will."""
        data: Data = _decode_data(self.full)
        return data

    def status(self) -> Data:
        """A fresh copy of the status alone, as JSON data; empty where there is none."""
        text = _split(self.raw).status
        if text is msgspec.UNSET:
            return {}
        status: Data = _decode_data(text)
        return status

    def forget_view(self) -> None:
        """Free what was decoded of a state that is history."""
        self._view = self._meta = self._before = None

    @property
    def key(self) -> Key:
        if self._key is None:
            self._key = Key(self.meta.namespace, self.meta.name)
        return self._key

    @property
    def namespace(self) -> str:
        return self.key.namespace

    @property
    def name(self) -> str:
        return self.key.name

    @property
    def uid(self) -> str:
        return self.meta.uid

    @property
    def labels(self) -> Mapping[str, str]:
        return self.meta.labels or {}

    @property
    def annotations(self) -> Mapping[str, str]:
        return self.meta.annotations or {}

    @property
    def deleting(self) -> bool:
        return self.meta.deletionTimestamp is not None


def _after_revision(metadata: msgspec.Raw) -> bytes:
    """What stands after the resourceVersion, which is the first of its names."""
    return bytes(metadata).partition(b",")[2]


def to_data(body: Body) -> Data:
    """`body` as fresh JSON data that shares nothing with it."""
    data: Data = msgspec.to_builtins(body, str_keys=True)
    return data


def controller_reference(owner: Object[Any]) -> Data:
    """The ownerReference by which `owner` manages another object."""
    return {
        "apiVersion": owner.kind.api_version,
        "kind": owner.kind.kind,
        "name": owner.name,
        "uid": owner.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
