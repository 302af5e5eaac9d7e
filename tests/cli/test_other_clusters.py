"""Which clusters the dashboard can be pointed at instead."""

import os

from k9lite.cli import remote
from k9lite.engine.home import lock
from k9lite.settings import Settings


def test_those_that_run_and_serve_their_api_without_ones_own(tmp_path):
    held = []
    for name, running, serving in (("a", True, True), ("b", True, True), ("c", False, True), ("d", True, False)):
        folder = tmp_path / "clusters" / name
        folder.mkdir(parents=True)
        if running:
            held.append(lock(folder))
        if serving:
            (folder / "kubeconfig").touch()
    own = tmp_path / "clusters" / "a" / "kubeconfig"
    assert remote.others(Settings(state_folder=tmp_path), own) == ["b"]
    for descriptor in held:
        os.close(descriptor)
