"""Cordon, uncordon, drain; and faults, which break nodes and pods on purpose."""

import asyncio
from typing import Any

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.tui import operations
from k9lite.tui.drain import Draining, DrainOptions, Plan, drain, plan
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.form import Field, Form
from k9lite.tui.screens.menu import Menu
from k9lite.tui.screens.node_screen import NodeScreen
from k9lite.tui.widgets.node_cells import NodeCells

# What can befall a kind: the type of the fault, and what it does, in words.
FAULTS: dict[str, tuple[tuple[str, str], ...]] = {
    "Node": (("NodeDown", "Fail: it falls silent; lost after 50 s, its pods leave 300 s later"),),
    "Pod": (
        ("Crash", "Crash: its container exits"),
        ("Hang", "Hang: it neither answers nor stops on SIGTERM"),
        ("NotReady", "Not ready: its readiness probe fails"),
    ),
}


async def cordon(at: At) -> None:
    for node in at.objects:
        await operations.cordon(at.feed.client, node, True)


async def uncordon(at: At) -> None:
    for node in at.objects:
        await operations.cordon(at.feed.client, node, False)


async def ask_drain(at: At) -> None:
    nodes = at.objects
    going_on = [found for node in nodes if (found := at.feed.drains.get(node.name))]
    if going_on:
        await _ask_stop(at, nodes, going_on)
        return
    on_nodes = [at.feed.of(kinds.POD).indexed("node", node.name) for node in nodes]
    fields = [
        Field("ignore_daemon_sets", "Ignore DaemonSets", "yes", switch=True),
        Field("delete_empty_dir", "Lose emptyDir data", "", switch=True),
        Field("force", "Pods without owner too", "", switch=True),
    ]
    text = f"No new pod gets in, and {sum(map(len, on_nodes))} pods are evicted as disruption budgets allow."
    form = Form(
        f"Drain {operations.several(nodes)}?", f"{text}\n{operations.names(nodes)}".rstrip(), fields, ok="Drain",
        danger=True,
    )  # fmt: skip
    answer = await at.app.push_screen_wait(form)
    if answer is not None:
        options = DrainOptions(**{name: value == "yes" for name, value in answer.items()})
        for node, on_node in zip(nodes, on_nodes, strict=True):
            await _drain(at, node, plan(on_node, options))


async def _drain(at: At, node: Object[Any], planned: Plan) -> None:
    """Its row says how far it is."""
    feed, task = at.feed, asyncio.current_task()
    assert task is not None
    feed.drains[node.name] = going_on = Draining(task)
    try:
        pods = feed.of(kinds.POD)
        await drain(feed.client, pods, feed.clock, node, planned, lambda said: setattr(going_on, "said", said))
    finally:
        del feed.drains[node.name]
    at.app.notify(f"{operations.label(node)} drained", markup=False)


async def _ask_stop(at: At, nodes: list[Object[Any]], going_on: list[Draining]) -> None:
    text = "What was evicted stays away, and no new pod gets in until it is uncordoned."
    title = f"Stop draining {operations.several(nodes)}?"
    if await at.app.push_screen_wait(Form(title, text, ok="Stop")) is not None:
        for draining in going_on:
            draining.task.cancel()


async def faults(at: At) -> None:
    """Offer to inject what can befall the object, and to lift what already has."""
    obj = at.obj
    present = at.feed.of(kinds.FAULT).indexed("target", f"{obj.kind.kind}/{obj.key}")
    injected = {fault.view.spec.type for fault in present if fault.view.spec}
    options = [(f"lift {fault.name}", f"Recover: lift {fault.view.spec.type}") for fault in present if fault.view.spec]
    options += [(type, text) for type, text in FAULTS.get(obj.kind.kind, ()) if type not in injected]
    chosen = await at.app.push_screen_wait(Menu(f"Faults of {operations.label(obj)}", options))
    if chosen is None:
        return
    lifted = next((fault for fault in present if chosen == f"lift {fault.name}"), None)
    if lifted is not None:
        await operations.lift(at.feed.client, lifted)
    else:
        await operations.inject(at.feed.client, obj, chosen)


def show_map(at: At) -> None:
    at.app.push_screen(NodeScreen(at.feed))


def _along_cells(step: int) -> Handler:
    def go(at: At) -> None:
        if isinstance(at.place, NodeCells):
            at.place.move_cell(step)

    return go


HANDLERS: dict[str, Handler] = {
    "map": show_map,
    "cell-left": _along_cells(-1),
    "cell-right": _along_cells(1),
    "cordon": cordon,
    "uncordon": uncordon,
    "drain": ask_drain,
    "faults": faults,
}
