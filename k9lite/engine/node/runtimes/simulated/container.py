"""One simulated container: its process, its log, its end."""

import asyncio
import weakref
from collections.abc import Callable
from functools import cached_property

from msgspec.structs import replace

from k9lite.aio.clock import Clock, Timer
from k9lite.aio.network import Network
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.client.streams import Usage
from k9lite.engine.node.runtimes.protocol import (
    CommandNotFound,
    ContainerConfig,
    ContainerRecord,
    ImageRecord,
    RuntimeFailure,
    SandboxConfig,
    StartError,
)
from k9lite.engine.node.runtimes.simulated.attached import Attached
from k9lite.engine.node.runtimes.simulated.behaviour import behaviour
from k9lite.engine.node.runtimes.simulated.files import Files
from k9lite.engine.node.runtimes.simulated.images import simulated_image
from k9lite.engine.node.runtimes.simulated.kernel_files import kernel_files
from k9lite.engine.node.runtimes.simulated.logs import LogBuffer
from k9lite.engine.node.runtimes.simulated.machine import CannotFork, Machine, Resolve
from k9lite.engine.node.runtimes.simulated.memory import Memory
from k9lite.engine.node.runtimes.simulated.pipes import Empty, Outlet, Pipe
from k9lite.engine.node.runtimes.simulated.process import KILL, SIGNALS, TERM, Process, Program
from k9lite.engine.node.runtimes.simulated.processor import CpuTime, Processor

START_SECONDS, SPAWN_SECONDS = 0.06, 0.02  # what runc takes to start a container; until its process does something
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
START_FAILED = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: "
)
LONGEST_MESSAGE = 4096  # bytes of a termination message
LOG_LINES, LOG_BYTES = 80, 2048  # of the log, where it stands in for the message
MEGABYTE = 1024 * 1024
LINES_PER_STEP = 16  # that a log takes


