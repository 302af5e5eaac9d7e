"""Describe, YAML, logs, help, and what Enter opens: they look and change nothing."""

from typing import Any

from k9lite.api import kinds, pods
from k9lite.api.object import Object
from k9lite.tui.handlers import navigation
from k9lite.tui.keys import actions
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.keys.host import host_of
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.menu import Menu
from k9lite.tui.screens.split import SplitScreen
from k9lite.tui.screens.version_stack import VersionStack
from k9lite.tui.widgets.containers import Containers
from k9lite.tui.widgets.help import Help
from k9lite.tui.widgets.lines import Lines
from k9lite.tui.widgets.log import FIRST_LINES, Log
from k9lite.tui.widgets.object_events import ObjectEvents
from k9lite.tui.widgets.page import DESCRIBE, YAML, ObjectPage
from k9lite.tui.widgets.pulse import Pulse
from k9lite.tui.widgets.tree import Tree
from k9lite.tui.writes import operations

ALL = ":all:"  # no container is called that
SINCE = (
    (0, f"from its last {FIRST_LINES:,} lines on"),
    (60, "of the last minute"),
    (300, "of the last 5 minutes"),
    (900, "of the last 15 minutes"),
    (3600, "of the last hour"),
    (86400, "of the last day"),
)


def describe(context: ActionContext) -> None:
    """With its events beside it, as they come."""
    obj, cluster = context.obj, context.cluster
    titles = (f"Describe  {operations.label(obj)}", "Events")
    context.app.push_screen(
        SplitScreen(cluster, ObjectPage(DESCRIBE, obj, cluster), ObjectEvents(obj, cluster), titles, tall=True)
    )


def yaml(context: ActionContext) -> None:
    page = ObjectPage(YAML, context.obj, context.cluster)
    context.app.push_screen(FullScreen(context.cluster, page, f"YAML  {operations.label(context.obj)}"))


def versions(context: ActionContext) -> None:
    context.app.push_screen(VersionStack(context.obj, context.cluster))


def tree(context: ActionContext) -> None:
    root = context.obj
    page = Tree(root.kind, context.cluster, lambda obj: obj.key == root.key)
    context.app.push_screen(FullScreen(context.cluster, page, f"Tree  {operations.label(root)}"))


def pulse(context: ActionContext) -> None:
    context.app.push_screen(
        FullScreen(context.cluster, Pulse(context.cluster, context.session.forwards), "Pulse of the cluster")
    )


async def _open_log(context: ActionContext, obj: Object[Any], previous: bool) -> None:
    """Of a pod with several containers ask which; of anything else read all pods that belong to it."""
    title = "Previous logs" if previous else "Logs"
    admits = None if obj.kind is kinds.POD else navigation.pods_of(obj)
    chosen: str | None = ""
    if obj.kind is kinds.POD:
        spec = pods.spec(obj.view)
        here = context.place.container if isinstance(context.place, Containers) else ""
        names = [here] if here else [container.name for container in (*(spec.initContainers or ()), *spec.containers)]
        offered = [(ALL, "all of them")] + [(name, name) for name in names]
        chosen = (
            await context.app.push_screen_wait(Menu(f"Logs of {obj.name}", offered)) if len(names) > 1 else names[0]
        )
    if chosen is not None:
        container = "" if chosen == ALL else chosen
        log = Log(obj, context.cluster, admits=admits, container=container, previous=previous)
        context.app.push_screen(
            FullScreen(context.cluster, log, f"{title}  {obj.name}  {container or 'all containers'}")
        )


async def logs(context: ActionContext) -> None:
    await _open_log(context, context.obj, previous=False)


async def previous(context: ActionContext) -> None:
    await _open_log(context, context.obj, previous=True)


def wrap(context: ActionContext) -> None:
    if isinstance(context.place, Lines):
        context.place.wrap(not context.place.wrapped)


def timestamps(context: ActionContext) -> None:
    if isinstance(context.place, Log):
        context.place.show_timestamps(not context.place.timestamps)


async def since(context: ActionContext) -> None:
    if isinstance(context.place, Log):
        log = context.place
        chosen = await context.app.push_screen_wait(
            Menu("Read the log", [(str(seconds), text) for seconds, text in SINCE])
        )
        if chosen is not None:
            log.restart(float(chosen) or None)


def _to_match(step: int) -> Handler:
    def go(context: ActionContext) -> None:
        if isinstance(context.place, Lines) and not context.place.go_to_match(step):
            context.app.notify("No match; look for something with /")

    return go


async def choose(context: ActionContext) -> None:
    """A container opens its log, what has something in it opens that, anything else its description."""
    if isinstance(context.place, Containers):
        await logs(context)
    elif not navigation.choose(context):
        describe(context)


def show_help(context: ActionContext) -> None:
    bound = actions.at_place(context.place, context.cluster.has_own_kinds, host_of(context.app).actions)
    context.app.push_screen(FullScreen(context.cluster, Help(bound, context.place.place_name), "Help"))


HANDLERS: dict[str, Handler] = {
    "choose": choose,
    "describe": describe,
    "yaml": yaml,
    "versions": versions,
    "tree": tree,
    "pulse": pulse,
    "logs": logs,
    "previous": previous,
    "log-wrap": wrap,
    "log-timestamps": timestamps,
    "log-since": since,
    "next-match": _to_match(1),
    "previous-match": _to_match(-1),
    "help": show_help,
}
