import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from k9lite.cli.samples import SAMPLES


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_serve_tells_its_story_until_it_is_asked_to_end(tmp_path: Path, end: signal.Signals):
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "node.yaml").write_bytes((SAMPLES / "node.yaml").read_bytes())
    command = [sys.executable, "-m", "k9lite", "serve", str(folder), "--speed", "instant"]
    environment = {**os.environ, "K9LITE_STATE_FOLDER": str(tmp_path / "state")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as serve:
        assert serve.stdout is not None
        told = []
        for line in serve.stdout:
            told.append(line.rstrip())
            if "converged" in line:
                break
        serve.send_signal(end)
        rest, errors = serve.communicate()
    assert (serve.returncode, rest, errors) == (0, "", "")
    assert Path(told[0]).is_relative_to(tmp_path / "state")
    assert told[-1].endswith("converged: 2 objects, 3 pods")
    story = "\n".join(told)
    assert "created Deployment default/node-deployment (node.yaml:3)" in story
    assert "ScalingReplicaSet: Scaled up replica set node-deployment-" in story
