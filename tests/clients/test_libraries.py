"""Client libraries as people use them: each program lists, watches, patches, reads logs, runs commands, forwards ports.

They run in processes of their own, since some of them leave sockets open behind them.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"


def run(command, kubeconfig, folder):
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "KUBECONFIG": kubeconfig},
        timeout=100,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "done"


@pytest.mark.parametrize("program", ["official", "with_kr8s", "with_lightkube", "with_operator"])
def test_python(program, kubeconfig, tmp_path):
    run([sys.executable, PROGRAMS / f"{program}.py"], kubeconfig, tmp_path)


def test_javascript(kubeconfig, tmp_path):
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("there is no Node.js on this machine")
    for name in ("package.json", "package-lock.json", "official.mjs"):
        shutil.copy(PROGRAMS / name, tmp_path)
    installed = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )
    if installed.returncode:
        pytest.skip(f"npm cannot install the client: {installed.stderr[-300:]}")
    run(["node", "official.mjs"], kubeconfig, tmp_path)
