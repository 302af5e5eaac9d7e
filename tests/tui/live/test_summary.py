"""What the first line tells of the cluster."""

import asyncio

from driving import deployment

from k9lite.api import kinds
from k9lite.tui.live import summary_updater
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.summary import ClusterSummary
from k9lite.tui.live.summary_updater import SummaryUpdater

COMPLETE = {"replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}


def fail(name, error):
    raise error


async def test_what_changes_while_it_is_judged_is_judged_again(client, clock, monkeypatch):
    monkeypatch.setattr(summary_updater, "PAUSE", 0.01)
    cluster, summary, painting = LiveCluster(client, clock, fail), ClusterSummary("test", None), asyncio.Queue()
    monkeypatch.setattr(cluster.frames, "request", lambda work, soon=False: painting.put_nowait(work))
    web = await deployment(client, replicas=1)
    judging = SummaryUpdater(cluster, summary, lambda: None)
    judging.start()
    await cluster.informers.wait_synced()

    async def judgement():
        while (work := await painting.get()) != judging._go_on:
            pass
        return work

    conclude = await judgement()
    told = await client.update_status(web, {"observedGeneration": web.meta.generation} | COMPLETE)
    await cluster.of(kinds.DEPLOYMENT).caught_up(told.revision)
    conclude()
    assert summary.health.word == "converging: 1 not ready"
    conclude = await judgement()
    conclude()
    assert summary.health.word == "converged"
    judging.close()
    await cluster.close()
