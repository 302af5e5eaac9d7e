"""A k9lite in a process of its own, and every kubectl that is on this machine."""

import re
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Kubectl:
    path: Path
    version: str  # e.g. 1.33


@cache
def installed() -> list[Kubectl]:
    """The kubectl on the PATH, and others that lie beside the file it links to."""
    default = shutil.which("kubectl")
    if default is None:
        return []
    found = {}
    for path in (Path(default), *sorted(Path(default).resolve().parent.glob("kubectl.*"))):
        said = subprocess.run([path, "version", "--client"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"v(1\.\d+)\.", said)
        if version is not None:
            found.setdefault(version[1], Kubectl(path, version[1]))
    return list(found.values())


class Served:
    """A running `k9lite serve`; `kubeconfig` leads to it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._reader: threading.Thread | None = None
        manifests = folder / "manifests"
        manifests.mkdir()
        command = [sys.executable, "-m", "k9lite", "serve", str(manifests), "--state-folder", str(folder / "state")]
        self.process = subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        found = re.search(r"(/\S*kubeconfig)", first)
        if found is None:
            self.process.terminate()
            more = self.process.stdout.read()
            self.close()
            raise AssertionError(f"no kubeconfig in: {first}{more}")
        self.kubeconfig = found[1]
        # What it tells must not fill the pipe: it would wait for a reader for ever.
        self._reader = threading.Thread(target=self.process.stdout.read)
        self._reader.start()

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            assert self.process.stdout is not None
            if self._reader is not None:
                self._reader.join(10)
            self.process.stdout.close()
