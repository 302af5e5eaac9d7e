"""Local ports that lead to a pod, a deployment or a service."""

from k9lite.client.forward_target import ForwardTarget, OfferedPort, offered_ports
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.screens.form import Field, Form
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.widgets.forwards import Forwards
from k9lite.tui.writes import operations

LAST_PORT = 65_535
UNPRIVILEGED = 1024  # ports below need rights that a user seldom has


def local_port(port: int) -> int:
    """The local port that is proposed for `port`: the same, or 8080 for 80."""
    return port if port >= UNPRIVILEGED else 8000 + port


def _fields(offered: list[OfferedPort]) -> list[Field]:
    first = offered[0].port if offered else 8080
    choices = [(f"{one.port} {one.name}".strip(), str(one.port)) for one in offered]
    return [
        Field("local", "Local port (0: any)", str(local_port(first)), number=True, most=LAST_PORT),
        Field("port", "Port", str(first), number=True, most=LAST_PORT, choices=choices),
    ]


async def forward(context: ActionContext) -> None:
    obj = context.obj
    form = Form(f"Forward to {operations.label(obj)}", "", _fields(offered_ports(obj)), ok="Forward")
    answer = await context.app.push_screen_wait(form)
    if answer is None or not answer["port"]:
        return
    target = ForwardTarget(obj.kind, obj.namespace, obj.name)
    try:
        opened = await context.session.forwards.open(target, int(answer["port"]), int(answer["local"] or 0))
    except OSError as error:
        context.app.notify(error.strerror or str(error), severity="error", markup=False)
        return
    context.app.notify(f"localhost:{opened.local_port} leads to {target}:{opened.port}", markup=False)


def forwards(context: ActionContext) -> None:
    context.app.push_screen(FullScreen(context.cluster, Forwards(context.session.forwards), "Port forwards"))


async def stop(context: ActionContext) -> None:
    chosen = context.place.chosen if isinstance(context.place, Forwards) else None
    if chosen is not None:
        await chosen.close()


HANDLERS: dict[str, Handler] = {"forward": forward, "forwards": forwards, "stop-forward": stop}
