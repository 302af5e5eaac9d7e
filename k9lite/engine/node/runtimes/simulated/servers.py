"""The servers that simulated images run: they listen, answer HTTP, log, and react to signals as the real ones do."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from k9lite.aio.datagrams import Address
from k9lite.aio.network import Accept, Stream
from k9lite.engine.node.runtimes.simulated.http_server import Answer, Request, Response, serve
from k9lite.engine.node.runtimes.simulated.machine import Machine
from k9lite.engine.node.runtimes.simulated.process import TERM, Exit, Process, forever
from k9lite.engine.node.runtimes.simulated.protocols import any_of_them
from k9lite.engine.node.runtimes.simulated.web_pages import APACHE, NGINX, documents

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Server:
    """ports: where it listens when the pod declares none; answer: None for a server that speaks no HTTP

    graceful: it handles SIGTERM and ends with `exit_code`; others, as process 1, do not notice it
    banner: what it logs when it is up
    names: under which it is started, beside the image's own
    """

    ports: tuple[int, ...] = ()
    answer: Callable[[Machine], Answer] | None = None
    graceful: bool = True
    exit_code: int = 0
    banner: tuple[str, ...] = ()
    logs_requests: bool = True
    names: tuple[str, ...] = ()


def hello_world(machine: Machine) -> Answer:
    """The lecture's application."""
    return lambda request: Response(body=f"Hello World: {machine.unique}\n".encode())


def introduce(machine: Machine) -> Answer:
    """Any other simulated image says who it is."""
    text = f"pod: {machine.hostname}\nnode: {machine.node}\nimage: {machine.image}\n"
    return lambda request: Response(body=text.encode())


def nginx(machine: Machine) -> Answer:
    return documents(machine.files, NGINX, "nginx")


def apache(machine: Machine) -> Answer:
    return documents(machine.files, APACHE, "Apache")


def greet(machine: Machine) -> Answer:
    """The sample application of Google's tutorials."""
    tag = machine.image.rpartition(":")[2]
    version = f"{tag}.0" if tag.count(".") == 1 else "1.0.0"
    text = f"Hello, world!\nVersion: {version}\nHostname: {machine.hostname}\n"
    return lambda request: Response(body=text.encode())


def echo_text(machine: Machine) -> Answer:
    """What the argument -text says."""
    first = machine.processes.get(1)
    words = [word.lstrip("-") for word in first.argv[1:]] if first else []
    given = [word.removeprefix("text=") for word in words if word.startswith("text=")]
    given += [after for word, after in pairwise(words) if word == "text"]
    return lambda request: Response(body=f"{given[-1] if given else ''}\n".encode())


NODE_APP = Server((8080,), hello_world, graceful=False, banner=("listening on port 8080",))
ANYTHING = Server((), introduce)
QUIET = Server((), None)

# By the last part of an image's path.
SERVERS = {
    "node-app": NODE_APP,
    "nginx": Server((80,), nginx, banner=("Configuration complete; ready for start up",)),
    "nginx-slim": Server((80,), nginx, names=("nginx",)),
    "hello": Server((80,), introduce),
    "httpd": Server((80,), apache, names=("httpd-foreground",)),
    "caddy": Server((80,), introduce),
    "traefik": Server((80, 8080), introduce),
    "whoami": Server((80,), introduce),
    "haproxy": Server((), None),
    "tomcat": Server((8080,), introduce, exit_code=143, names=("catalina.sh",)),
    "wordpress": Server((80,), introduce, names=("apache2-foreground",)),
    "php": Server(
        (80,),
        introduce,
        names=(
            "apache2-foreground",
            "php-fpm",
        ),
    ),
    "gb-frontend": Server((80,), introduce),
    "hello-app": Server((8080,), greet, exit_code=2, banner=("Server listening on port 8080",)),
    "http-echo": Server((5678,), echo_text),
    "echoserver": Server((8080,), introduce),
    "grafana": Server((3000,), introduce),
    "prometheus": Server((9090,), introduce),
    "registry": Server((5000,), introduce, exit_code=2),
    "redis": Server((6379,), banner=("Ready to accept connections tcp",), names=("redis-server",)),
    "memcached": Server((11211,)),
    "mysql": Server((3306,), banner=("ready for connections.",), names=("mysqld",)),
    "mariadb": Server(
        (3306,),
        banner=("ready for connections.",),
        names=(
            "mariadbd",
            "mysqld",
        ),
    ),
    "postgres": Server((5432,), banner=("database system is ready to accept connections",)),
    "mongo": Server((27017,), banner=("Waiting for connections",), names=("mongod",)),
    "rabbitmq": Server((5672, 15672), banner=("Server startup complete",), names=("rabbitmq-server",)),
    "nats": Server((4222, 8222), exit_code=1, banner=("Server is ready",), names=("nats-server",)),
    "pause": QUIET,
}


