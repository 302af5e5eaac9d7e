"""What is typed after `:` is done: views, trees, folders, other clusters."""

import asyncio
from pathlib import Path

from k9lite.manifests.applying import Action, apply, apply_set
from k9lite.manifests.resolving import resolve
from k9lite.tui import commands
from k9lite.tui.acts import going
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.form import Form
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.menu import Menu
from k9lite.tui.screens.overview import Overview
from k9lite.tui.shell import shell
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.folder import FolderPage
from k9lite.tui.widgets.manifests import Manifests
from k9lite.tui.widgets.tree import Tree
from k9lite.yaml_reader.parser import parse

MANIFESTS_PANE = 1


def open_commands(at: At) -> None:
    """Screens without a command line of their own give way to the overview."""
    if at.app.screen.query_one_optional(CommandBar) is None:
        going.home(at)
    at.app.screen.query_one(CommandBar).open()


def command(at: At, text: str) -> None:
    """Do what was typed."""
    try:
        wanted = commands.parse(text, at.feed.client.kinds)
    except ValueError as error:
        at.app.notify(str(error), severity="warning", markup=False)
        return
    match wanted:
        case commands.View():
            going.go(at, wanted)
        case commands.Do():
            at.app.call_later(at.app.run_action, f"app.perform('{wanted.id}')")
        case commands.Trees():
            _show_trees(at, wanted.view)
        case commands.Folder():
            _show_folder(at, wanted.path)
        case commands.Contexts():
            at.app.run_worker(_choose_context(at, wanted.name), group="contexts")


def _show_trees(at: At, view: commands.View) -> None:
    namespace = view.namespace or ""
    page = Tree(view.kind, at.feed, lambda obj: not namespace or obj.namespace == namespace)
    where = f"in {namespace or 'all namespaces'}" if view.kind.namespaced else ""
    at.app.push_screen(FullScreen(at.feed, page, f"Trees of {view.kind.plural}  {where}"))


def _show_folder(at: At, path: str) -> None:
    """Without a path, the folder that is followed."""
    if path:
        root = Path(path).expanduser().absolute()
        at.app.push_screen(FullScreen(at.feed, FolderPage(at.feed, root), f"Manifests  {root}"))
        return
    going.home(at)
    if isinstance(at.app.screen, Overview):
        at.app.screen.focus_pane(MANIFESTS_PANE)


async def _choose_context(at: At, name: str) -> None:
    """Leave this cluster for another one on this machine."""
    here, others = at.session.name, shell(at.app).clusters()
    if not name:
        options = [(here, f"{here}  this one"), *((other, f"{other}  running") for other in others)]
        chosen: str | None = await at.app.push_screen_wait(Menu("Clusters on this machine", options))
        name = chosen or here
    if name == here:
        return
    if name not in others:
        at.app.notify(f"No cluster {name} runs here; `k9lite serve --name {name}` starts one", markup=False)
        return
    text = shell(at.app).farewell
    if await at.app.push_screen_wait(Form(f"Leave {here} for {name}?", text, ok="Go")) is not None:
        shell(at.app).leave_for(name)


async def apply_file(at: At) -> None:
    """Apply the manifest under the cursor as it is written now."""
    place = at.place
    found = place.file_under_cursor if isinstance(place, Manifests) else None
    if not isinstance(place, Manifests) or found is None:
        return
    file, folder = found[0], place.folder
    try:
        content = await asyncio.to_thread((folder / file).read_bytes)
    except OSError as error:
        at.app.notify(f"{file}: {error.strerror}", severity="error", markup=False)
        return
    parsed = parse(file, content)
    resolved = resolve([parsed], at.feed.client.kinds)
    problems = [*parsed.problems, *resolved.problems]
    for manifest in () if problems else sorted(resolved.manifests, key=lambda manifest: manifest.rank):
        step = await apply(at.feed.client, manifest, apply_set(folder))
        problems += step.problems
        if step.action is not Action.REFUSED:
            at.app.notify(f"{step.ref}: {step.action}", markup=False)
    if problems:
        at.app.notify("\n".join(map(str, problems)), severity="error", markup=False)


HANDLERS: dict[str, Handler] = {"command": open_commands, "apply-file": apply_file}
