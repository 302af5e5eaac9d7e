"""Describe, YAML, logs, help, and what Enter opens: they look and change nothing."""

from typing import Any

from k9lite.api import kinds, pods
from k9lite.api.object import Object
from k9lite.tui import actions, operations
from k9lite.tui.acts import going
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.menu import Menu
from k9lite.tui.screens.split import SplitScreen
from k9lite.tui.screens.version_stack import VersionStack
from k9lite.tui.shell import shell
from k9lite.tui.widgets.containers import Containers
from k9lite.tui.widgets.help import Help
from k9lite.tui.widgets.lines import Lines
from k9lite.tui.widgets.log import FIRST_LINES, Log
from k9lite.tui.widgets.object_events import ObjectEvents
from k9lite.tui.widgets.page import DESCRIBE, YAML, ObjectPage
from k9lite.tui.widgets.pulse import Pulse
from k9lite.tui.widgets.tree import Tree

ALL = ":all:"  # no container is called that
SINCE = (
    (0, f"from its last {FIRST_LINES:,} lines on"), (60, "of the last minute"), (300, "of the last 5 minutes"),
    (900, "of the last 15 minutes"), (3600, "of the last hour"), (86400, "of the last day"),
)  # fmt: skip


def describe(at: At) -> None:
    """With its events beside it, as they come."""
    obj, feed = at.obj, at.feed
    titles = (f"Describe  {operations.label(obj)}", "Events")
    at.app.push_screen(SplitScreen(feed, ObjectPage(DESCRIBE, obj, feed), ObjectEvents(obj, feed), titles, tall=True))


def yaml(at: At) -> None:
    page = ObjectPage(YAML, at.obj, at.feed)
    at.app.push_screen(FullScreen(at.feed, page, f"YAML  {operations.label(at.obj)}"))


def versions(at: At) -> None:
    at.app.push_screen(VersionStack(at.obj, at.feed))


def tree(at: At) -> None:
    root = at.obj
    page = Tree(root.kind, at.feed, lambda obj: obj.key == root.key)
    at.app.push_screen(FullScreen(at.feed, page, f"Tree  {operations.label(root)}"))


def pulse(at: At) -> None:
    at.app.push_screen(FullScreen(at.feed, Pulse(at.feed, at.session.forwards), "Pulse of the cluster"))


async def _open_log(at: At, obj: Object[Any], previous: bool) -> None:
    """Of a pod with several containers ask which; of anything else read all pods that belong to it."""
    title = "Previous logs" if previous else "Logs"
    admits = None if obj.kind is kinds.POD else going.pods_of(obj)
    chosen: str | None = ""
    if obj.kind is kinds.POD:
        spec = pods.spec(obj.view)
        here = at.place.container if isinstance(at.place, Containers) else ""
        names = [here] if here else [container.name for container in (*(spec.initContainers or ()), *spec.containers)]
        offered = [(ALL, "all of them")] + [(name, name) for name in names]
        chosen = await at.app.push_screen_wait(Menu(f"Logs of {obj.name}", offered)) if len(names) > 1 else names[0]
    if chosen is not None:
        container = "" if chosen == ALL else chosen
        log = Log(obj, at.feed, admits=admits, container=container, previous=previous)
        at.app.push_screen(FullScreen(at.feed, log, f"{title}  {obj.name}  {container or 'all containers'}"))


async def logs(at: At) -> None:
    await _open_log(at, at.obj, previous=False)


async def previous(at: At) -> None:
    await _open_log(at, at.obj, previous=True)


def wrap(at: At) -> None:
    if isinstance(at.place, Lines):
        at.place.wrap(not at.place.wrapped)


def timestamps(at: At) -> None:
    if isinstance(at.place, Log):
        at.place.show_timestamps(not at.place.timestamps)


async def since(at: At) -> None:
    if isinstance(at.place, Log):
        log = at.place
        chosen = await at.app.push_screen_wait(Menu("Read the log", [(str(seconds), text) for seconds, text in SINCE]))
        if chosen is not None:
            log.restart(float(chosen) or None)


def _to_match(step: int) -> Handler:
    def go(at: At) -> None:
        if isinstance(at.place, Lines) and not at.place.go_to_match(step):
            at.app.notify("No match; look for something with /")

    return go


async def choose(at: At) -> None:
    """A container opens its log, what has something in it opens that, anything else its description."""
    if isinstance(at.place, Containers):
        await logs(at)
    elif not going.choose(at):
        describe(at)


def show_help(at: At) -> None:
    bound = actions.at_place(at.place, at.feed.has_own_kinds, shell(at.app).actions)
    at.app.push_screen(FullScreen(at.feed, Help(bound, at.place.place_name), "Help"))


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
