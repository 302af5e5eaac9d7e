"""Edit manifests and live objects."""

import asyncio
import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from k9lite.api.errors import StatusError
from k9lite.tui import operations
from k9lite.tui.differences import difference
from k9lite.tui.origins import Origin, origin, ref_of
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.editor import Editor
from k9lite.tui.screens.form import Form
from k9lite.tui.screens.pick import Pick
from k9lite.tui.screens.review import Review
from k9lite.tui.sources import FileSource, LiveSource, NewFileSource, NewObjectSource, Source
from k9lite.tui.templates import TEMPLATES, skeleton
from k9lite.tui.widgets.manifests import Manifests

FALLBACK = "vi"


def edit(at: At) -> None:
    """The manifest that the object, or what owns it, comes from; the object itself where there is none."""
    found = _origin(at)
    if found is None:
        edit_live(at)
        return
    obj = at.obj
    owner = "" if found.ref == ref_of(obj) else f", where {operations.label(obj)} comes from"
    title = f"{found.file}:{found.line}  {found.ref}{owner}"
    open_editor(at, FileSource(found.path, found.file, title, at.session.deeds), found.line)


def edit_live(at: At) -> None:
    found = _origin(at)
    if found is None:
        warning = "No manifest describes it: what is changed here is kept in the cluster alone."
    elif found.ref == ref_of(at.obj):
        warning = f"The folder wins: the next save puts back what {found.file} says."
    else:
        warning = f"It belongs to {found.ref} of {found.file}, which may replace it."
    open_editor(at, LiveSource(at.feed.client, at.obj, warning))


def _origin(at: At) -> Origin | None:
    folder = at.session.folder
    return origin(at.obj, folder.state, at.feed) if folder is not None else None


def open_editor(at: At, source: Source, line: int = 1) -> None:
    try:
        text = source.read()
    except (OSError, UnicodeDecodeError) as error:
        at.app.notify(f"{source.file} cannot be read: {error}", severity="error", markup=False)
        return
    at.app.push_screen(Editor(at.feed, source, text, line))


def edit_file(at: At) -> None:
    """The manifest under the cursor, which may describe nothing that exists yet."""
    place = at.place
    found = place.file_under_cursor if isinstance(place, Manifests) else None
    if isinstance(place, Manifests) and found is not None:
        file, line = found
        path = place.folder / file
        open_editor(at, FileSource(path, file, f"{file}:{line}", at.session.deeds), line)


async def create(at: At) -> None:
    """From a template, from the required fields of any kind, or from a paste."""
    kinds = sorted((kind for kind in at.feed.client.kinds if kind.stored), key=lambda kind: kind.kind)
    skeletons = {f"{kind.kind}  {kind.api_version}": kind for kind in kinds if kind.kind not in TEMPLATES}
    offered = [(name, "") for name in TEMPLATES] + [(name, "its required fields") for name in skeletons]
    text = "A template opens in the editor; what is saved there goes into the folder of manifests."
    chosen = await at.app.push_screen_wait(
        Pick("Create from", offered, text=text if at.session.folder else "", only=True)
    )
    if chosen is None:
        return
    text = TEMPLATES[chosen] if chosen in TEMPLATES else skeleton(skeletons[chosen])
    folder = at.session.folder
    source: Source = NewObjectSource(at.feed.client)
    if folder is not None:
        source = NewFileSource(folder.state.folder, at.session.deeds)
    at.app.push_screen(Editor(at.feed, source, text, on_disk=""))


def _in_editor(act: Callable[[At, Editor], Any]) -> Handler:
    """A handler of the editor's own keys."""
    return lambda at: act(at, at.app.screen) if isinstance(at.app.screen, Editor) else None


async def _save(at: At, editor: Editor) -> None:
    """Show what changes against what is there now, and write it after a yes."""
    source, text = editor.source, editor.area.text
    try:
        now = source.read()
    except (OSError, UnicodeDecodeError):
        now = ""
    if text == now:
        at.app.notify("Nothing has changed", markup=False)
        return
    notes = []
    if now != editor.on_disk:
        notes.append("It was changed by somebody else since it was opened here; saving takes that back.")
    if editor.problems:
        notes.append(f"{editor.problems[0]}: as it is, it will be refused; the last good state stays.")
    lines = list(difference(now.splitlines(), text.splitlines()))
    if not await at.app.push_screen_wait(Review(f"Save {source.title}?", lines, note="\n".join(notes), ok="Save")):
        return
    try:
        said = await source.write(text)
    except (OSError, StatusError) as error:
        at.app.notify(error.message if isinstance(error, StatusError) else str(error), severity="error", markup=False)
        return
    at.app.notify(said, markup=False)
    if at.app.screen is editor:
        at.app.pop_screen()


async def _leave(at: At, editor: Editor) -> None:
    if editor.steer("escape"):
        return
    if editor.changed:
        form = Form(f"Leave {editor.source.title}?", "What was changed is lost.", ok="Leave", danger=True)
        if await at.app.push_screen_wait(form) is None:
            return
    if at.app.screen is editor:
        at.app.pop_screen()


def _complete(at: At, editor: Editor) -> None:
    editor.complete()


def _next_problem(at: At, editor: Editor) -> None:
    if editor.next_problem() is None:
        at.app.notify("Nothing is wrong")


def _repair(at: At, editor: Editor) -> None:
    found = editor.offered_fix()
    if found is None:
        at.app.notify("There is no repair to offer here")
    else:
        editor.area.repair(found)


async def _external(at: At, editor: Editor) -> None:
    """Go on with the text in $EDITOR; what it leaves comes back here."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or FALLBACK)
    line = editor.area.cursor_location[0] + 1
    try:
        text = await edit_outside(at.app, command, editor.area.text, editor.source.file, line)
    except (OSError, UnicodeDecodeError) as error:
        at.app.notify(f"{command[0]}: {error}", severity="error", markup=False)
    except SuspendNotSupported:
        at.app.notify("This terminal cannot be handed to another program", severity="error")
    else:
        editor.area.replace_all(text)


async def edit_outside(app: App[Any], command: list[str], text: str, name: str, line: int) -> str:
    """What `command` makes of `text`. The dashboard draws nothing meanwhile; the cluster goes on."""
    with tempfile.TemporaryDirectory(prefix="k9lite-") as folder:
        path = Path(folder) / Path(name).name
        path.write_text(text)
        at_line = [f"+{line}"] if Path(command[0]).name in ("vi", "vim", "nvim", "nano", "emacs", "micro") else []
        with app.suspend(), app.batch_update():
            process = await asyncio.create_subprocess_exec(*command, *at_line, str(path))
            await process.wait()
        return path.read_text()


HANDLERS: dict[str, Handler] = {
    "edit": edit,
    "edit-live": edit_live,
    "edit-file": edit_file,
    "create": create,
    "editor-save": _in_editor(_save),
    "editor-leave": _in_editor(_leave),
    "editor-complete": _in_editor(_complete),
    "editor-next": _in_editor(_next_problem),
    "editor-fix": _in_editor(_repair),
    "editor-external": _in_editor(_external),
}
