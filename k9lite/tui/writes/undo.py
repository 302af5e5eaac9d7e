"""What the user has done, and how each of it is taken back; where it cannot be, why not."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from k9lite.api.cause import Cause
from k9lite.api.diff import changes
from k9lite.api.errors import StatusError, bad_request, is_already_exists
from k9lite.api.object import Data, Object
from k9lite.api.patches import merge_patch
from k9lite.client.protocol import Client, DeleteOptions, PatchType

MOST_KEPT = 50  # actions
SERVER_WRITTEN = (
    "managedFields",
    "resourceVersion",
    "generation",
    "uid",
    "creationTimestamp",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)


@dataclass(frozen=True)
class Write:
    """One write. `undo` raises StatusError where it is refused; `command`: what kubectl would do the same with."""

    text: str
    undo: Callable[[], Awaitable[None]]
    command: str = ""


@dataclass
class RecordedAction:
    """All writes of one action."""

    writes: list[Write] = field(default_factory=list)

    @property
    def text(self) -> str:
        more = f" and {len(self.writes) - 1} more" if len(self.writes) > 1 else ""
        return self.writes[0].text + more


_current: ContextVar[RecordedAction | None] = ContextVar("recorded", default=None)


class ActionLog:
    """The last actions, the newest last."""

    def __init__(self) -> None:
        self._kept: deque[RecordedAction] = deque(maxlen=MOST_KEPT)

    @contextmanager
    def action(self) -> Iterator[None]:
        """What is written within belongs together."""
        recorded = RecordedAction()
        token = _current.set(recorded)
        try:
            yield
        finally:
            _current.reset(token)
            if recorded.writes and recorded not in self._kept:
                self._kept.append(recorded)

    def note(self, write: Write) -> None:
        """Remember a write of the action that is being done."""
        recorded = _current.get()
        if recorded is not None:
            recorded.writes.append(write)

    @property
    def last(self) -> RecordedAction | None:
        return self._kept[-1] if self._kept else None

    async def undo(self) -> RecordedAction | None:
        """Take the last action back, as far as that can be; None when there is none. StatusError says what cannot."""
        if not self._kept:
            return None
        recorded = self._kept.pop()
        refusals: dict[str, None] = {}
        for write in reversed(recorded.writes):
            try:
                await write.undo()
            except StatusError as error:
                refusals[error.message] = None
        if refusals:
            raise bad_request(f"cannot be undone: {recorded.text} ({'; '.join(refusals)})")
        return recorded


def written(data: Data) -> Data:
    """The part of an object that people write."""
    metadata = {key: value for key, value in data.get("metadata", {}).items() if key not in SERVER_WRITTEN}
    return {key: value for key, value in data.items() if key != "status"} | {"metadata": metadata}


async def put_back(client: Client, before: Object[Any], after: Object[Any], cause: Cause) -> None:
    """Give the fields that differ their old values, unless somebody has changed one of them since."""
    was, became = written(before.data()), written(after.data())
    now = written((await client.get(before.kind, before.name, before.namespace)).data())
    ours = {change.path for change in changes(became, was)}
    since = [change.path for change in changes(became, now) if change.path in ours]
    if since:
        raise bad_request(f"{', '.join(since)} was changed again since")
    patch = merge_patch.between(became, was)
    if patch:
        await client.patch(before.kind, before.name, patch, PatchType.MERGE, before.namespace, cause=cause)


async def put_back_status(client: Client, before: Object[Any], after: Object[Any], cause: Cause) -> None:
    """Give the object its old status, unless somebody has reported another since."""
    existing = await client.get(before.kind, before.name, before.namespace)
    if existing.data().get("status") != after.data().get("status"):
        raise bad_request("status was changed again since")
    await client.update_status(existing, before.data().get("status", {}), cause=cause)


async def bring_back(client: Client, before: Object[Any], cause: Cause) -> None:
    """Create again what was deleted, with its fields owned as they were: what a manifest wrote, it can still remove."""
    owner = before.meta.controller
    if owner is not None:
        raise bad_request(f"{owner.kind} {owner.name} has replaced it already")
    if before.kind.kind == "Namespace":
        raise bad_request("what was in the namespace is gone")
    body = written(before.data())
    if before.kind.kind == "Pod":
        body["spec"].pop("nodeName", None)
    try:
        made = await client.create(before.kind, body, before.namespace, cause=cause)
    except StatusError as error:
        if not is_already_exists(error):
            raise
        raise bad_request(f"{before.kind.singular}/{before.name} is there, or has not left yet") from None
    owned = {"metadata": {"managedFields": before.data()["metadata"].get("managedFields")}}
    await client.patch(made.kind, made.name, owned, PatchType.MERGE, made.namespace, cause=cause)


async def remove(client: Client, made: Object[Any], cause: Cause) -> None:
    """Delete what was created."""
    await client.delete(made.kind, made.name, made.namespace, cause=cause, options=DeleteOptions(uid=made.uid))


async def restore_file(path: Path, before: bytes | None, after: bytes) -> None:
    """Put the old content back, unless the file was saved again since; None removes it."""
    if not await asyncio.to_thread(_restore, path, before, after):
        raise bad_request(f"{path.name} was saved again since")


def _restore(path: Path, before: bytes | None, after: bytes) -> bool:
    if not path.exists() or path.read_bytes() != after:
        return False
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)
    return True


def impossible(why: str) -> Callable[[], Awaitable[None]]:
    """The undo of what has none."""

    async def undo() -> None:
        raise bad_request(why)

    return undo
