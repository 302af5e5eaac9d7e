"""The rollout of a deployment: its history, back to any revision, pause and resume, another image."""

from typing import Any

from k9lite.api import deployments
from k9lite.api.object import Object
from k9lite.tui import operations
from k9lite.tui.differences import difference
from k9lite.tui.image_names import known_images, wait_known
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.history import History
from k9lite.tui.screens.menu import Menu
from k9lite.tui.screens.pick import Pick
from k9lite.tui.screens.review import Review
from k9lite.tui.widgets.revisions import template_lines


def history(at: At) -> None:
    at.app.push_screen(History(at.feed, at.obj))


def compare(at: At) -> None:
    if isinstance(at.app.screen, History):
        at.app.screen.toggle()


async def back_to(at: At) -> None:
    """To the revision under the cursor, after a look at what that changes."""
    screen = at.app.screen
    if not isinstance(screen, History):
        return
    deployment, wanted = screen.revisions.deployment, at.obj
    number = deployments.revision(wanted.meta)
    lines = list(difference(template_lines(deployment), template_lines(wanted)))
    title = f"Roll {operations.label(deployment)} back to revision {number}?"
    if await at.app.push_screen_wait(
        Review(title, lines, note="Its pods are replaced, a few at a time.", ok="Roll back")
    ):
        await operations.roll_back(at.feed.client, deployment, screen.revisions.revisions, number)
        at.app.notify(f"{deployment.name} goes back to revision {number}", markup=False)


async def pause_rollout(at: At) -> None:
    """Pause, or go on where it is paused."""
    paused = not at.obj.view.spec.paused
    await operations.pause_rollout(at.feed.client, at.obj, paused)
    said = "is paused: changes of its template wait" if paused else "goes on"
    at.app.notify(f"The rollout of {at.obj.name} {said}", markup=False)


async def set_image(at: At) -> None:
    obj: Object[Any] = at.obj
    spec = obj.view.spec.template.spec
    containers = {
        container.name: container.image or "" for container in (*(spec.initContainers or ()), *spec.containers)
    }
    name: str | None = next(iter(containers))
    if len(containers) > 1:
        offered = [(name, f"{name}  {image}") for name, image in containers.items()]
        name = await at.app.push_screen_wait(Menu(f"Which container of {operations.label(obj)}?", offered))
    if name is None:
        return
    now = containers[name]
    await wait_known(at.feed)
    title = f"Image of {operations.label(obj)}, container {name}"
    image = await at.app.push_screen_wait(Pick(title, known_images(at.feed, now), now))
    if image is not None and image != now:
        await operations.set_image(at.feed.client, obj, name, image)


HANDLERS: dict[str, Handler] = {
    "history": history,
    "history-compare": compare,
    "history-back": back_to,
    "pause-rollout": pause_rollout,
    "set-image": set_image,
}
