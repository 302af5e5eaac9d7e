"""Describe, YAML, logs, help, and what Enter opens: they look and change nothing."""

from typing import Any

from lightkube.models.core_v1 import Pod

from k9lite.api import kinds, pods
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.api.selectors import equal_labels, label_selector
from k9lite.tui import actions, operations, views
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.menu import Menu
from k9lite.tui.widgets.help import Help
from k9lite.tui.widgets.kind_table import KindTable
from k9lite.tui.widgets.log import Log
from k9lite.tui.widgets.page import DESCRIBE, YAML, Look, ObjectPage


def _page(look: Look) -> Handler:
    def open_page(at: At) -> None:
        obj = at.obj
        page = ObjectPage(look, obj, at.feed)
        at.app.push_screen(FullScreen(at.feed, page, f"{look.title}  {operations.label(obj)}"))

    return open_page


async def _open_log(at: At, obj: Object[Pod], previous: bool) -> None:
    """Ask which container where there are several."""
    spec = pods.spec(obj.view)
    names = [container.name for container in (*(spec.initContainers or ()), *spec.containers)]
    chosen: str | None = names[0]
    if len(names) > 1:
        chosen = await at.app.push_screen_wait(Menu(f"Logs of {obj.name}", [(name, name) for name in names]))
    if chosen is not None:
        log = Log(obj, chosen, at.feed, previous=previous)
        title = f"{'Previous logs' if previous else 'Logs'}  {obj.name}  {chosen}"
        at.app.push_screen(FullScreen(at.feed, log, title))


async def logs(at: At) -> None:
    await _open_log(at, at.obj, previous=False)


async def previous(at: At) -> None:
    await _open_log(at, at.obj, previous=True)


def _pods_of(obj: Object[Any]) -> Any:
    """Which pods belong to `obj`: those it selects, or those that run on it; None for kinds that have none."""
    spec = obj.view.spec
    if obj.kind is kinds.NODE:
        return lambda pod: pod.view.spec is not None and pod.view.spec.nodeName == obj.name
    if obj.kind is kinds.SERVICE and spec.selector:
        matcher = equal_labels(spec.selector)
    elif obj.kind in (kinds.DEPLOYMENT, kinds.REPLICA_SET, kinds.STATEFUL_SET, kinds.DAEMON_SET, kinds.JOB):
        matcher = label_selector(spec.selector)
    else:
        return None
    return lambda pod: pod.namespace == obj.namespace and matcher.matches(dict(pod.labels))


async def choose(at: At) -> None:
    """A pod opens its log, what has pods opens their table, anything else its description."""
    obj = at.obj
    kind: Kind[Any] = obj.kind
    if kind is kinds.POD:
        await _open_log(at, obj, previous=False)
        return
    admits = _pods_of(obj)
    if admits is None:
        _page(DESCRIBE)(at)
        return
    table = KindTable(views.PODS, at.feed, admits=admits, empty="no pod")
    at.app.push_screen(FullScreen(at.feed, table, f"Pods  {operations.label(obj)}"))


def show_help(at: At) -> None:
    bound = [action for action in actions.ACTIONS if action.belongs(at.place.place_name, at.feed.has_own_kinds)]
    at.app.push_screen(FullScreen(at.feed, Help(bound, at.place.place_name), "Help"))


HANDLERS: dict[str, Handler] = {
    "choose": choose,
    "describe": _page(DESCRIBE),
    "yaml": _page(YAML),
    "logs": logs,
    "previous": previous,
    "help": show_help,
}
