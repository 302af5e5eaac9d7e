"""The commands that speak about clusters in other processes."""

import re
import signal
import subprocess
import sys

import pytest

from k9lite.__main__ import main
from k9lite.cli import clusters
from k9lite.engine.home import Salvaged


@pytest.fixture
def served(tmp_path):
    """A kept cluster in a process of its own; `restart` kills it without a word and starts it again."""
    running = Served(tmp_path)
    yield running
    running.kill(signal.SIGTERM)


class Served:
    def __init__(self, folder):
        self.state = folder / "state"
        self.manifests = folder / "manifests"
        self.manifests.mkdir()
        self.start()

    def start(self):
        command = [sys.executable, "-m", "k9lite", "serve", str(self.manifests), "--name", "shop"]
        options = ["--state-folder", str(self.state), "--api-port", "0"]
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        assert re.search(r"kubeconfig", first), first

    def kill(self, how):
        self.process.send_signal(how)
        self.process.wait(20)
        self.process.stdout.close()

    def restart(self):
        self.kill(signal.SIGKILL)
        self.start()


def k9lite(capsys, *words):
    code = main(list(words))
    output = capsys.readouterr()
    return code, output.out + output.err


def test_images_of_a_kept_cluster_survive_its_sudden_death(served, capsys):
    which = ["--name", "shop", "--state-folder", str(served.state)]
    assert k9lite(capsys, "image", *which, "load", "node-app:v9") == (0, "node-app:v9 is on every node\n")
    served.restart()
    assert k9lite(capsys, "image", *which, "ls") == (0, "node-app:v9\n")
    assert k9lite(capsys, "image", *which, "load", "docker.io/library/node-app:v9")[0] == 0  # the same one
    assert k9lite(capsys, "image", *which, "load", "node_app:v9")[0] == 0  # another one, in spite of its name
    assert k9lite(capsys, "image", *which, "ls") == (0, "node-app:v9\nnode_app:v9\n")
    assert k9lite(capsys, "image", *which, "rm", "node_app:v9")[0] == 0
    assert k9lite(capsys, "image", *which, "rm", "node-app:v9") == (0, "node-app:v9 is gone\n")
    assert k9lite(capsys, "image", *which, "rm", "node-app:v9") == (2, "k9lite: node-app:v9 was not loaded\n")
    assert k9lite(capsys, "image", *which, "load", "app")[0] == 0
    assert k9lite(capsys, "image", *which, "rm", "app:latest") == (0, "app:latest is gone\n")
    code, told = k9lite(capsys, "image", *which, "load", "Not An Image")
    assert code == 2
    assert "is not the name of an image" in told


def test_a_running_cluster_is_listed_and_not_removed(served, capsys):
    state = ["--state-folder", str(served.state)]
    assert k9lite(capsys, "clusters", *state, "ls") == (0, "shop  running\n")
    code, told = k9lite(capsys, "clusters", *state, "rm", "shop")
    assert (code, "is running" in told) == (2, True)
    served.kill(signal.SIGTERM)
    assert k9lite(capsys, "clusters", *state, "rm", "shop") == (0, "removed shop\n")
    assert k9lite(capsys, "clusters", *state, "ls") == (0, "no cluster is kept; `k9lite --name NAME` makes one\n")
    code, told = k9lite(capsys, "clusters", *state, "rm", "shop")
    assert (code, "there is no cluster shop" in told) == (2, True)
    served.start()


def test_a_kubeconfig_is_merged_into_the_users_own(served, capsys, tmp_path, monkeypatch):
    own = tmp_path / "config"
    monkeypatch.setenv("KUBECONFIG", str(own))
    code, told = k9lite(capsys, "kubeconfig", "--name", "shop", "--state-folder", str(served.state), "--merge")
    assert code == 0, told
    assert "current-context: shop" in own.read_text()
    assert own.stat().st_mode & 0o777 == 0o600


def test_a_kubeconfig_that_cannot_be_read_is_left_alone(served, capsys, tmp_path, monkeypatch):
    own = tmp_path / "config"
    own.write_text("clusters: [")
    monkeypatch.setenv("KUBECONFIG", str(own))
    code, told = k9lite(capsys, "kubeconfig", "--name", "shop", "--state-folder", str(served.state), "--merge")
    assert (code, told.count("\n")) == (2, 1)
    assert told.startswith(f"k9lite: {own} was not changed: while parsing")
    assert own.read_text() == "clusters: ["


def test_a_cluster_that_never_ran_has_no_kubeconfig(capsys, tmp_path):
    code, told = k9lite(capsys, "kubeconfig", "--name", "absent", "--state-folder", str(tmp_path))
    assert code == 2
    assert "start one with `k9lite serve`" in told


def test_what_a_repair_loses_is_said():
    whole = Salvaged(3, [], 0, 0)
    assert clusters.losses(whole) == ["kept 3 objects"]
    damaged = Salvaged(2, ["pods default web-1"], 4, 7)
    assert clusters.losses(damaged) == [
        "kept 2 objects",
        "lost pods default web-1",
        "lost 4 objects whose names cannot be read",
        "lost the last writes (7 pages of them)",
    ]
