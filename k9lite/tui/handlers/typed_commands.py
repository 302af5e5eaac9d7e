"""What is typed after `:` is done: views, trees, folders, other clusters."""

import asyncio
from pathlib import Path

from k9lite.manifests.applying import Action, apply, apply_set
from k9lite.manifests.resolving import resolve
from k9lite.tui.handlers import navigation
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.keys.host import host_of
from k9lite.tui.screens.form import Form
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.menu import Menu
from k9lite.tui.screens.overview import Overview
from k9lite.tui.session import commands
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.folder import FolderPage
from k9lite.tui.widgets.manifests import Manifests
from k9lite.tui.widgets.tree import Tree
from k9lite.yaml_reader.parser import parse

MANIFESTS_PANE = 1


def open_commands(context: ActionContext) -> None:
    """Screens without a command line of their own give way to the overview."""
    if context.app.screen.query_one_optional(CommandBar) is None:
        navigation.home(context)
    context.app.screen.query_one(CommandBar).open()


def command(context: ActionContext, text: str) -> None:
    """Do what was typed."""
    try:
        wanted = commands.parse(text, context.cluster.client.kinds)
    except ValueError as error:
        context.app.notify(str(error), severity="warning", markup=False)
        return
    match wanted:
        case commands.ShowKind():
            navigation.go(context, wanted)
        case commands.RunAction():
            context.app.call_later(context.app.run_action, f"app.perform('{wanted.id}')")
        case commands.ShowTrees():
            _show_trees(context, wanted.view)
        case commands.ShowFolder():
            _show_folder(context, wanted.path)
        case commands.ChooseContext():
            context.app.run_worker(_choose_context(context, wanted.name), group="contexts")


def _show_trees(context: ActionContext, view: commands.ShowKind) -> None:
    namespace = view.namespace or ""
    page = Tree(view.kind, context.cluster, lambda obj: not namespace or obj.namespace == namespace)
    where = f"in {namespace or 'all namespaces'}" if view.kind.namespaced else ""
    context.app.push_screen(FullScreen(context.cluster, page, f"Trees of {view.kind.plural}  {where}"))


def _show_folder(context: ActionContext, path: str) -> None:
    """Without a path, the folder that is followed."""
    if path:
        root = Path(path).expanduser().absolute()
        context.app.push_screen(FullScreen(context.cluster, FolderPage(context.cluster, root), f"Manifests  {root}"))
        return
    navigation.home(context)
    if isinstance(context.app.screen, Overview):
        context.app.screen.focus_pane(MANIFESTS_PANE)


async def _choose_context(context: ActionContext, name: str) -> None:
    """Leave this cluster for another one on this machine."""
    here, others = context.session.name, host_of(context.app).clusters()
    if not name:
        options = [(here, f"{here}  this one"), *((other, f"{other}  running") for other in others)]
        chosen: str | None = await context.app.push_screen_wait(Menu("Clusters on this machine", options))
        name = chosen or here
    if name == here:
        return
    if name not in others:
        context.app.notify(f"No cluster {name} runs here; `k9lite serve --name {name}` starts one", markup=False)
        return
    text = host_of(context.app).farewell
    if await context.app.push_screen_wait(Form(f"Leave {here} for {name}?", text, ok="Go")) is not None:
        host_of(context.app).leave_for(name)


async def apply_file(context: ActionContext) -> None:
    """Apply the manifest under the cursor as it is written now."""
    place = context.place
    found = place.file_under_cursor if isinstance(place, Manifests) else None
    if not isinstance(place, Manifests) or found is None:
        return
    file, folder = found[0], place.folder
    try:
        content = await asyncio.to_thread((folder / file).read_bytes)
    except OSError as error:
        context.app.notify(f"{file}: {error.strerror}", severity="error", markup=False)
        return
    parsed = parse(file, content)
    resolved = resolve([parsed], context.cluster.client.kinds)
    problems = [*parsed.problems, *resolved.problems]
    for manifest in () if problems else sorted(resolved.manifests, key=lambda manifest: manifest.rank):
        step = await apply(context.cluster.client, manifest, apply_set(folder))
        problems += step.problems
        if step.action is not Action.REFUSED:
            context.app.notify(f"{step.ref}: {step.action}", markup=False)
    if problems:
        context.app.notify("\n".join(map(str, problems)), severity="error", markup=False)


HANDLERS: dict[str, Handler] = {"command": open_commands, "apply-file": apply_file}
