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
from k9lite.tui.editing.differences import difference
from k9lite.tui.editing.sources import FileSource, LiveSource, NewFileSource, NewObjectSource, Source
from k9lite.tui.editing.templates import TEMPLATES, skeleton
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.live.origins import Origin, origin, ref_of
from k9lite.tui.screens.editor import Editor
from k9lite.tui.screens.form import Form
from k9lite.tui.screens.pick import Pick
from k9lite.tui.screens.review import Review
from k9lite.tui.widgets.manifests import Manifests
from k9lite.tui.writes import operations

FALLBACK = "vi"


def edit(context: ActionContext) -> None:
    """The manifest that the object, or what owns it, comes from; the object itself where there is none."""
    found = _origin(context)
    if found is None:
        edit_live(context)
        return
    obj = context.obj
    owner = "" if found.ref == ref_of(obj) else f", where {operations.label(obj)} comes from"
    title = f"{found.file}:{found.line}  {found.ref}{owner}"
    open_editor(context, FileSource(found.path, found.file, title, context.session.action_log), found.line)


def edit_live(context: ActionContext) -> None:
    found = _origin(context)
    if found is None:
        warning = "No manifest describes it: what is changed here is kept in the cluster alone."
    elif found.ref == ref_of(context.obj):
        warning = f"The folder wins: the next save puts back what {found.file} says."
    else:
        warning = f"It belongs to {found.ref} of {found.file}, which may replace it."
    open_editor(context, LiveSource(context.cluster.client, context.obj, warning))


def _origin(context: ActionContext) -> Origin | None:
    folder = context.session.folder
    return origin(context.obj, folder.state, context.cluster) if folder is not None else None


def open_editor(context: ActionContext, source: Source, line: int = 1) -> None:
    try:
        text = source.read()
    except (OSError, UnicodeDecodeError) as error:
        context.app.notify(f"{source.file} cannot be read: {error}", severity="error", markup=False)
        return
    context.app.push_screen(Editor(context.cluster, source, text, line))


def edit_file(context: ActionContext) -> None:
    """The manifest under the cursor, which may describe nothing that exists yet."""
    place = context.place
    found = place.file_under_cursor if isinstance(place, Manifests) else None
    if isinstance(place, Manifests) and found is not None:
        file, line = found
        path = place.folder / file
        open_editor(context, FileSource(path, file, f"{file}:{line}", context.session.action_log), line)


async def create(context: ActionContext) -> None:
    """From a template, from the required fields of any kind, or from a paste."""
    kinds = sorted((kind for kind in context.cluster.client.kinds if kind.stored), key=lambda kind: kind.kind)
    skeletons = {f"{kind.kind}  {kind.api_version}": kind for kind in kinds if kind.kind not in TEMPLATES}
    offered = [(name, "") for name in TEMPLATES] + [(name, "its required fields") for name in skeletons]
    text = "A template opens in the editor; what is saved there goes into the folder of manifests."
    chosen = await context.app.push_screen_wait(
        Pick("Create from", offered, text=text if context.session.folder else "", only=True)
    )
    if chosen is None:
        return
    text = TEMPLATES[chosen] if chosen in TEMPLATES else skeleton(skeletons[chosen])
    folder = context.session.folder
    source: Source = NewObjectSource(context.cluster.client)
    if folder is not None:
        source = NewFileSource(folder.state.folder, context.session.action_log)
    context.app.push_screen(Editor(context.cluster, source, text, on_disk=""))


def _in_editor(act: Callable[[ActionContext, Editor], Any]) -> Handler:
    """A handler of the editor's own keys."""
    return lambda context: act(context, context.app.screen) if isinstance(context.app.screen, Editor) else None


async def _save(context: ActionContext, editor: Editor) -> None:
    """Show what changes against what is there now, and write it after a yes."""
    source, text = editor.source, editor.area.text
    try:
        now = source.read()
    except (OSError, UnicodeDecodeError):
        now = ""
    if text == now:
        context.app.notify("Nothing has changed", markup=False)
        return
    notes = []
    if now != editor.on_disk:
        notes.append("It was changed by somebody else since it was opened here; saving takes that back.")
    if editor.problems:
        notes.append(f"{editor.problems[0]}: as it is, it will be refused; the last good state stays.")
    lines = list(difference(now.splitlines(), text.splitlines()))
    if not await context.app.push_screen_wait(Review(f"Save {source.title}?", lines, note="\n".join(notes), ok="Save")):
        return
    try:
        said = await source.write(text)
    except (OSError, StatusError) as error:
        context.app.notify(
            error.message if isinstance(error, StatusError) else str(error), severity="error", markup=False
        )
        return
    context.app.notify(said, markup=False)
    if context.app.screen is editor:
        context.app.pop_screen()


async def _leave(context: ActionContext, editor: Editor) -> None:
    if editor.steer("escape"):
        return
    if editor.changed:
        form = Form(f"Leave {editor.source.title}?", "What was changed is lost.", ok="Leave", danger=True)
        if await context.app.push_screen_wait(form) is None:
            return
    if context.app.screen is editor:
        context.app.pop_screen()


def _complete(context: ActionContext, editor: Editor) -> None:
    editor.complete()


def _next_problem(context: ActionContext, editor: Editor) -> None:
    if editor.next_problem() is None:
        context.app.notify("Nothing is wrong")


def _repair(context: ActionContext, editor: Editor) -> None:
    found = editor.offered_fix()
    if found is None:
        context.app.notify("There is no repair to offer here")
    else:
        editor.area.repair(found)


async def _external(context: ActionContext, editor: Editor) -> None:
    """Go on with the text in $EDITOR; what it leaves comes back here."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or FALLBACK)
    line = editor.area.cursor_location[0] + 1
    try:
        text = await edit_outside(context.app, command, editor.area.text, editor.source.file, line)
    except (OSError, UnicodeDecodeError) as error:
        context.app.notify(f"{command[0]}: {error}", severity="error", markup=False)
    except SuspendNotSupported:
        context.app.notify("This terminal cannot be handed to another program", severity="error")
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
