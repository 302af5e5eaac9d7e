"""Going from view to view: owner, node, history, namespaces, and what Enter opens."""

from typing import Any

from k9lite.api import kinds, workloads
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.api.selectors import equal_labels, label_selector
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.live import views
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.overview import Overview
from k9lite.tui.session import commands
from k9lite.tui.session.view_history import Visit
from k9lite.tui.widgets.containers import Containers
from k9lite.tui.widgets.kind_table import KindTable, everything
from k9lite.tui.widgets.pane import Pane
from k9lite.tui.writes import operations


def pods_of(obj: Object[Any]) -> Any:
    """Which pods belong to `obj`: those it selects, or those that run on it; None for kinds that have none."""
    spec = obj.view.spec if obj.kind.model is not None and hasattr(obj.view, "spec") else None
    if obj.kind is kinds.NODE:
        return lambda pod: pod.view.spec is not None and pod.view.spec.nodeName == obj.name
    if spec is not None and obj.kind is kinds.SERVICE and spec.selector:
        matcher = equal_labels(spec.selector)
    elif spec is not None and obj.kind in workloads.SELECTING:
        matcher = label_selector(spec.selector)
    else:
        return None
    return lambda pod: pod.namespace == obj.namespace and matcher.matches(dict(pod.labels))


def show(context: ActionContext, visit: Visit, *, remembered: bool = True) -> None:
    """Open the view that `visit` tells of."""
    if remembered:
        context.session.view_history.add(visit)
    table = KindTable(
        views.view_of(visit.kind),
        context.cluster,
        admits=pods_of(visit.of) if visit.of is not None else everything,
        namespace=visit.namespace if visit.kind.namespaced else "",
        seek=visit.seek,
        empty=f"no {visit.kind.plural} here",
    )
    screen = FullScreen(context.cluster, table, "")
    context.app.push_screen(screen)
    if visit.filter:
        screen.pane.set_filter(visit.filter)
    _name(context, screen.pane, table, visit.of)


def _name(context: ActionContext, pane: Pane, table: KindTable, of: Object[Any] | None = None) -> None:
    """The title says what is shown, and which digit leads to which namespace."""
    where = f"of {operations.label(of)}" if of is not None else f"in {table.namespace or 'all namespaces'}"
    pane.title = f"{table.view.title}  {where}" if table.view.kind.namespaced else table.view.title
    names = context.session.namespaces.favourites(item.name for item in context.cluster.of(kinds.NAMESPACE))
    digits = enumerate(("all", *names))
    offered = [f"{digit} {name}" for digit, name in digits if (name if digit else "") != table.namespace]
    pane.name_also(offered if table.view.kind.namespaced and of is None else ())


def home(context: ActionContext) -> None:
    """Back to the overview."""
    while not isinstance(context.app.screen, Overview):
        context.app.pop_screen()


def go(context: ActionContext, wanted: commands.ShowKind) -> None:
    if wanted.kind is kinds.NAMESPACE and wanted.namespace is not None:
        wanted = commands.ShowKind(kinds.POD, wanted.namespace)  # `:ns kube-system`
    if wanted.namespace:
        context.session.namespaces.used[wanted.namespace] += 1
    home(context)
    namespace = wanted.namespace if wanted.namespace is not None else _namespace(context)
    show(context, Visit(wanted.kind, namespace, wanted.filter))


def _namespace(context: ActionContext) -> str:
    """The one that was looked at last."""
    visits = context.session.view_history.visits
    return visits[context.session.view_history.at].namespace if visits else ""


def _along(step: int) -> Handler:
    def go_along(context: ActionContext) -> None:
        visit = context.session.view_history.step(step)
        if visit is not None:
            home(context)
            show(context, visit, remembered=False)

    return go_along


def swap(context: ActionContext) -> None:
    visit = context.session.view_history.swap()
    if visit is not None:
        home(context)
        show(context, visit, remembered=False)


def owner(context: ActionContext) -> None:
    """The view of the object's owner, with the cursor on it."""
    reference = context.obj.meta.controller
    kind = context.cluster.client.kinds.of(reference.apiVersion, reference.kind) if reference is not None else None
    if reference is None or kind is None:
        context.app.notify(f"{operations.label(context.obj)} has no owner", markup=False)
        return
    show(context, Visit(kind, context.obj.namespace, seek=Key(context.obj.namespace, reference.name)))


def node(context: ActionContext) -> None:
    spec = context.obj.view.spec
    if spec is None or not spec.nodeName:
        context.app.notify(f"{context.obj.name} is on no node yet", markup=False)
        return
    show(context, Visit(kinds.NODE, seek=Key("", spec.nodeName)))


def _to_namespace(digit: int) -> Handler:
    """0 is all namespaces, the others are those used most."""

    def go_there(context: ActionContext) -> None:
        names = context.session.namespaces.favourites(item.name for item in context.cluster.of(kinds.NAMESPACE))
        table = context.place
        if not isinstance(table, KindTable) or digit > len(names):
            return
        name = names[digit - 1] if digit else ""
        context.session.namespaces.used[name] += bool(name)
        table.use_namespace(name)
        if isinstance(context.app.screen, FullScreen):
            context.session.view_history.add(Visit(table.view.kind, name))
            _name(context, context.app.screen.pane, table)

    return go_there


def choose(context: ActionContext) -> bool:
    """Open what belongs to the object; False where nothing does."""
    obj = context.obj
    if obj.kind is kinds.POD:
        context.app.push_screen(
            FullScreen(context.cluster, Containers(obj, context.cluster), f"Containers  of {operations.label(obj)}")
        )
    elif obj.kind is kinds.NAMESPACE:
        go(context, commands.ShowKind(kinds.POD, obj.name))
    elif obj.kind.kind == "CustomResourceDefinition" and (kind := _defined(context, obj)) is not None:
        go(context, commands.ShowKind(kind))
    elif pods_of(obj) is not None:
        show(context, Visit(kinds.POD, obj.namespace, of=obj))
    else:
        return False
    return True


def _defined(context: ActionContext, definition: Object[Any]) -> Kind[Any] | None:
    spec = definition.view.spec
    return context.cluster.client.kinds.named(f"{spec.names.plural}.{spec.group}")


HANDLERS: dict[str, Handler] = {
    "history-previous": _along(-1),
    "history-next": _along(1),
    "history-last": swap,
    "owner": owner,
    "node": node,
    **{f"namespace-{digit}": _to_namespace(digit) for digit in range(10)},
}
