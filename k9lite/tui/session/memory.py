"""What the dashboard remembers, in the state folder: one file for the user, one for each folder of manifests."""

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from k9lite import private_files

HINTS_UNTIL = 40  # keys pressed until a user needs the first hints no more


class Habits(msgspec.Struct):
    """Of the user, wherever: theme, what was typed after `:`, and how many keys were pressed so far."""

    theme: str = ""
    commands: list[str] = []
    keys_pressed: int = 0


class Forwarding(msgspec.Struct):
    """A port-forward to open again."""

    kind: str
    namespace: str
    name: str
    port: int
    local_port: int


class Layout(msgspec.Struct):
    """Of one folder of manifests: the pane with the focus, the one that is maximised, filters by pane, the namespaces
    that were used, the view that was open, the port-forwards."""

    pane: int = 3
    maximised: bool = False
    filters: dict[str, str] = {}
    namespaces: dict[str, int] = {}
    view: str = ""
    namespace: str = ""
    forwards: list[Forwarding] = []


Kept = TypeVar("Kept", Habits, Layout)


def habits_file(state: Path) -> Path:
    return state / "dashboard.json"


def layout_file(state: Path, folder: Path | None) -> Path:
    """The file for what is shown of `folder`; one for all clusters that follow none."""
    name = hashlib.sha256(str(folder or "").encode()).hexdigest()[:16]
    return state / "dashboard" / f"{name}.json"


def load(file: Path, type: type[Kept]) -> Kept:
    """What was kept; the defaults where there is nothing that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=type)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return type()


def save(file: Path, kept: Habits | Layout) -> None:
    """OSError when it cannot be written."""
    private_files.claim(file.parent)
    private_files.write(file, msgspec.json.format(msgspec.json.encode(kept), indent=2))
