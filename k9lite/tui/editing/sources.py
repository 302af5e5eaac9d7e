"""What an editor edits: a manifest file, a live object, or something that is not there yet."""

import asyncio
import re
from pathlib import Path
from typing import Any, Protocol

from k9lite.api.errors import bad_request
from k9lite.api.object import Object
from k9lite.api.patches import merge_patch
from k9lite.client.protocol import Client, PatchType
from k9lite.manifests.resolving import resolve
from k9lite.tui.editing.yaml_text import dump
from k9lite.tui.writes import operations
from k9lite.tui.writes.undo import ActionLog, Write, restore_file, written
from k9lite.yaml_reader.parser import parse


class Source(Protocol):
    """A text that can be read and written back.

    title: what is edited; warning: what to know about it; file: how problems name it
    """

    title: str
    warning: str
    file: str

    def read(self) -> str:
        """The text as it is now; at once, so that what is typed next goes into it. OSError, UnicodeDecodeError."""

    async def write(self, text: str) -> str:
        """Put `text` in its place; what to tell the user. OSError or StatusError when that is refused."""


class FileSource:
    """A manifest; whoever watches its folder applies what is saved."""

    def __init__(self, path: Path, file: str, title: str, action_log: ActionLog) -> None:
        self.path, self.file, self.title, self.warning = path, file, title, ""
        self._action_log = action_log

    def read(self) -> str:
        return self.path.read_bytes().decode() if self.path.exists() else ""

    async def write(self, text: str) -> str:
        after = text.encode()
        before = await asyncio.to_thread(self._replace, after)
        self._action_log.note(Write(f"save {self.file}", lambda: restore_file(self.path, before, after)))
        return f"saved {self.file}"

    def _replace(self, content: bytes) -> bytes | None:
        """Write it; what was there before, None if nothing was."""
        before = self.path.read_bytes() if self.path.exists() else None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(content)
        return before


class LiveSource:
    """An object as the cluster has it; only what was changed is sent, so that others may change the rest meanwhile."""

    def __init__(self, client: Client, obj: Object[Any], warning: str) -> None:
        self.title = f"live {operations.label(obj)}"
        self.warning, self.file = warning, f"{obj.name}.yaml"
        self._client, self._obj = client, obj

    def read(self) -> str:
        return "\n".join(dump(written(self._obj.data()))) + "\n"

    async def write(self, text: str) -> str:
        documents = parse(self.file, text.encode()).documents
        if len(documents) != 1:
            raise bad_request(f"one object is edited here, and the text has {len(documents)}")
        old, new = written(self._obj.data()), documents[0].data
        if (documents[0].name, documents[0].kind) != (self._obj.name, self._obj.kind.kind):
            raise bad_request("an object keeps its name and kind; create another one instead")
        patch = merge_patch.between(old, new)
        cause = operations.by_user(f"edit {operations.label(self._obj)}")
        kind = self._obj.kind
        await self._client.patch(kind, self._obj.name, patch, PatchType.MERGE, self._obj.namespace, cause=cause)
        return f"{operations.label(self._obj)} edited"


class NewFileSource:
    """A manifest that is not there yet: it gets the name of the object in it."""

    def __init__(self, folder: Path, action_log: ActionLog) -> None:
        self.title, self.warning, self.file = f"a new manifest in {folder}", "", "new.yaml"
        self._folder, self._action_log = folder, action_log

    def read(self) -> str:
        return ""

    async def write(self, text: str) -> str:
        path = await asyncio.to_thread(_free_name, self._folder, file_name(text))
        return await FileSource(path, path.name, "", self._action_log).write(text)


class NewObjectSource:
    """Objects that are not there yet, where no folder is followed: they are created in the cluster."""

    title, warning, file = "new objects", "No folder is followed: they are created in the cluster alone.", "new.yaml"

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self) -> str:
        return ""

    async def write(self, text: str) -> str:
        """All or, up to the first refusal, some of them."""
        manifests = resolve([parse(self.file, text.encode())], self._client.kinds).manifests
        if not manifests:
            raise bad_request("no object can be read in this text")
        for manifest in manifests:
            cause = operations.by_user(f"create {manifest.kind.singular}/{manifest.ref.name}")
            await self._client.create(manifest.kind, manifest.data(), manifest.ref.namespace, cause=cause)
        return f"created {', '.join(str(manifest.ref) for manifest in manifests)}"


def _free_name(folder: Path, name: str) -> Path:
    """`name` in the folder, with a number where that is taken."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(name).stem}-{number}.yaml"
    return path


def file_name(text: str) -> str:
    """A name for a file that holds `text`: that of its first object, as far as file names may have it."""
    documents = parse("new", text.encode()).documents
    name = documents[0].name if documents else ""
    return (re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip(".-")[:60] or "new") + ".yaml"
