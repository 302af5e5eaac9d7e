"""The manifests of a folder that nobody follows: what is in it, and what is wrong with that."""

import asyncio
from pathlib import Path

from k9lite.api.kinds import Kinds
from k9lite.manifests.resolving import resolve
from k9lite.manifests.scanning import Snapshot, scan
from k9lite.manifests.state import FileState, FolderState
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.widgets.manifests import Manifests


def read(root: Path, kinds: Kinds) -> FolderState:
    """What is in the folder now."""
    snapshot = scan(root, Snapshot())
    resolved = resolve([file.parsed for file in snapshot.files.values()], kinds)
    files = []
    for name, file in snapshot.files.items():
        refs = tuple(manifest.ref for manifest in resolved.manifests if manifest.document.file == name)
        problems = (*file.parsed.problems, *(problem for problem in resolved.problems if problem.file == name))
        files.append(FileState(name, refs, tuple(problems), file.saved_at, None, (), file.parsed.warnings))
    return FolderState(root, snapshot.present, tuple(files))


class FolderPage(Manifests):
    """Read anew whenever the user comes back to it."""

    scope = "view"

    def __init__(self, cluster: LiveCluster, root: Path) -> None:
        super().__init__(cluster)
        self._root = root

    def on_focus(self) -> None:
        self.refresh()
        self.run_worker(self.reread(), exclusive=True)

    async def reread(self) -> None:
        self.show(await asyncio.to_thread(read, self._root, self.cluster.client.kinds))
