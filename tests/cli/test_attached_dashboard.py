"""The dashboard over a cluster that `k9lite serve` runs: nothing in it knows that the cluster is elsewhere."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: faraway}
spec:
  replicas: 2
  selector: {matchLabels: {app: faraway}}
  template:
    metadata: {labels: {app: faraway}}
    spec: {containers: [{name: c, image: "node-app:v1"}]}
"""


@pytest.fixture
def served(tmp_path):
    """A cluster named `shared` that follows a folder."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "d.yaml").write_text(MANIFEST)
    command = [sys.executable, "-m", "k9lite", "serve", str(tmp_path / "manifests"), "--name", "shared"]
    with subprocess.Popen(
        [*command, "--state-folder", str(tmp_path / "state"), "--api-port", "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline().strip().endswith("kubeconfig")
        yield process
        process.terminate()
        process.communicate()


def test_it_shows_and_leaves_a_served_cluster(served, tmp_path):
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    command = [
        sys.executable,
        "-m",
        "k9lite",
        "--attach",
        "--name",
        "shared",
        "--state-folder",
        str(tmp_path / "state"),
    ]
    with subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, cwd=tmp_path, env={**os.environ, "TERM": "xterm-256color"}
    ) as dashboard:
        os.close(its)
        shown = b""
        while b"faraway" not in shown or b"2/2" not in shown:
            shown += os.read(ours, 65_536)
        os.write(ours, b"\x11")  # ctrl+q
        while piece := read(ours):
            shown += piece
        assert dashboard.wait(30) == 0
    os.close(ours)
    assert served.poll() is None


def read(terminal):
    """What the dashboard still writes; nothing once it has ended."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
