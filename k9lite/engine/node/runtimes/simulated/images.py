"""What a simulated image starts, and which commands are in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from k9lite.api import images
from k9lite.engine.node.runtimes.simulated import clients, contents, servers
from k9lite.engine.node.runtimes.simulated.agnhost import agnhost
from k9lite.engine.node.runtimes.simulated.interpreters import INTERPRETERS
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.servers import Server
from k9lite.engine.node.runtimes.simulated.shell.commands import COMMANDS, FOLDERS
from k9lite.engine.node.runtimes.simulated.shell.commands.system import child
from k9lite.engine.node.runtimes.simulated.unknown_programs import unknown_program

SHELLS = {"alpine", "bash", "busybox", "debian", "ubuntu", "curl"}
BARE = {"pause", "whoami", "hello-app", "http-echo", "traefik", "nats", "hello-world"}  # no shell in them
WITHOUT_CURL = {"alpine", "busybox", "debian", "ubuntu"}
SMALL = {"alpine", "busybox", "curl", "node-app"}  # their shell is busybox's, and they have no other


@dataclass(frozen=True, slots=True)
class SimulatedImage:
    """entrypoint, command: what runs where the pod says nothing; entrypoint is a name in `programs`
    files: the image's own files, shared by all its containers
    known: whether `programs` are all there are; in an image that nobody knows a manifest's commands are there too
    """

    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    programs: Mapping[str, Program]
    files: Mapping[str, bytes]
    known: bool = True

    def argv(self, command: tuple[str, ...], args: tuple[str, ...]) -> list[str]:
        """What a container starts: a pod's command replaces both, its args replace the image's command."""
        if command:
            return [*command, *args]
        return [*self.entrypoint, *(args or self.command)]

    def find(self, name: str) -> Program | None:
        """The program that `name` starts."""
        folder, _, last = name.rpartition("/")
        program = self.programs.get(last) if not folder or folder in FOLDERS else None
        return unknown_program if program is None and name and not self.known else program


@lru_cache(maxsize=1024)
def simulated_image(name: str) -> SimulatedImage:
    """The behaviour of the image called `name` (any spelling)."""
    parsed = images.parse(name)
    last = parsed.path.rpartition("/")[2] if parsed else ""
    commands = {} if last in BARE else dict(COMMANDS)
    if last in WITHOUT_CURL:
        commands.pop("curl")
    if last in SMALL or (parsed is not None and "alpine" in (parsed.tag or "")):
        commands.pop("bash", None)
    known = parsed is not None and contents.are_known(parsed)
    files = {f"/bin/{command}": b"\x7fELF" for command in commands}
    files |= {"/etc/os-release": contents.release(last).encode(), "/etc/passwd": PASSWD, **contents.own_files(last)}
    if last in SHELLS or last in INTERPRETERS:
        return SimulatedImage((), ("sh",), {**commands, **INTERPRETERS.get(last, {})}, files, known)
    if last == "agnhost":
        return SimulatedImage(("/agnhost",), ("pause",), commands | {"agnhost": agnhost}, files, known)
    if last == "hello-world":
        return SimulatedImage(("hello",), (), {"hello": _hello}, files, known)
    server = servers.SERVERS.get(last)
    program = last or "server"
    commands |= {name: clients.program(question) for name, question in clients.CLIENTS.get(last, {}).items()}
    names = (program, *server.names) if server else (program,)
    usual = commands.get(program, unknown_program)  # some images are named after a command
    commands |= dict.fromkeys(names, _serving(server) if server else usual) | {ENTRYPOINT: _enter}
    return SimulatedImage((program,), (), commands, files, known)


ENTRYPOINT = "docker-entrypoint.sh"  # what official images start with: it becomes what its arguments say


async def _enter(process: Process) -> int:
    return await child(process, process.argv[1:]) if process.argv[1:] else 0


PASSWD = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"


def _serving(server: Server) -> Program:
    async def program(process: Process) -> int:
        return await servers.run(server, process)

    return program


async def _hello(process: Process) -> int:
    await process.say(
        "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n"
    )
    return 0
