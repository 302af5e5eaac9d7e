"""Going from view to view: owner, node, history, namespaces, and what Enter opens."""

from typing import Any

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.api.selectors import equal_labels, label_selector
from k9lite.tui import commands, operations, views
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.overview import Overview
from k9lite.tui.trail import Visit
from k9lite.tui.widgets.containers import Containers
from k9lite.tui.widgets.kind_table import KindTable, everything
from k9lite.tui.widgets.pane import Pane

OWNING = (kinds.DEPLOYMENT, kinds.REPLICA_SET, kinds.STATEFUL_SET, kinds.DAEMON_SET, kinds.JOB)


def pods_of(obj: Object[Any]) -> Any:
    """Which pods belong to `obj`: those it selects, or those that run on it; None for kinds that have none."""
    spec = obj.view.spec if obj.kind.model is not None and hasattr(obj.view, "spec") else None
    if obj.kind is kinds.NODE:
        return lambda pod: pod.view.spec is not None and pod.view.spec.nodeName == obj.name
    if spec is not None and obj.kind is kinds.SERVICE and spec.selector:
        matcher = equal_labels(spec.selector)
    elif spec is not None and obj.kind in OWNING:
        matcher = label_selector(spec.selector)
    else:
        return None
    return lambda pod: pod.namespace == obj.namespace and matcher.matches(dict(pod.labels))


def show(at: At, visit: Visit, *, remembered: bool = True) -> None:
    """Open the view that `visit` tells of."""
    if remembered:
        at.session.trail.add(visit)
    table = KindTable(
        views.view_of(visit.kind), at.feed, admits=pods_of(visit.of) if visit.of is not None else everything,
        namespace=visit.namespace if visit.kind.namespaced else "", seek=visit.seek,
        empty=f"no {visit.kind.plural} here",
    )  # fmt: skip
    screen = FullScreen(at.feed, table, "")
    at.app.push_screen(screen)
    if visit.filter:
        screen.pane.set_filter(visit.filter)
    _name(at, screen.pane, table, visit.of)


def _name(at: At, pane: Pane, table: KindTable, of: Object[Any] | None = None) -> None:
    """The title says what is shown, and which digit leads to which namespace."""
    where = f"of {operations.label(of)}" if of is not None else f"in {table.namespace or 'all namespaces'}"
    pane.title = f"{table.view.title}  {where}" if table.view.kind.namespaced else table.view.title
    names = at.session.namespaces.favourites(item.name for item in at.feed.of(kinds.NAMESPACE))
    digits = enumerate(("all", *names))
    offered = [f"{digit} {name}" for digit, name in digits if (name if digit else "") != table.namespace]
    pane.name_also(offered if table.view.kind.namespaced and of is None else ())


def home(at: At) -> None:
    """Back to the overview."""
    while not isinstance(at.app.screen, Overview):
        at.app.pop_screen()


def go(at: At, wanted: commands.View) -> None:
    if wanted.kind is kinds.NAMESPACE and wanted.namespace is not None:
        wanted = commands.View(kinds.POD, wanted.namespace)  # `:ns kube-system`
    if wanted.namespace:
        at.session.namespaces.used[wanted.namespace] += 1
    home(at)
    namespace = wanted.namespace if wanted.namespace is not None else _namespace(at)
    show(at, Visit(wanted.kind, namespace, wanted.filter))


def _namespace(at: At) -> str:
    """The one that was looked at last."""
    visits = at.session.trail.visits
    return visits[at.session.trail.at].namespace if visits else ""


def _along(step: int) -> Handler:
    def go_along(at: At) -> None:
        visit = at.session.trail.step(step)
        if visit is not None:
            home(at)
            show(at, visit, remembered=False)

    return go_along


def swap(at: At) -> None:
    visit = at.session.trail.swap()
    if visit is not None:
        home(at)
        show(at, visit, remembered=False)


def owner(at: At) -> None:
    """The view of the object's owner, with the cursor on it."""
    reference = at.obj.meta.controller
    kind = at.feed.client.kinds.of(reference.apiVersion, reference.kind) if reference is not None else None
    if reference is None or kind is None:
        at.app.notify(f"{operations.label(at.obj)} has no owner", markup=False)
        return
    show(at, Visit(kind, at.obj.namespace, seek=Key(at.obj.namespace, reference.name)))


def node(at: At) -> None:
    spec = at.obj.view.spec
    if spec is None or not spec.nodeName:
        at.app.notify(f"{at.obj.name} is on no node yet", markup=False)
        return
    show(at, Visit(kinds.NODE, seek=Key("", spec.nodeName)))


def _to_namespace(digit: int) -> Handler:
    """0 is all namespaces, the others are those used most."""

    def go_there(at: At) -> None:
        names = at.session.namespaces.favourites(item.name for item in at.feed.of(kinds.NAMESPACE))
        table = at.place
        if not isinstance(table, KindTable) or digit > len(names):
            return
        name = names[digit - 1] if digit else ""
        at.session.namespaces.used[name] += bool(name)
        table.use_namespace(name)
        if isinstance(at.app.screen, FullScreen):
            at.session.trail.add(Visit(table.view.kind, name))
            _name(at, at.app.screen.pane, table)

    return go_there


def choose(at: At) -> bool:
    """Open what belongs to the object; False where nothing does."""
    obj = at.obj
    if obj.kind is kinds.POD:
        at.app.push_screen(FullScreen(at.feed, Containers(obj, at.feed), f"Containers  of {operations.label(obj)}"))
    elif obj.kind is kinds.NAMESPACE:
        go(at, commands.View(kinds.POD, obj.name))
    elif obj.kind.kind == "CustomResourceDefinition" and (kind := _defined(at, obj)) is not None:
        go(at, commands.View(kind))
    elif pods_of(obj) is not None:
        show(at, Visit(kinds.POD, obj.namespace, of=obj))
    else:
        return False
    return True


def _defined(at: At, definition: Object[Any]) -> Kind[Any] | None:
    spec = definition.view.spec
    return at.feed.client.kinds.named(f"{spec.names.plural}.{spec.group}")


HANDLERS: dict[str, Handler] = {
    "history-previous": _along(-1),
    "history-next": _along(1),
    "history-last": swap,
    "owner": owner,
    "node": node,
    **{f"namespace-{digit}": _to_namespace(digit) for digit in range(10)},
}
