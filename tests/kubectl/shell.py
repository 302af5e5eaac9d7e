"""One kubectl, one namespace: commands that must succeed or fail, and commands that go on."""

import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serving import Kubectl, Served

PATIENCE = 60  # seconds; no command of these tests needs more than a few


class Shell:
    """Call it with the words of a command; what it answers, both streams in one."""

    def __init__(self, served: Served, kubectl: Kubectl, folder: Path) -> None:
        self.namespace = f"n{uuid.uuid4().hex[:8]}"
        self.folder = folder
        self._kubectl = [str(kubectl.path), "--kubeconfig", served.kubeconfig, "--cache-dir", str(folder / ".cache")]
        self._environment = {**os.environ, "TERM": "dumb"}
        self("create", "namespace", self.namespace)
        self("wait", "--for=jsonpath={.metadata.name}=default", "serviceaccount/default")

    def command(self, *words: str) -> list[str]:
        return [*self._kubectl, "-n", self.namespace, *words]

    def __call__(self, *words: str, stdin: str = "", exit: int = 0, **environment: str) -> str:
        done = subprocess.run(
            self.command(*words),
            input=stdin,
            text=True,
            timeout=PATIENCE,
            cwd=self.folder,
            check=False,
            env=self._environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == exit, f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}"
        return done.stdout

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A command that goes on until the test has seen enough."""
        process = subprocess.Popen(
            self.command(*words),
            cwd=self.folder,
            text=True,
            env=self._environment,
            bufsize=1,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def read_until(process: subprocess.Popen[str], pattern: str) -> list[str]:
    """The lines up to the first that matches."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if re.search(pattern, line):
            return lines
    raise AssertionError(f"no {pattern!r} in: {''.join(lines)}")