class SimulatedContainer:
    """`ended` is called once, when its process has ended."""

    def __init__(
        self,
        id: str,
        config: ContainerConfig,
        sandbox: SandboxConfig,
        address: str,
        image: ImageRecord,
        clock: Clock,
        randomness: Randomness,
        network: Network,
        resolve: Resolve,
        tasks: TaskSet,
        ended: Callable[[], None],
        processor: Processor,
    ) -> None:
        self._config, self._sandbox, self._clock, self._tasks, self._ended = config, sandbox, clock, tasks, ended
        self._image = simulated_image(config.image)
        self.logs = LogBuffer(clock)
        self.record = ContainerRecord(
            id,
            config.name,
            image.name,
            f"{image.name.partition('@')[0].rpartition(':')[0]}@{image.digest}",
            config.attempt,
            config.identity,
            "created",
            clock.now(),
        )
        self._randomness, self._network, self._resolve, self._address = randomness, network, resolve, address
        self._process: Process | None = None
        self._stdin = Pipe() if config.stdin else None
        self._watchers: list[Attached] = []
        self._processor, self._out_of_memory = processor, False

    @cached_property
    def machine(self) -> Machine:
        # Made of weak references: no cycle may keep a container that is gone until the garbage collector comes.
        container = weakref.proxy(self)
        key = f"{self._sandbox.uid}/{self._config.name}"
        machine = Machine(
            self._sandbox.hostname,
            self._sandbox.namespace,
            self._sandbox.node,
            self._address,
            self._config.image,
            self._randomness.uuid("unique", key, self._config.attempt),
            Files(self._image.files, self._config.mounts, read_only=self._config.read_only),
            self._clock,
            self._network,
            self._randomness,
            self._resolve,
            self.logs.write_line,
            self._tasks.start,
            self._image.find,
            self._config.ports,
            self._config.udp_ports,
            self._config.probed_ports,
            self._config.runs_to_completion,
            user=self._config.user,
            group=self._config.group,
            memory=Memory(self._config.memory, lambda: container._exhaust()),
        )
        machine.cpu = CpuTime(self._processor, self._clock, self._config.cpu)
        sysctls, weak = self._sandbox.sysctls, weakref.proxy(machine)
        machine.files.kernel = lambda: kernel_files(weak, sysctls, lambda: container._config.cpu_request)
        return machine

    async def start(self) -> None:
        """Start the process. StartError, in containerd's words."""
        argv = self._image.argv(self._config.command, self._config.args)
        await self._clock.delay(START_SECONDS)
        program = self._image.find(argv[0]) if argv else None
        if program is None:
            raise self._start_failed(argv)
        self.record = replace(self.record, state="running", started=self._clock.now())
        self._process = self._new_process(argv)
        self._process.stdin = self._stdin or Empty()
        self._process.stdout, self._process.stderr = self._output("stdout", 1), self._output("stderr", 2)
        self._process.when_over(self._over)
        self._process.launch(self._guarded(program), self._tasks.start)

    def exec(self, command: list[str], tty: bool) -> Attached:
        """Run a command beside the container's process. CommandNotFound."""
        if self._process is None or self.record.state != "running":
            raise RuntimeFailure(f"container is in CONTAINER_{self.record.state.upper()} state")
        program = self._image.find(command[0]) if command else None
        if program is None:
            name = command[0] if command else ""
            raise CommandNotFound(
                f'OCI runtime exec failed: exec failed: unable to start container process: exec: "{name}": '
                f"{_not_found(name)}"
            )
        process = self._new_process(list(command))
        process.tty = tty
        stdin = Pipe()
        attached = Attached(process, stdin)
        process.stdin = stdin
        process.stdout, process.stderr = attached.writer(1), attached.writer(2)
        try:
            process.launch(program, self._tasks.start)
        except CannotFork:
            raise CommandNotFound(
                "OCI runtime exec failed: exec failed: unable to start container process: "
                f'fork/exec "{command[0]}": resource temporarily unavailable'
            ) from None
        return attached

    def attach(self) -> Attached:
        """Join the process: what it writes from now on, and its input if it has one."""
        assert self._process is not None
        attached = Attached(self._process, self._stdin, owner=False)
        self._watchers.append(attached)
        return attached

    async def stop(self, grace: float) -> None:
        """Ask, wait, kill."""
        if self._process is None or self.record.state != "running":
            return
        name = self._config.stop_signal.removeprefix("SIG")
        self._process.kill(SIGNALS.get(name, TERM))
        waiting = asyncio.ensure_future(self._clock.delay(grace))
        gone = asyncio.ensure_future(self._process.wait())
        try:
            await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            gone.cancel()
        await self.kill()

    async def kill(self) -> None:
        if self._process is not None and self.record.state == "running":
            self._process.end(128 + KILL)
            await self._process.wait()

    def crash(self, exit_code: int) -> None:
        if self._process is not None:
            self._process.end(exit_code)

    def resize(self, memory: int, cpu: float, cpu_request: float) -> None:
        """Other limits from now on; what holds more than it may is ended."""
        self._config = replace(self._config, memory=memory, cpu=cpu, cpu_request=cpu_request)
        self.machine.cpu.limit, self.machine.memory.limit = cpu, memory

    def _exhaust(self) -> None:
        """It wanted more memory than it may have: the kernel ends it all."""
        self._out_of_memory = True
        self.crash(128 + KILL)

    def hang(self, hanging: bool) -> None:
        self.machine.hanging = hanging
        if self._process is not None:
            self._process.hanging = hanging

    def usage(self) -> Usage:
        """What annotations of the pod say, else made up, but steady: thousandths of a core, some megabytes."""
        demanded = behaviour(self._sandbox.annotations)
        part = self._randomness.fraction("usage", self.record.id, int(self._clock.now() // 15))
        base = self._randomness.number("memory", self.record.id) % 24
        cpu = 0.001 + 0.004 * part if demanded.cpu_use is None else demanded.cpu_use
        megabytes = 8 + base + 2 * part if demanded.memory_use is None else demanded.memory_use
        return Usage(cpu, int(megabytes * MEGABYTE))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _guarded(self, program: Program) -> Program:
        """The container's own program, and what happens when it has ended."""

        wanted = behaviour(self._sandbox.annotations)

        async def run(process: Process) -> int:
            timers: list[Timer] = []
            try:
                await self._clock.delay(SPAWN_SECONDS)
                if wanted.exit_after is not None:
                    timers.append(self._clock.call_later(wanted.exit_after, lambda: process.end(wanted.exit_code)))
                if wanted.log_every is not None:
                    self._chatter(wanted.log_every, timers)
                if wanted.start_delay:
                    await self._clock.sleep(wanted.start_delay)
                return await program(process)
            finally:
                for timer in timers:
                    timer.cancel()
                await self.machine.close()

        return run

    def _chatter(self, pace: float, timers: list[Timer]) -> None:
        """Write a line now and then, until its timer in `timers` is cancelled."""
        slot, number = len(timers), 0

        def speak() -> None:
            nonlocal number
            number += 1
            self.machine.log(f"line {number}")
            timers[slot] = self._clock.call_later(pace, speak)

        timers.append(self._clock.call_later(pace, speak))

    def _output(self, stream: str, number: int) -> Outlet:
        async def take(data: bytes) -> None:
            await self.machine.cpu.spend(data.count(b"\n") // LINES_PER_STEP)
            self.logs.write(data, stream)
            for watcher in self._watchers:
                watcher.take(number, data)

        return Outlet(take)

    def _over(self) -> None:
        """The process has ended: nothing else in the container outlives it."""
        assert self._process is not None
        assert self._process.exit_code is not None
        if self.machine.processes:
            self._tasks.start(self.machine.end(128 + KILL), f"end of {self._config.name}")
        # What refers back here is let go, so that the memory of what has ended is free at once.
        self._process.stdout = self._process.stderr = Empty()
        self.machine.memory.exhausted = lambda: None
        code = self._process.exit_code
        self.logs.end()
        reason = "OOMKilled" if self._out_of_memory else "Error" if code else "Completed"
        self.record = replace(
            self.record,
            state="exited",
            finished=self._clock.now(),
            exit_code=code,
            reason=reason,
            message=self._message(code),
        )
        self._ended()

    def _message(self, code: int) -> str:
        files, path = self.machine.files, self._config.termination_log
        text = files.read(path).decode(errors="replace") if files.is_file(path) else ""
        if not text and code and self._config.logs_as_message:
            return self.logs.tail(LOG_LINES, LOG_BYTES)
        return text[-LONGEST_MESSAGE:]

    def _new_process(self, argv: list[str]) -> Process:
        home = {"PATH": PATH, "HOSTNAME": self._sandbox.hostname, "HOME": "/root"}
        folder = self._config.working_folder or "/"
        return Process(self.machine, argv, {**home, **self._config.environment}, folder, tty=self._config.tty)

    def _start_failed(self, argv: list[str]) -> StartError:
        name = argv[0] if argv else ""
        error = f'{START_FAILED}exec: "{name}": {_not_found(name)}: unknown'
        now = self._clock.now()
        self.record = replace(
            self.record, state="exited", started=0.0, finished=now, exit_code=128, reason="StartError", message=error
        )
        self.logs.end()
        return StartError(error)


def _not_found(name: str) -> str:
    """A name is looked for in $PATH, a path is just not there."""
    return f"stat {name}: no such file or directory" if "/" in name else "executable file not found in $PATH"
