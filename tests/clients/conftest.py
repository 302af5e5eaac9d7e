"""One `k9lite serve` for all client libraries."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clients")
    (folder / "manifests").mkdir()
    story = folder / "story"
    command = [sys.executable, "-m", "k9lite", "serve", str(folder / "manifests"), "--state-folder", str(folder)]
    with story.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield _path_in(story, process)
    finally:
        process.terminate()
        process.wait(10)


def _path_in(story: Path, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        if found := re.search(r"^/\S*kubeconfig$", story.read_text(), re.M):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(story.read_text())
