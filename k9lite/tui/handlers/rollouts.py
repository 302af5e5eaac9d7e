"""The rollout of a deployment: its history, back to any revision, pause and resume, another image."""

from typing import Any

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.api import deployments, kinds
from k9lite.api.errors import bad_request
from k9lite.api.object import Object
from k9lite.tui.editing.differences import difference
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.live.image_names import known_images, wait_known
from k9lite.tui.screens.history import History
from k9lite.tui.screens.menu import Menu
from k9lite.tui.screens.pick import Pick
from k9lite.tui.screens.review import Review
from k9lite.tui.widgets.revisions import template_lines
from k9lite.tui.writes import operations

WHICH = "Choose with ↑ ↓, or type any other; the rollout begins at once."


def history(context: ActionContext) -> None:
    context.app.push_screen(History(context.cluster, context.obj))


def compare(context: ActionContext) -> None:
    if isinstance(context.app.screen, History):
        context.app.screen.toggle()


async def back(context: ActionContext) -> None:
    """To the revision before the newest."""
    target = operations.rollback_target(_revisions(context, context.obj))
    if target is None:
        raise bad_request(f'no rollout history found for deployment "{context.obj.name}"')
    await _roll_back(context, context.obj, target)


async def back_to(context: ActionContext) -> None:
    """To the revision that the ReplicaSet under the cursor holds."""
    reference = context.obj.meta.controller
    owner = (
        context.cluster.of(kinds.DEPLOYMENT).get(reference.name, context.obj.namespace)
        if reference is not None
        else None
    )
    if owner is None:
        raise bad_request(f"{operations.label(context.obj)} is of no deployment")
    await _roll_back(context, owner, context.obj)


async def _roll_back(context: ActionContext, deployment: Object[Deployment], wanted: Object[ReplicaSet]) -> None:
    """After a look at what that changes."""
    number = deployments.revision(wanted.meta)
    lines = list(difference(template_lines(deployment), template_lines(wanted)))
    title = f"Roll {operations.label(deployment)} back to revision {number}?"
    review = Review(title, lines, note="Its pods are replaced, a few at a time.", ok="Roll back")
    if await context.app.push_screen_wait(review):
        await operations.roll_back(context.cluster.client, deployment, _revisions(context, deployment), number)
        context.app.notify(f"{deployment.name} goes back to revision {number}", markup=False)


def _revisions(context: ActionContext, deployment: Object[Deployment]) -> list[Object[ReplicaSet]]:
    return context.cluster.of(kinds.REPLICA_SET).indexed("owner", deployment.uid)


async def pause_rollout(context: ActionContext) -> None:
    """Pause, or go on where it is paused."""
    paused = not context.obj.view.spec.paused
    await operations.pause_rollout(context.cluster.client, context.obj, paused)
    said = "is paused: changes of its template wait" if paused else "goes on"
    context.app.notify(f"The rollout of {context.obj.name} {said}", markup=False)


async def set_image(context: ActionContext) -> None:
    obj: Object[Any] = context.obj
    spec = obj.view.spec.template.spec
    containers = {
        container.name: container.image or "" for container in (*(spec.initContainers or ()), *spec.containers)
    }
    name: str | None = next(iter(containers))
    if len(containers) > 1:
        offered = [(name, f"{name}  {image}") for name, image in containers.items()]
        name = await context.app.push_screen_wait(Menu(f"Which container of {operations.label(obj)}?", offered))
    if name is None:
        return
    now = containers[name]
    await wait_known(context.cluster)
    title = f"Image of {operations.label(obj)}, container {name}"
    image = await context.app.push_screen_wait(Pick(title, known_images(context.cluster, now), now, WHICH))
    if image is not None and image != now:
        await operations.set_image(context.cluster.client, obj, name, image)


HANDLERS: dict[str, Handler] = {
    "history": history,
    "history-compare": compare,
    "undo": back,
    **dict.fromkeys(("undo-to", "history-back"), back_to),
    "pause-rollout": pause_rollout,
    "set-image": set_image,
}
