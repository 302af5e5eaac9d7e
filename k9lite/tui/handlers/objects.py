"""Scale, restart, delete, kill, load an image: what changes objects."""

from typing import Any

from k9lite.tui.display import states
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.live.origins import described, ref_of
from k9lite.tui.screens.form import Field, Form
from k9lite.tui.writes import operations

# What becomes of the objects that a deleted one owns.
PROPAGATION = (
    ("is deleted after it (Background)", "Background"),
    ("is deleted before it (Foreground)", "Foreground"),
    ("stays (Orphan)", "Orphan"),
)


def _replicas(context: ActionContext) -> int:
    replicas = context.obj.view.spec.replicas
    return 1 if replicas is None else int(replicas)


async def scale(context: ActionContext) -> None:
    objects = context.objects
    now = _replicas(context)
    field = Field("replicas", "Replicas", str(now), number=True)
    form = Form(f"Scale {operations.several(objects)}", operations.names(objects), [field], ok="Scale")
    answer = await context.app.push_screen_wait(form)
    if answer is not None and answer["replicas"]:
        for obj in objects:
            await operations.scale(context.cluster.client, obj, int(answer["replicas"]))


def _scale_by(step: int) -> Handler:
    async def scale_now(context: ActionContext) -> None:
        for obj in context.objects:
            await operations.scale_by(context.cluster.client, obj, step)

    return scale_now


async def restart(context: ActionContext) -> None:
    """Several are asked for by name first."""
    objects = context.objects
    form = Form(f"Restart {operations.several(objects)}?", operations.names(objects), ok="Restart")
    if len(objects) == 1 or await context.app.push_screen_wait(form) is not None:
        for obj in objects:
            await operations.restart(context.cluster.client, obj, context.cluster.now())


async def delete(context: ActionContext) -> None:
    objects = context.objects
    title = f"Delete {operations.several(objects)}?"
    fields = [
        Field("propagation", "What it owns", "Background", choices=PROPAGATION),
        Field("force", "At once, without grace", "", switch=True),
    ]
    answer = await context.app.push_screen_wait(Form(title, _warning(context), fields, ok="Delete", danger=True))
    if answer is not None:
        propagation: Any = answer["propagation"]
        for obj in objects:
            await operations.delete(context.cluster.client, obj, 0 if answer["force"] else None, propagation)


async def kill(context: ActionContext) -> None:
    objects = context.objects
    title = f"Kill {operations.several(objects)} without grace period?"
    if await context.app.push_screen_wait(Form(title, _warning(context), ok="Kill", danger=True)) is not None:
        for obj in objects:
            await operations.delete(context.cluster.client, obj, grace=0)


def _warning(context: ActionContext) -> str:
    if len(context.objects) > 1:
        return operations.names(context.objects)
    owner, folder = context.obj.meta.controller, context.session.folder
    where = f"Namespace {context.obj.namespace}. " if context.obj.namespace else ""
    if owner is not None:
        return f"{where}{owner.kind} {owner.name} will replace it."
    found = described(ref_of(context.obj), folder.state) if folder is not None else None
    if found is not None:
        return f"{where}The next save of the folder brings it back, since {found.file}:{found.line} describes it."
    return f"{where}Nothing will replace it."


async def load_image(context: ActionContext) -> None:
    """Ask for the image, offering the one the pod waits for."""
    missing = states.lacks_image(context.obj)
    field = Field("image", "Image", missing[0] if missing else "")
    text = "It is put on every node, as `kind load docker-image` does; pods that wait for it go on by themselves."
    answer = await context.app.push_screen_wait(Form("Load an image", text, [field], ok="Load"))
    if answer is not None and answer["image"]:
        await operations.load_image(context.cluster.client, answer["image"])


HANDLERS: dict[str, Handler] = {
    "scale": scale,
    "scale-up": _scale_by(1),
    "scale-down": _scale_by(-1),
    "restart": restart,
    "delete": delete,
    "kill": kill,
    "load-image": load_image,
}
