"""A container alone, to run scripts in."""

from k9lite.aio.clock import ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api.dns import NOBODY
from k9lite.engine.node.runtimes.simulated.files import Files
from k9lite.engine.node.runtimes.simulated.images import simulated_image
from k9lite.engine.node.runtimes.simulated.machine import Machine
from k9lite.engine.node.runtimes.simulated.memory import Memory
from k9lite.engine.node.runtimes.simulated.pipes import Into, Pipe
from k9lite.engine.node.runtimes.simulated.process import KILL, Process


class Container:
    """A process of its own in a machine of its own."""

    def __init__(self, clock: ManualClock, tasks: TaskSet, image: str = "nginx") -> None:
        self.clock, self.tasks = clock, tasks
        self.network = MemoryNetwork()
        self.image = simulated_image(image)
        self.machine = Machine(
            "web-0",
            "default",
            "worker",
            "127.244.1.2",
            image,
            "uuid",
            Files(self.image.files, {}),
            clock,
            self.network,
            Randomness(1),
            lambda name, type: NOBODY,
            lambda text: None,
            tasks.start,
            self.image.find,
        )
        self.output, self.errors, self.out_of_memory = bytearray(), bytearray(), False
        self.machine.memory = Memory(0, self.exhaust)

    def exhaust(self) -> None:
        """What the kernel does to a container whose memory is used up."""
        self.out_of_memory = True
        for process in list(self.machine.processes.values()):
            process.end(128 + KILL)

    def start(self, *argv: str, stdin: bytes = b"") -> Process:
        process = Process(
            self.machine,
            list(argv),
            {"COLOR": "blue", "HOME": "/root"},
            "/",
            Pipe(stdin, closed=True),
            Into(self.output.extend),
            Into(self.errors.extend),
        )
        program = self.image.find(argv[0])
        assert program is not None
        process.launch(program, self.tasks.start)
        return process

    async def run(self, script: str, stdin: bytes = b"", shell: str = "sh") -> tuple[str, int | None]:
        process = self.start(shell, "-c", script, stdin=stdin)
        await self.clock.advance(100)
        return (self.output + self.errors).decode(), process.exit_code