SIGNALS_OF = {"quit": TERM, "stop": TERM}  # nginx -s


async def run(server: Server, process: Process) -> int:
    """Listen on the pod's declared ports, else on the server's own, until told to end.

    nginx with -s is not a server, but tells the one that is the container's first process what to do.
    """
    machine = process.machine
    if process.argv[0].endswith("nginx") and "-s" in process.argv[1:-1]:
        first, wanted = machine.processes.get(1), process.argv[process.argv.index("-s") + 1]
        if isinstance(first, Process) and wanted in SIGNALS_OF:
            first.kill(SIGNALS_OF[wanted])
        return 0
    if server.graceful:
        process.handlers[TERM] = lambda: process.end(server.exit_code)

    def log(text: str) -> None:
        machine.log(text)

    answer = server.answer(machine) if server.answer else None
    logged = _logging(answer, log if server.logs_requests else None) if answer else None
    for port in _ports(server, machine):
        await listen(process, port, _unless_hanging(machine, _speaking(server, port, logged)))
    for port in machine.udp_ports:
        await serve_datagrams(process, port, lambda data, client: data)
    for line in server.banner:
        log(line)
    await forever()
    return 0


def _ports(server: Server, machine: Machine) -> list[int]:
    """What the container declares, else the server's own; of an unknown one also where probes look."""
    probed = machine.probed_ports if server is ANYTHING else ()
    return list(dict.fromkeys([*(machine.ports or server.ports), *probed]))


def _speaking(server: Server, port: int, answer: Answer | None) -> Accept:
    """A server speaks plain HTTP on its own ports; what it speaks on others is up to its client."""
    if answer is None:
        return _swallow
    return serve(answer) if port in server.ports else any_of_them(answer)


async def listen(process: Process, port: int, accept: Accept) -> None:
    """Listen or die, as servers do."""
    try:
        await process.machine.listen(port, accept)
    except OSError:
        await process.complain(f"listen tcp :{port}: bind: address already in use")
        raise Exit(1) from None


async def serve_datagrams(process: Process, port: int, answer: Callable[[bytes, Address], bytes | None]) -> None:
    """Answer what comes by UDP, until the container ends; None is no answer. Dies where the port is taken."""
    try:
        opened = await process.machine.open_datagrams(port)
    except OSError:
        await process.complain(f"listen udp :{port}: bind: address already in use")
        raise Exit(1) from None

    async def run() -> None:
        try:
            while True:
                data, client = await opened.receive()
                answered = None if process.machine.hanging else answer(data, client)
                if answered is not None:
                    opened.send(answered, client)
        except ConnectionAbortedError:
            return

    process.machine.start(run(), f"UDP port {port} of {process.machine.hostname}")


def _logging(answer: Answer, log: Log | None) -> Answer:
    async def logged(request: Request) -> Response:
        answered = answer(request)
        response = answered if isinstance(answered, Response) else await answered
        if log is not None and not request.headers.get("user-agent", "").startswith("kube-probe/"):
            log(f"{request.peer} {request.method} {request.path} {response.status}")
        return response

    return logged


def _unless_hanging(machine: Machine, accept: Accept) -> Accept:
    async def guarded(stream: Stream) -> None:
        if machine.hanging:
            await forever()
        await accept(stream)

    return guarded


async def _swallow(stream: Stream) -> None:
    """A server whose protocol is not simulated: it listens and says nothing."""
    while await stream.read():
        pass
