"""A `k9lite serve` in a process of its own, for as long as a measurement needs it."""

import asyncio
import re
import sys
from pathlib import Path
from types import TracebackType


class Server:
    """`kubeconfig` leads to it once it is entered. `state`: a folder for everything it keeps."""

    kubeconfig: Path

    def __init__(self, state: Path) -> None:
        self._state = state

    async def __aenter__(self) -> "Server":
        manifests = self._state / "manifests"
        manifests.mkdir(parents=True)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "k9lite",
            "serve",
            str(manifests),
            "--state-folder",
            str(self._state),
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        first = (await self._process.stdout.readline()).decode()
        found = re.search(r"/\S*kubeconfig", first)
        if found is None:
            await self.__aexit__(None, None, None)
            raise RuntimeError(f"the server did not say where its kubeconfig is: {first}")
        self.kubeconfig = Path(found[0])
        self._reading = asyncio.create_task(self._drain(self._process.stdout))
        return self

    async def __aexit__(
        self, type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()

    async def _drain(self, output: asyncio.StreamReader) -> None:
        """What it says is not needed, but must not fill the pipe."""
        while await output.read(65536):
            pass
