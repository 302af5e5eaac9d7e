"""The same pods, watched here and on a Kubernetes: the same rows, the same events as often."""

import re
from typing import Any

import pytest
from lifecycle import FOLDER, Lifecycle, event, read, row, without_ages

from k9lite.aio.clock import ManualClock
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.client.protocol import Client
from k9lite.engine.node.kubelet import Kubelet

NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
COUNTED = [name for name in NAMES if name != "liveness-fails"]  # it tells more than the event recorder lets pass
LONGER = 1.5  # waits differ by up to half


@pytest.fixture(params=["tests", "other", "another"])
def randomness(request: pytest.FixtureRequest) -> Randomness:
    """What happens does not depend on the seed."""
    return Randomness(request.param)


async def live(story: Lifecycle, client: Client, clock: ManualClock, tasks: TaskSet) -> list[tuple[float, str]]:
    """Let the story happen until as many rows were seen as were recorded, or there is no more to see."""
    began = clock.now()
    seen: list[tuple[float, str]] = []

    async def watch() -> None:
        async for batch in client.watch(kinds.POD, since=revision):
            seen.extend((clock.now() - began, row(one.type, one.object, clock.now())) for one in batch)

    revision = (await client.list(kinds.POD)).revision
    tasks.start(watch(), "watch")
    created = await client.create(kinds.POD, story.manifest, "default")
    binding = {"metadata": {"name": created.name}, "target": {"kind": "Node", "name": "worker"}}
    await client.create_subresource(kinds.POD, created.name, "binding", binding, "default")
    for moment, action in story.then:
        await clock.advance(moment - (clock.now() - began))
        await act(action, client, created.name)
    last = story.rows[-1][0]
    while clock.now() - began < last * LONGER + 2 and len(seen) < len(story.rows):
        await clock.advance(0.5)
    return seen


async def act(action: str, client: Client, pod: str) -> None:
    if action.startswith("kubectl delete pod"):
        await client.delete(kinds.POD, pod, "default")
    elif "create configmap later" in action:
        await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "later"}, "data": {"A": "1"}}, "default")
    else:
        found = re.fullmatch(r"the image (\S+) is loaded into the node", action)
        assert found
        await client.create(kinds.IMAGE, {"metadata": {"name": "loaded"}, "spec": {"name": found[1]}})


@pytest.mark.parametrize("name", NAMES)
async def test_rows(name: str, kubelet: Kubelet, client: Any, clock: ManualClock, tasks: TaskSet) -> None:
    story = read(name)
    seen = await live(story, client, clock, tasks)
    assert "\n".join(without_ages(text) for _, text in seen) == "\n".join(without_ages(text) for _, text in story.rows)


@pytest.mark.parametrize("name", COUNTED)
async def test_events(name: str, kubelet: Kubelet, client: Any, clock: ManualClock, tasks: TaskSet) -> None:
    """At some moment after the last row the events are those that were recorded."""
    story = read(name)
    await live(story, client, clock, tasks)
    wanted = sorted(line for line in story.events if " Scheduled " not in line)
    for _ in range(240):
        found = sorted(
            [
                told(one.data())
                for one in (await client.list(kinds.EVENT)).items
                if one.view.involvedObject.kind == "Pod"
            ]
        )
        if found == wanted:
            return
        await clock.advance(0.25)
    assert found == wanted


def told(data: Any) -> str:
    text = re.sub(r"127\.244\.\d+\.\d+", "IP", event(data))
    text = re.sub(
        r"(docker\.io/library/node-app:v7\"): pull access.*", r"\1: (what the registry or the network answered)", text
    )
    return text.replace(data["involvedObject"]["uid"], "UID")
