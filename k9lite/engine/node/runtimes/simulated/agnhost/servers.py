"""Subcommands that serve until they are told to end."""

from urllib.parse import parse_qsl, unquote, urlsplit

from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.http_server import Answer, Request, Response, serve
from k9lite.engine.node.runtimes.simulated.process import SIGNALS, TERM, Process, forever
from k9lite.engine.node.runtimes.simulated.servers import listen

HEALTHY_SECONDS = 10.0  # that `liveness` keeps well
_PORTER = "SERVE_PORT_"


def end_on_signals(process: Process) -> None:
    """A Go program that handles no signal is ended by them, unless it is process 1: agnhost sees to that itself."""
    process.handlers[SIGNALS["INT"]] = lambda: process.end(1)
    process.handlers[TERM] = lambda: process.end(2)


async def pause(process: Process) -> int:
    end_on_signals(process)
    await process.say("Paused\n")
    await forever()
    return 0


async def serve_http(process: Process, port: int, answer: Answer) -> int:
    """Answer on `port`, forever."""
    end_on_signals(process)
    await listen(process, port, serve(answer))
    await forever()
    return 0


async def serve_hostname(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    name = process.machine.hostname.encode()
    return await serve_http(process, flags.number(given, "port", 9376), lambda request: Response(body=name))


def redirect(request: Request) -> Response:
    """To what `loc` says."""
    location = dict(parse_qsl(urlsplit(request.path).query)).get("loc", "")
    body = f'<a href="{location}">Found</a>.\n\n'.encode()
    return Response(302, body, "text/html; charset=utf-8", location=location)


async def liveness(process: Process) -> int:
    clock = process.machine.clock
    started = clock.now()

    def answer(request: Request) -> Response:
        age = clock.now() - started
        if urlsplit(request.path).path == "/redirect":
            return redirect(request)
        if urlsplit(request.path).path == "/started":
            return Response(body=f"{age:f}s".encode())
        if age > HEALTHY_SECONDS:
            return Response(500, f"error: {age:f}".encode())
        return Response(body=b"ok")

    return await serve_http(process, 8080, answer)


async def test_webserver(process: Process) -> int:
    """Serves the container's own files."""
    given, _ = flags.read(process.argv[2:])
    files = process.machine.files

    def answer(request: Request) -> Response:
        path = absolute("." + unquote(urlsplit(request.path).path), "/")
        if files.is_folder(path):
            lines = "".join(f'<a href="{name}">{name}</a>\n' for name in files.names(path))
            return Response(body=f"<pre>\n{lines}</pre>\n".encode(), type="text/html; charset=utf-8")
        try:
            return Response(body=files.read(path))
        except NoFile:
            return Response(404, b"404 page not found\n")

    return await serve_http(process, flags.number(given, "port", 80), answer)


async def porter(process: Process) -> int:
    """Listens on every port that the environment names, and says there what the environment wants said."""
    end_on_signals(process)
    for name, text in process.environment.items():
        port = name.removeprefix(_PORTER)
        if port != name and port.isdigit():
            await listen(process, int(port), serve(_saying(text.encode())))
    await forever()
    return 0


def _saying(body: bytes) -> Answer:
    return lambda request: Response(body=body)
