"""What a user is told when something is broken: where, and what to do; never a traceback."""

import errno
import logging
import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from k9lite.__main__ import main
from k9lite.aio.randomness import Randomness
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.cli import check, dashboard, samples, troubles
from k9lite.cli.commands import Failure
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer
from k9lite.engine.node.streams import NodeStreams
from k9lite.engine.store.journal import SqliteJournal
from k9lite.manifests.sync import FolderSync


@pytest.fixture(scope="module")
def k9lite() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command in a process of its own, with `state` as its state folder; none outlives the tests."""
    with ExitStack() as started:

        def start(*words: str, state: Path, env: dict[str, str] | None = None, **more) -> subprocess.Popen[str]:
            environment = os.environ | {"K9LITE_STATE_FOLDER": str(state)} | (env or {})
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
            process = subprocess.Popen([sys.executable, "-m", "k9lite", *words], env=environment, text=True, **pipes)
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "manifests"
    path.mkdir()
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, k9lite) -> Path:
    """The state folder of a kept cluster that has ended."""
    state, folder = tmp_path_factory.mktemp("state"), tmp_path_factory.mktemp("empty")
    serving = k9lite("serve", str(folder), "--name", "kept", "--api-port", "0", state=state)
    assert serving.stdout is not None
    serving.stdout.readline()
    serving.send_signal(signal.SIGINT)
    assert serving.communicate(timeout=20)
    assert serving.returncode == 0
    return state


def test_an_error_inside_is_a_line_for_the_user_and_a_traceback_in_the_log(tmp_path, monkeypatch, capsys):
    def fails(arguments):
        raise KeyError("spec")

    monkeypatch.setattr(check, "run", fails)
    monkeypatch.setattr("k9lite.__main__.default_state_folder", lambda: tmp_path)
    assert main(["check"]) == 2
    told = capsys.readouterr().err
    log = tmp_path / troubles.FILE
    assert told == f"k9lite: cannot go on: KeyError: 'spec' (an error in k9lite itself; the details are in {log})\n"
    assert "Traceback" in log.read_text()


def test_the_log_of_a_crash_is_in_the_folder_of_the_command(tmp_path, monkeypatch, capsys):
    def fails(*arguments):
        raise KeyError("spec")

    monkeypatch.setattr(FolderSync, "look", fails)
    assert main(["converge", str(tmp_path), "--state-folder", str(tmp_path / "own")]) == 2
    assert capsys.readouterr().err.endswith(
        f"(an error in k9lite itself; the details are in {tmp_path}/own/k9lite.log)\n"
    )
    assert "Traceback" in (tmp_path / "own" / troubles.FILE).read_text()


def test_a_lack_of_rights_is_no_error_inside(monkeypatch, capsys):
    def forbidden(arguments):
        raise PermissionError(errno.EACCES, "Permission denied", "/root/x")

    monkeypatch.setattr(check, "run", forbidden)
    assert main(["check"]) == 2
    assert capsys.readouterr().err == "k9lite: /root/x: Permission denied\n"


def test_one_kind_of_error_is_told_once(tmp_path):
    told: list[str] = []
    with troubles.told(tmp_path, told.append):
        for _ in range(3):
            logging.getLogger("k9lite.part").error("pod a crashed", exc_info=ValueError("no"))
        logging.getLogger("k9lite.part").warning("slow")
    assert len(told) == 1
    assert (tmp_path / troubles.FILE).read_text().count("pod a crashed") == 3
    assert "slow" in (tmp_path / troubles.FILE).read_text()


def test_a_log_that_cannot_be_written_disturbs_nobody(capsys):
    told: list[str] = []
    with troubles.told(Path("/dev/null/nowhere"), told.append):
        logging.getLogger("k9lite.part").error("pod a crashed")
    assert told
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("cluster.json", b"no json"),
        ("cluster.json", b'{"seed": 3}'),
        ("cluster.json", b""),
        ("journal.sqlite", b"no database" * 1000),
    ],
)
def test_a_damaged_cluster_is_named_with_the_way_out(kept, k9lite, folder, tmp_path, file, content):
    state = tmp_path / "state"
    shutil.copytree(kept, state)
    damaged = state / "clusters" / "kept" / file
    damaged.write_bytes(content)
    serving = k9lite("serve", str(folder), "--name", "kept", state=state)
    _, err = serving.communicate(timeout=20)
    assert serving.returncode == 2
    assert err.startswith(f"k9lite: the cluster cannot start: {damaged}: ")
    assert "`k9lite clusters rm kept` gives up what was kept" in err
    assert "Traceback" not in err


def test_a_state_folder_that_others_may_write_to_is_refused_in_words(k9lite, folder, tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(0o777)
    serving = k9lite("serve", str(folder), state=state)
    told = f"{state}: others may write to it (mode 777); `chmod -R go-w {state}` ends that"
    assert serving.communicate(timeout=20)[1] == (
        f"k9lite: the cluster cannot start: {told}; --state-folder DIR keeps its files elsewhere\n"
    )
    assert serving.returncode == 2


def test_a_planted_token_is_refused_in_words(kept, k9lite, folder, tmp_path):
    state = tmp_path / "state"
    shutil.copytree(kept, state)
    token = state / "clusters" / "kept" / "token"
    token.chmod(0o666)
    for words in (("serve", str(folder)), ("image", "ls")):
        command = k9lite(*words, "--name", "kept", state=state)
        assert f"{token}" in (told := command.communicate(timeout=20)[1])
        assert "others may write to it (mode 666)" in told
        assert command.returncode == 2


@pytest.mark.parametrize("file", ["ca.crt", "server.crt", "server.key", "token", "kubeconfig"])
def test_damaged_credentials_are_made_anew(kept, k9lite, folder, tmp_path, file):
    state = tmp_path / "state"
    shutil.copytree(kept, state)
    (state / "clusters" / "kept" / file).write_text("garbage")
    serving = k9lite("serve", str(folder), "--name", "kept", "--api-port", "0", state=state)
    assert serving.stdout is not None
    assert serving.stdout.readline() == f"{state}/clusters/kept/kubeconfig\n"
    listing = k9lite("image", "ls", "--name", "kept", state=state)
    assert listing.communicate(timeout=20) == ("", "")
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(timeout=20) == 0


def test_a_reader_that_has_seen_enough_ends_it_quietly(k9lite, folder, tmp_path):
    serving = k9lite("serve", str(folder), "--no-api", state=tmp_path)
    assert serving.stdout is not None
    assert serving.stderr is not None
    serving.stdout.readline()
    serving.stdout.close()
    (folder / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    assert serving.wait(timeout=20) == 128 + signal.SIGPIPE
    assert serving.stderr.read() == ""


def test_what_the_terminal_cannot_show_is_spelled_out(k9lite, folder, tmp_path):
    (folder / "ü.yaml").write_text("kind: ö")
    checking = k9lite("check", str(folder), state=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    out, err = checking.communicate(timeout=20)
    assert out.startswith("\\xfc.yaml:1:1: ")
    assert "Traceback" not in err


def test_no_name_steers_the_terminal(folder, capsys):
    (folder / "a\n\x1b[2J\u202eb.yaml").write_text("kind: [")
    assert main(["check", str(folder)]) == 1
    assert capsys.readouterr().out.startswith("a\\n\\x1b[2J\\u202eb.yaml:1:")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(k9lite, folder, tmp_path):
    with Path("/dev/full").open("w") as full:
        checking = k9lite("check", str(folder / "none.yaml"), state=tmp_path)
        assert checking.communicate(timeout=20)[1] == f"k9lite: there is no folder {folder}/none.yaml\n"
        (folder / "a.yaml").write_text("kind: ö")
        checking = k9lite("check", str(folder), state=tmp_path, stdout=full, env={"HOME": str(tmp_path)})
        _, err = checking.communicate(timeout=20)
    assert checking.returncode == 2
    assert "No space left on device" in err
    assert "Traceback" not in err


def test_samples_that_cannot_be_copied_leave_no_half_of_them(tmp_path, monkeypatch):
    copied: list[Path] = []

    def write(path: Path, content: bytes) -> int:
        if copied:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        copied.append(path)
        return 0

    monkeypatch.setattr(Path, "write_bytes", write)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure, match=f"cannot write {tmp_path}/samples/.*: No space left on device"):
        samples.chosen(tmp_path)
    assert copied
    assert not (tmp_path / "samples").exists()


async def test_a_write_that_cannot_be_kept_is_refused(clock, tmp_path):
    class Full(SqliteJournal):
        async def settled(self) -> None:
            raise OSError("the cluster cannot be kept on disk: database or disk is full")

    journal = Full(tmp_path / "journal.sqlite")
    client = LocalClient(ApiServer(clock, Randomness("full"), journal=journal), NodeStreams({}), durable=True)
    body = {"metadata": {"name": "a"}}
    with pytest.raises(StatusError, match="true in memory only"):
        await client.create(kinds.PRIORITY_CLASS, {**body, "value": 1})
    journal.close()


def test_a_deleted_working_folder_is_told(tmp_path, monkeypatch, capsys):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["check", "."]) == 2
    assert capsys.readouterr().err == "k9lite: the current folder has been deleted; change to another one\n"


def test_the_dashboard_needs_a_terminal(k9lite, folder, tmp_path):
    dashboard = k9lite(str(folder), state=tmp_path)
    _, err = dashboard.communicate(timeout=20)
    assert (dashboard.returncode, err) == (
        2,
        "k9lite: the dashboard needs a terminal; without one, `k9lite serve` runs the same cluster\n",
    )


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_converge_with_nothing_left(k9lite, folder, tmp_path, by):
    (folder / "a.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nosuch}]}\n"
    )
    state = tmp_path / "state"
    converging = k9lite("converge", str(folder), state=state)
    while not (state / "clusters" / "k9lite" / "lock").exists():
        time.sleep(0.05)
    time.sleep(0.3)
    converging.send_signal(by)
    _, err = converging.communicate(timeout=20)
    assert converging.returncode == 128 + by
    assert err == ""


def test_a_terminal_without_a_screen_is_told(monkeypatch):
    near, far = pty.openpty()
    with open(far, closefd=True) as terminal, open(near, closefd=True):
        for stream in ("stdin", "stdout", "stderr"):
            monkeypatch.setattr(sys, stream, terminal)
        monkeypatch.setenv("TERM", "dumb")
        with pytest.raises(Failure, match="TERM=dumb has no screen; `k9lite serve`"):
            dashboard.check_terminal()


def test_a_terminal_that_does_not_say_its_size_gets_the_usual_one(monkeypatch):
    near, far = pty.openpty()
    with open(far, closefd=True) as terminal, open(near, closefd=True):
        termios.tcsetwinsize(far, (0, 0))
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "200")
        for stream in ("stdin", "stdout", "stderr"):
            monkeypatch.setattr(sys, stream, terminal)
        dashboard.check_terminal()
        assert termios.tcgetwinsize(far) == (24, 80)
        assert "COLUMNS" not in os.environ
        termios.tcsetwinsize(far, (10, 30))
        dashboard.check_terminal()
        assert termios.tcgetwinsize(far) == (10, 30)
