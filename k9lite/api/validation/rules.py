"""What every kind's module hands in: its rules for a new object, a changed one and a changed status."""

from collections.abc import Callable
from dataclasses import dataclass

from k9lite.api.object import Data
from k9lite.api.validation.values import Errors

Check = Callable[[Data], Errors]
Comparison = Callable[[Data, Data], Errors]  # the new object, the old one


def nothing(data: Data) -> Errors:
    """For kinds of which only the metadata is checked."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything but metadata. `update` and `status` stand alone; without `update`, `create` is applied again."""

    create: Check = nothing
    update: Comparison | None = None
    status: Comparison | None = None

    def on_update(self, new: Data, old: Data) -> Errors:
        return self.update(new, old) if self.update else self.create(new)

    def on_status(self, new: Data, old: Data) -> Errors:
        return self.status(new, old) if self.status else iter(())
