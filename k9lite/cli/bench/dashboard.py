"""How fast the dashboard is for a person: start to first frame, save to visible, key to paint."""

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
import time
from pathlib import Path

import msgspec

from k9lite.cli.bench import rendering as rendering
from k9lite.engine.cluster import Cluster, ClusterOptions
from k9lite.manifests.sync import FolderSync
from k9lite.tui.app import Dashboard

STARTS, SAVES = 5, 20
ROWS, CHANGES = 10_000, 1_000  # of the table, and per second in it
COLUMNS, LINES = 160, 50
LANDMARK = b"Deployments"  # on the first frame that shows anything
PATIENCE = 20.0  # seconds

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: probe}}}}
  template: {{metadata: {{labels: {{app: probe}}}}, spec: {{containers: [{{name: c, image: "node-app:v1"}}]}}}}
"""


class DashboardFigures(msgspec.Struct):
    first_frame_s: float
    save_to_visible_ms: rendering.Latency
    key_to_paint_ms: rendering.Latency


async def measure(folder: Path) -> DashboardFigures:
    starts = sorted([first_frame(folder / f"start-{number}") for number in range(STARTS)])
    visible = await save_to_visible(folder / "saves")
    keys = await rendering.table_latency(ROWS, CHANGES)
    return DashboardFigures(starts[STARTS // 2], visible, keys)


def first_frame(state: Path) -> float:
    """Seconds from starting the program in a terminal to the first frame with the panes on it."""
    state.mkdir(parents=True)
    started = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        environment = os.environ | {"TERM": "xterm-256color", "HOME": str(state), "K9LITE_STATE_FOLDER": str(state)}
        os.execve(sys.executable, [sys.executable, "-m", "k9lite", "--api-port", "0"], environment)  # noqa: S606
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    try:
        seen = b""
        while LANDMARK not in seen:
            seen += os.read(terminal, 65536)
            if time.perf_counter() - started > PATIENCE:
                raise TimeoutError("the dashboard drew nothing")
        return time.perf_counter() - started
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(terminal)


async def save_to_visible(folder: Path) -> rendering.Latency:
    """From the moment a file is in place to the paint that shows what it describes, in a running dashboard."""
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    cluster = Cluster(ClusterOptions(state_folder=folder, seed="bench"))
    await cluster.start()
    app: Dashboard
    sync = FolderSync(cluster.client, cluster.clock, manifests, lambda state: app.folder_changed(state))
    app = Dashboard(cluster.client, cluster.clock, sync, driver_class=rendering.RenderingDriver)
    following = asyncio.create_task(sync.run())
    seconds = []
    async with rendering.rendering(app, (COLUMNS, LINES)) as driver:
        await driver.painted(lambda: "Deployments" in driver.last)
        await asyncio.sleep(1)  # the folder is watched now
        for number in range(SAVES):
            name = f"probe-{SAVES - number:02}"  # the newest sorts first
            (manifests / "probe.new").write_text(DEPLOYMENT.format(name=name))
            shown = asyncio.ensure_future(driver.painted(lambda name=name: name in driver.last))  # type: ignore[misc]
            await asyncio.sleep(0.25)  # saves do not come in the beat of the file watcher
            started = asyncio.get_running_loop().time()
            (manifests / "probe.new").replace(manifests / "probe.yaml")
            seconds.append(await shown - started)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await sync.close()
    await cluster.close()
    return rendering.latency(seconds)
