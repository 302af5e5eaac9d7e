"""What webhooks have answered while one write was tried."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from k9lite.api.object import Data

# What differs between two attempts of the same write though nobody changed it.
_FLEETING = ("creationTimestamp", "managedFields", "resourceVersion")


class Call(NamedTuple):
    """One request to a webhook: where it is, whom its certificate has to name and be signed by, and for how long.

    url: as messages tell it; name: of the server; bundle: certificates in PEM, empty for the system's
    """

    key: bytes
    url: str
    host: str
    port: int
    name: str
    path: str
    bundle: str
    body: Data
    timeout: float


class Answer(NamedTuple):
    """`response` of the AdmissionReview, or why there is none."""

    response: Mapping[str, Any]
    failure: str = ""


class Answers:
    """The answers to one write; `attempts` counts how often it was tried."""

    def __init__(self) -> None:
        self._held: dict[bytes, Answer] = {}

    def get(self, call: Call) -> Answer:
        """Unanswered where that has not been asked yet."""
        answer = self._held.get(call.key)
        if answer is None:
            raise Unanswered(call)
        return answer

    def put(self, call: Call, answer: Answer) -> None:
        self._held[call.key] = answer


class Unanswered(Exception):  # no error: the write goes on when `call` has been made
    """A write waits for the answer to `call`."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.url)
        self.call = call


def key(webhook: str, review: Data) -> bytes:
    """The same for the same question."""
    objects = [_lasting(review.get(field)) for field in ("object", "oldObject")]
    rest = {name: value for name, value in review.items() if name not in ("object", "oldObject", "uid")}
    return hashlib.sha256(msgspec.json.encode([webhook, rest, objects], order="deterministic")).digest()


def _lasting(data: Data | None) -> Data | None:
    if data is None:
        return None
    metadata = {name: value for name, value in (data.get("metadata") or {}).items() if name not in _FLEETING}
    return data | {"metadata": metadata}
