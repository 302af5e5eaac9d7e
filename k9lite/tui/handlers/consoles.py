"""Into a container: a shell, or its own process; and which container is meant."""

from functools import partial
from typing import Any

from k9lite.api import pods
from k9lite.api.object import Object
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.screens.console import Console
from k9lite.tui.screens.menu import Menu
from k9lite.tui.widgets.containers import Containers

SHELL = ["sh"]


async def _container(context: ActionContext, pod: Object[Any], title: str) -> str | None:
    """The one under the cursor, the only one, or the one that is chosen."""
    if isinstance(context.place, Containers):
        return context.place.container
    names = [container.name for container in pods.spec(pod.view).containers]
    if len(names) == 1:
        return names[0]
    chosen: str | None = await context.app.push_screen_wait(Menu(title, [(name, name) for name in names]))
    return chosen


async def open_shell(context: ActionContext) -> None:
    pod, streams = context.obj, context.cluster.client.streams
    container = await _container(context, pod, f"Shell in {pod.name}")
    if container is not None:
        start = partial(streams.exec, pod.namespace, pod.name, container, SHELL, stdin=True)
        context.app.push_screen(Console(context.cluster, f"Shell  {pod.name}  {container}", start))


async def attach(context: ActionContext) -> None:
    pod, streams = context.obj, context.cluster.client.streams
    container = await _container(context, pod, f"Attach to {pod.name}")
    if container is not None:
        start = partial(streams.attach, pod.namespace, pod.name, container, stdin=True)
        context.app.push_screen(Console(context.cluster, f"Attached  {pod.name}  {container}", start))


async def end_input(context: ActionContext) -> None:
    if isinstance(context.app.screen, Console):
        await context.app.screen.end_input()


HANDLERS: dict[str, Handler] = {"shell": open_shell, "attach": attach, "console-end": end_input}
