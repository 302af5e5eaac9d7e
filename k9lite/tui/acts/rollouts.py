"""The rollout of a deployment: its history, back to any revision, pause and resume, another image."""

from typing import Any

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.api import deployments, kinds
from k9lite.api.errors import bad_request
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

WHICH = "Choose with ↑ ↓, or type any other; the rollout begins at once."


def history(at: At) -> None:
    at.app.push_screen(History(at.feed, at.obj))


def compare(at: At) -> None:
    if isinstance(at.app.screen, History):
        at.app.screen.toggle()


async def back(at: At) -> None:
    """To the revision before the newest."""
    target = operations.rollback_target(_revisions(at, at.obj))
    if target is None:
        raise bad_request(f'no rollout history found for deployment "{at.obj.name}"')
    await _roll_back(at, at.obj, target)


async def back_to(at: At) -> None:
    """To the revision that the ReplicaSet under the cursor holds."""
    reference = at.obj.meta.controller
    owner = at.feed.of(kinds.DEPLOYMENT).get(reference.name, at.obj.namespace) if reference is not None else None
    if owner is None:
        raise bad_request(f"{operations.label(at.obj)} is of no deployment")
    await _roll_back(at, owner, at.obj)


async def _roll_back(at: At, deployment: Object[Deployment], wanted: Object[ReplicaSet]) -> None:
    """After a look at what that changes."""
    number = deployments.revision(wanted.meta)
    lines = list(difference(template_lines(deployment), template_lines(wanted)))
    title = f"Roll {operations.label(deployment)} back to revision {number}?"
    review = Review(title, lines, note="Its pods are replaced, a few at a time.", ok="Roll back")
    if await at.app.push_screen_wait(review):
        await operations.roll_back(at.feed.client, deployment, _revisions(at, deployment), number)
        at.app.notify(f"{deployment.name} goes back to revision {number}", markup=False)


def _revisions(at: At, deployment: Object[Deployment]) -> list[Object[ReplicaSet]]:
    return at.feed.of(kinds.REPLICA_SET).indexed("owner", deployment.uid)


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
    image = await at.app.push_screen_wait(Pick(title, known_images(at.feed, now), now, WHICH))
    if image is not None and image != now:
        await operations.set_image(at.feed.client, obj, name, image)


HANDLERS: dict[str, Handler] = {
    "history": history,
    "history-compare": compare,
    "undo": back,
    **dict.fromkeys(("undo-to", "history-back"), back_to),
    "pause-rollout": pause_rollout,
    "set-image": set_image,
}
