"""The dashboard of a cluster that others keep busy: what its user feels of them."""

import asyncio
import sys
from asyncio.subprocess import Process
from pathlib import Path

from k9lite.cli.bench import rendering
from k9lite.engine.cluster import Cluster, ClusterOptions
from k9lite.engine.http.server import HttpServer
from k9lite.tui.app import Dashboard
from k9lite.tui.widgets.kind_table import KindTable

SIZE = (160, 50)  # columns, lines
TURN = 20  # keys downwards, then as many upwards
APART = 0.03  # seconds between keys


async def key_to_paint(state: Path, load: str, pods: int) -> list[float]:
    """Seconds of each key that is pressed while the module `load` loads the cluster, once it has made its pods."""
    cluster = Cluster(ClusterOptions(state_folder=state, seed="bench", server=HttpServer, api_port=0))
    await cluster.start()
    assert cluster.serving is not None
    app = Dashboard(cluster.client, cluster.clock, driver_class=rendering.RenderingDriver)
    async with rendering.rendering(app, SIZE) as driver:
        table = app.screen.query_one("#pods KindTable", KindTable)
        command = (sys.executable, "-m", load, str(cluster.serving.kubeconfig))
        process = await asyncio.create_subprocess_exec(*command)
        await driver.painted(lambda: len(table) >= pods)
        table.focus()
        seconds = await _keys(app, driver, table, process)
    await cluster.close()
    return seconds


async def _keys(app: Dashboard, driver: rendering.RenderingDriver, table: KindTable, process: Process) -> list[float]:
    """Keys up and down until the load ends."""
    seconds: list[float] = []
    ended = asyncio.create_task(process.wait())
    while not ended.done():
        key = "down" if len(seconds) // TURN % 2 == 0 else "up"
        seconds.append(await rendering.key_to_paint(app, driver, key, lambda: table.cursor))
        await asyncio.wait((ended,), timeout=APART)
    if await ended:
        raise RuntimeError("the load has failed")
    return seconds
