"""Controllers on a real store, under a clock that stands still until told."""

from collections.abc import AsyncIterator

import pytest
from controller_world import FakeNodes, World

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.tasks import TaskSet
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client


@pytest.fixture
async def nodes(client: Client, informers: Informers, clock: ManualClock, tasks: TaskSet) -> FakeNodes:
    return FakeNodes(client, informers, clock, tasks)


@pytest.fixture
async def world(client: Client, clock: ManualClock, tasks: TaskSet) -> AsyncIterator[World]:
    world = World(client, clock, tasks)
    yield world
    await settle()
    for controller in world.controllers:
        controller.stop()
