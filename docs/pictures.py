"""Makes the pictures in this folder from the running program: `make pictures`."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from k9lite.aio.tasks import TaskSet
from k9lite.cli import samples
from k9lite.engine.cluster import Cluster, ClusterOptions
from k9lite.manifests.state import FolderState
from k9lite.manifests.sync import FolderSync
from k9lite.tui.app import Dashboard
from k9lite.tui.screens.overview import Overview

HERE = Path(__file__).parent
WHOLE, PART = (150, 42), (120, 30)  # columns, lines
CONVERGED, ROLLING, SETTLED = 8.0, 0.45, 1.0  # seconds: until the samples run, into a rolling update, after keys


@dataclass(frozen=True)
class Picture:
    """What is pressed, from the overview, to come to what is shown."""

    name: str
    keys: Sequence[str] = ()
    theme: str = "k9lite-dark"


# Taken one after the other, after a rolling update of the first deployment.
PICTURES = (
    Picture("map", ("M", "down", "right")),
    Picture("tree", ("3", "G", "X")),
    Picture("history", ("3", "G", "H", "down")),
    Picture("logs", ("3", "G", "l")),
    Picture("editor", ("3", "G", "e", *("down",) * 5, "end", "enter", *"minReadySecond: 3")),
    Picture("pulse", ("Z",)),
    Picture("describe", ("4", "G", "d")),
    Picture("light", ("4",), "k9lite-light"),
)


def crashed(name: str, error: BaseException) -> None:
    raise error


@asynccontextmanager
async def dashboard(state: Path, manifests: Path) -> AsyncIterator[tuple[Dashboard, Pilot[None]]]:
    cluster = Cluster(ClusterOptions(state_folder=state, seed="picture", speed=1.0))
    await cluster.start()
    tasks = TaskSet(crashed)
    app: Dashboard | None = None

    def changed(folder: FolderState) -> None:
        if app is not None:
            app.folder_changed(folder)

    sync = FolderSync(cluster.client, cluster.clock, manifests, changed)
    tasks.start(sync.run(), "folder")
    app = Dashboard(cluster.client, cluster.clock, sync)
    async with app.run_test(size=WHOLE) as pilot:
        yield app, pilot
    await tasks.close()
    await sync.close()
    await cluster.close()


async def take(app: Dashboard, pilot: Pilot[None], picture: Picture) -> None:
    """Press the keys, keep what is seen, go back to the overview."""
    app.theme = picture.theme
    await pilot.press(*picture.keys)
    await pilot.pause(SETTLED)
    keep(app, picture.name)
    while not isinstance(app.screen, Overview):
        app.pop_screen()
        await pilot.pause()


def keep(app: Dashboard, name: str) -> None:
    (HERE / f"{name}.svg").write_text(app.export_screenshot(title="k9lite"))


async def take_all(state: Path) -> None:
    manifests = state / "manifests"
    samples.write(manifests)
    async with dashboard(state, manifests) as (app, pilot):
        await pilot.pause(CONVERGED)
        node = manifests / "node.yaml"
        node.write_text(node.read_text().replace("node-app:v1", "node-app:v2").replace("replicas: 3", "replicas: 5"))
        await pilot.pause(ROLLING)
        keep(app, "overview")
        await pilot.pause(CONVERGED)
        await pilot.resize_terminal(*PART)
        for picture in PICTURES:
            await take(app, pilot, picture)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take_all(Path(folder)))


if __name__ == "__main__":
    main()
