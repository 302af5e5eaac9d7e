"""Files and commands that an awk program writes to and reads from."""

from k9lite.engine.node.runtimes.simulated.files import absolute
from k9lite.engine.node.runtimes.simulated.pipes import Collector, Outlet, Pipe, Reader, Writer
from k9lite.engine.node.runtimes.simulated.process import KILL, Process
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.records import Records
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import AwkError
from k9lite.engine.node.runtimes.simulated.shell.devices import opened

MOST_OPEN = 64  # files and commands


class Streams:
    """By their name, until they are closed."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._writers: dict[str, Writer] = {}
        self._readers: dict[str, Records] = {}
        self._commands: dict[str, Process] = {}

    async def writer(self, operator: str, name: str) -> Writer:
        """Where print writes behind > >> or |."""
        if name in ("/dev/stdout", "-", "/dev/stderr"):
            return self._process.stderr if name == "/dev/stderr" else self._process.stdout
        if name not in self._writers:
            self._check()
            self._writers[name] = self._command(name) if operator == "|" else self._file(name, operator == ">>")
        return self._writers[name]

    async def records(self, name: str, *, command: bool) -> Records:
        """What getline reads. NoFile."""
        if name not in self._readers:
            self._check()
            reader: Reader
            if command:
                output = Collector(self._process.machine.memory)
                await self._start(name, self._process.stdin, output).wait()
                reader = Pipe(bytes(output.data), closed=True)
            elif name == "-":
                reader = self._process.stdin
            else:
                reader = opened(self._process.machine, absolute(name, self._process.folder))
            self._readers[name] = Records(self._process, reader)
        return self._readers[name]

    async def run(self, command: str) -> int:
        """system(): the status of a command that writes where awk does."""
        child = self._start(command, self._process.stdin, self._process.stdout)
        try:
            return await child.wait()
        finally:
            child.kill(KILL)

    async def close(self, name: str) -> float:
        """0, or -1 where nothing of that name is open."""
        reader, writer = self._readers.pop(name, None), self._writers.pop(name, None)
        if writer is not None:
            writer.close()
        child = self._commands.pop(name, None)
        if child is not None:
            return float(await child.wait())
        return -1.0 if reader is None and writer is None else 0.0

    async def close_all(self) -> None:
        for name in list(self._writers):
            await self.close(name)

    def _check(self) -> None:
        if len(self._writers) + len(self._readers) >= MOST_OPEN:
            raise AwkError("too many open files")

    def _file(self, name: str, append: bool) -> Writer:
        files, path = self._process.machine.files, absolute(name, self._process.folder)
        files.write(path, b"", append)

        async def put(data: bytes) -> None:
            files.write(path, data, append=True)

        return Outlet(put)

    def _command(self, command: str) -> Writer:
        pipe = Pipe()
        self._commands[command] = self._start(command, pipe, self._process.stdout)
        return pipe

    def _start(self, command: str, stdin: Reader, stdout: Writer) -> Process:
        process = self._process
        program = process.machine.find("sh")
        if program is None:
            raise AwkError("no shell")
        child = Process(
            process.machine, ["sh", "-c", command], process.environment, process.folder, stdin, stdout, process.stderr
        )
        child.launch(program, process.machine.start)
        return child
