"""What the first line tells of the cluster."""

import asyncio

from driving import deployment

from k9lite.api import kinds
from k9lite.tui import status
from k9lite.tui.feed import Feed
from k9lite.tui.status import Status
from k9lite.tui.widgets.header import Facts

COMPLETE = {"replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}


def fail(name, error):
    raise error


async def test_what_changes_while_it_is_judged_is_judged_again(client, clock, monkeypatch):
    monkeypatch.setattr(status, "PAUSE", 0.01)
    feed, facts, painting = Feed(client, clock, fail), Facts("test", None), asyncio.Queue()
    monkeypatch.setattr(feed.frames, "request", lambda work, soon=False: painting.put_nowait(work))
    web = await deployment(client, replicas=1)
    judging = Status(feed, facts, lambda: None)
    judging.start()
    await feed.informers.wait_synced()

    async def judgement():
        while (work := await painting.get()) != judging._go_on:
            pass
        return work

    conclude = await judgement()
    told = await client.update_status(web, {"observedGeneration": web.meta.generation} | COMPLETE)
    await feed.of(kinds.DEPLOYMENT).caught_up(told.revision)
    conclude()
    assert facts.health.word == "converging: 1 not ready"
    conclude = await judgement()
    conclude()
    assert facts.health.word == "converged"
    judging.close()
    await feed.close()
