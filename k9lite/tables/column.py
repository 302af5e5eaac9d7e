"""What a table of one kind is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from k9lite.api.object import Object

T = TypeVar("T")

Cell = str | int
NONE, UNKNOWN, UNSET = "<none>", "<unknown>", "<unset>"


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the API's Table describes it; `wide` ones are shown only by `-o wide` (priority 1)."""

    name: str
    type: str = "string"
    wide: bool = False
    format: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """The columns of a kind, and a function that fills one row: `cells(obj, now)`, `now` in epoch seconds."""

    columns: tuple[Column, ...]
    cells: Callable[[Object[T], float], list[Cell]]


NAME = Column("Name", format="name", description="Name must be unique within a namespace.")
AGE = Column("Age", description="Time since the object was created.")


def table(cells: Callable[[Object[T], float], list[Cell]], *columns: Column | str, wide: str = "") -> Table[T]:
    """A table whose first column is Name; plain strings are columns of text, `wide` names the wide ones."""
    narrow = [Column(column) if isinstance(column, str) else column for column in columns]
    more = [Column(name, wide=True) for name in wide.split(",") if name]
    return Table((NAME, *narrow, *more), cells)


def number(name: str) -> Column:
    return Column(name, type="integer")


def joined(items: Any) -> str:
    """Comma-joined without spaces; `<none>` when empty."""
    return ",".join(str(item) for item in items or ()) or NONE


def pairs(labels: dict[str, Any] | None) -> str:
    """`k=v` pairs, sorted and comma-joined; `<none>` when empty."""
    return joined(f"{key}={value}" for key, value in sorted((labels or {}).items()))


def first_three(items: list[str], none: str) -> str:
    """The first three, and how many more there are."""
    more = f" + {len(items) - 3} more..." if len(items) > 3 else ""
    return ",".join(items[:3]) + more if items else none
