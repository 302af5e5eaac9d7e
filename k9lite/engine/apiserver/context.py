"""What every verb works with, and what one request says."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

import msgspec

from k9lite.aio.clock import Clock
from k9lite.aio.randomness import Randomness
from k9lite.api import errors, times, warnings
from k9lite.api.cause import UNKNOWN, Cause
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data, Key
from k9lite.client.protocol import DEFAULT_WRITE, WriteOptions
from k9lite.engine.apiserver.admission.webhooks.answers import Answers
from k9lite.engine.store.store import Store

YAML_ERRORS = "yaml: unmarshal errors:\n"
SERVICES = IPv4Network("127.96.0.0/16")


@dataclass(frozen=True, slots=True)
class Ranges:
    """What services are given: addresses of a network, and ports on every node (both ends included)."""

    services: IPv4Network = SERVICES
    node_ports: tuple[int, int] = (30000, 32767)


@dataclass(slots=True)
class Context:
    """The parts of one API server."""

    store: Store
    clock: Clock
    randomness: Randomness
    kinds: Kinds
    ranges: Ranges
    stored_versions: dict[tuple[str, str], Kind[Any]] = field(default_factory=dict)  # of custom resources
    drawn: int = 0  # random values so far: the counter that makes each of them new

    def now(self) -> str:
        return times.time(self.clock.now())

    def uid(self, key: str) -> str:
        self.drawn += 1
        return self.randomness.uuid("uid", key, self.drawn)

    def number(self, purpose: str, key: str) -> int:
        """A large random integer."""
        self.drawn += 1
        return self.randomness.number(purpose, key, self.drawn)

    def suffix(self, purpose: str, key: str) -> str:
        """Five random characters of a generated name."""
        self.drawn += 1
        return self.randomness.suffix(5, purpose, key, self.drawn)


class Request(msgspec.Struct, frozen=True):
    """One request: for which object or subresource, why, and how.

    kind: as which the object is stored; asked: as which the client speaks of it, where that is another version
    """

    kind: Kind[Any]
    namespace: str
    name: str = ""
    subresource: str = ""
    cause: Cause = UNKNOWN
    options: WriteOptions = DEFAULT_WRITE
    asked: Kind[Any] | None = None
    answers: Answers | None = None  # of webhooks; None where nobody could ask them

    @property
    def spoken(self) -> Kind[Any]:
        """The kind of the bodies that come and go."""
        return self.asked or self.kind

    @property
    def key(self) -> Key:
        return Key(self.namespace, self.name)

    def named(self, name: str) -> "Request":
        """The same request for the object of that name."""
        return Request(
            self.kind, self.namespace, name, self.subresource, self.cause, self.options, self.asked, self.answers
        )

    @property
    def manager(self) -> str:
        """The field manager: parts of the cluster write under the name of the binary that they are in in Kubernetes."""
        if self.options.manager:
            return self.options.manager
        actor = self.cause.actor.partition(",")[0]
        if actor.endswith(("-controller", "-collector")):
            return "kube-controller-manager"
        return "kube-scheduler" if actor == "default-scheduler" else actor

    def warn(self, *texts: str) -> None:
        """Add warnings to the answer; what was wrong with YAML makes several of them."""
        if self.options.warnings is not None:
            for text in texts:
                lines = text.removeprefix(YAML_ERRORS).split("\n") if text.startswith(YAML_ERRORS) else [text]
                self.options.warnings.extend(map(str.strip, lines))

    def warn_about(self, new: Data, old: Data | None) -> None:
        """Warn about what is odd in a new object, or in the change of `old` to `new`, if anybody listens."""
        if self.options.warnings is not None and not self.subresource:
            self.warn(*warnings.of(self.kind, new, old))

    def not_found(self) -> StatusError:
        return errors.not_found(self.kind.group, self.kind.plural, self.name)

    def conflict(self, why: str) -> StatusError:
        return errors.conflict(self.kind.group, self.kind.plural, self.name, why)

    def forbidden(self, why: str) -> StatusError:
        return errors.forbidden(self.kind.group, self.kind.plural, self.name, why)
