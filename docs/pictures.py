"""Makes the pictures in this folder from the running program: `make pictures`."""

import asyncio
import tempfile
from pathlib import Path

from k9lite.aio.tasks import TaskSet
from k9lite.engine.cluster import Cluster, ClusterOptions
from k9lite.manifests.state import FolderState
from k9lite.manifests.sync import FolderSync
from k9lite.tui.app import Dashboard

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "sample_manifests"
SIZE = (150, 42)


def crashed(name: str, error: BaseException) -> None:
    raise error


async def overview(state: Path) -> None:
    """The first screen, in the middle of a rolling update."""
    manifests = state / "manifests"
    manifests.mkdir()
    for file in SAMPLES.rglob("*.yaml"):
        if not any(part.startswith("_") for part in file.relative_to(SAMPLES).parts):
            target = manifests / file.relative_to(SAMPLES)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text())
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
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(8)
        node = manifests / "node.yaml"
        node.write_text(node.read_text().replace("node-app:v1", "node-app:v2").replace("replicas: 3", "replicas: 5"))
        await pilot.pause(0.45)
        (HERE / "overview.svg").write_text(app.export_screenshot(title="k9lite"))
    await tasks.close()
    await sync.close()
    await cluster.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(overview(Path(folder)))


if __name__ == "__main__":
    main()
