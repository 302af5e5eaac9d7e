"""Where the user has been: views of one kind, and the namespaces used most."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object

FAVOURITES = 9  # namespaces with a digit of their own


@dataclass(frozen=True)
class Visit:
    """A view of one kind.

    namespace: empty for all; filter: as typed; of: the object whose pods (or the like) are shown, None for all
    seek: where the cursor is to be
    """

    kind: Kind[Any]
    namespace: str = ""
    filter: str = ""
    of: Object[Any] | None = None
    seek: Key | None = None


@dataclass
class ViewHistory:
    """The visits in their order, and the one the user is at."""

    visits: list[Visit] = field(default_factory=list)
    at: int = -1
    last: int = -1  # where the user was before

    def add(self, visit: Visit) -> None:
        """Go on from here; what lay ahead is forgotten."""
        del self.visits[self.at + 1 :]
        self.visits.append(visit)
        self._go(len(self.visits) - 1)

    def step(self, by: int) -> Visit | None:
        """Back or forward; None where the trail ends."""
        target = self.at + by
        return self._go(target) if 0 <= target < len(self.visits) else None

    def swap(self) -> Visit | None:
        """Back to where the user was before, and there again."""
        return self._go(self.last) if 0 <= self.last < len(self.visits) else None

    def _go(self, target: int) -> Visit:
        self.last, self.at = self.at, target
        return self.visits[target]


@dataclass
class Namespaces:
    """How often each has been asked for; the most used have the digits from 1 on."""

    used: Counter[str] = field(default_factory=Counter)

    def favourites(self, known: Iterable[str]) -> list[str]:
        """Of those that there are: the most used first, then default, then by name, Kubernetes' own at the end."""

        def weight(name: str) -> tuple[int, bool, bool, str]:
            return -self.used[name], name != "default", name.startswith("kube-"), name

        return sorted(known, key=weight)[:FAVOURITES]
