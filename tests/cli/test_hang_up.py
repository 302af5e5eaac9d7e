"""A terminal that is closed while the dashboard is on it."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios

import pytest

AT_A_TERMINAL = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv[0] = "k9lite"
runpy.run_module("k9lite", run_name="__main__")
"""
# As below make, which keeps the signal to itself.
WITHOUT_ITS_SIGNAL = AT_A_TERMINAL.replace("fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n", "")


@pytest.mark.parametrize("program", [AT_A_TERMINAL, WITHOUT_ITS_SIGNAL], ids=["its own", "a parent's"])
def test_closing_the_terminal_ends_the_dashboard(tmp_path, program):
    (tmp_path / "manifests").mkdir()
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-c", program, str(tmp_path / "manifests")]
    environment = {**os.environ, "K9LITE_STATE_FOLDER": str(tmp_path / "state"), "TERM": "xterm-256color"}
    with subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, start_new_session=True, env=environment
    ) as dashboard:
        os.close(its)
        shown = b""
        while b"Deployments" not in shown:
            shown += os.read(ours, 65_536)
        os.close(ours)  # the kernel sends SIGHUP and, since it might be stopped, SIGCONT
        assert dashboard.wait() == 128 + signal.SIGHUP
    with next((tmp_path / "state").rglob("lock")).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody holds the cluster any more
