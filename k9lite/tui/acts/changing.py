"""Scale, restart, delete, kill, load an image: what changes objects."""

from typing import Any

from k9lite.tui import operations, states
from k9lite.tui.origins import described, ref_of
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.form import Field, Form

# What becomes of the objects that a deleted one owns.
PROPAGATION = (
    ("is deleted after it (Background)", "Background"),
    ("is deleted before it (Foreground)", "Foreground"),
    ("stays (Orphan)", "Orphan"),
)


def _replicas(at: At) -> int:
    replicas = at.obj.view.spec.replicas
    return 1 if replicas is None else int(replicas)


async def scale(at: At) -> None:
    objects = at.objects
    now = _replicas(at)
    field = Field("replicas", "Replicas", str(now), number=True)
    form = Form(f"Scale {operations.several(objects)}", operations.names(objects), [field], ok="Scale")
    answer = await at.app.push_screen_wait(form)
    if answer is not None and answer["replicas"]:
        for obj in objects:
            await operations.scale(at.feed.client, obj, int(answer["replicas"]))


def _scale_by(step: int) -> Handler:
    async def scale_now(at: At) -> None:
        for obj in at.objects:
            await operations.scale_by(at.feed.client, obj, step)

    return scale_now


async def restart(at: At) -> None:
    """Several are asked for by name first."""
    objects = at.objects
    form = Form(f"Restart {operations.several(objects)}?", operations.names(objects), ok="Restart")
    if len(objects) == 1 or await at.app.push_screen_wait(form) is not None:
        for obj in objects:
            await operations.restart(at.feed.client, obj, at.feed.now())


async def delete(at: At) -> None:
    objects = at.objects
    title = f"Delete {operations.several(objects)}?"
    fields = [
        Field("propagation", "What it owns", "Background", choices=PROPAGATION),
        Field("force", "At once, without grace", "", switch=True),
    ]
    answer = await at.app.push_screen_wait(Form(title, _warning(at), fields, ok="Delete", danger=True))
    if answer is not None:
        propagation: Any = answer["propagation"]
        for obj in objects:
            await operations.delete(at.feed.client, obj, 0 if answer["force"] else None, propagation)


async def kill(at: At) -> None:
    objects = at.objects
    title = f"Kill {operations.several(objects)} without grace period?"
    if await at.app.push_screen_wait(Form(title, _warning(at), ok="Kill", danger=True)) is not None:
        for obj in objects:
            await operations.delete(at.feed.client, obj, grace=0)


def _warning(at: At) -> str:
    if len(at.objects) > 1:
        return operations.names(at.objects)
    owner, folder = at.obj.meta.controller, at.session.folder
    where = f"Namespace {at.obj.namespace}. " if at.obj.namespace else ""
    if owner is not None:
        return f"{where}{owner.kind} {owner.name} will replace it."
    found = described(ref_of(at.obj), folder.state) if folder is not None else None
    if found is not None:
        return f"{where}The next save of the folder brings it back, since {found.file}:{found.line} describes it."
    return f"{where}Nothing will replace it."


async def load_image(at: At) -> None:
    """Ask for the image, offering the one the pod waits for."""
    missing = states.lacks_image(at.obj)
    field = Field("image", "Image", missing[0] if missing else "")
    text = "It is put on every node, as `kind load docker-image` does; pods that wait for it go on by themselves."
    answer = await at.app.push_screen_wait(Form("Load an image", text, [field], ok="Load"))
    if answer is not None and answer["image"]:
        await operations.load_image(at.feed.client, answer["image"])


HANDLERS: dict[str, Handler] = {
    "scale": scale,
    "scale-up": _scale_by(1),
    "scale-down": _scale_by(-1),
    "restart": restart,
    "delete": delete,
    "kill": kill,
    "load-image": load_image,
}
