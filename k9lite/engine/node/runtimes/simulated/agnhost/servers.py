"""Subcommands that serve until they are told to end."""

import ssl
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from k9lite.engine.node.runtimes.simulated import certificates
from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.http_server import Answer, Request, Response, serve
from k9lite.engine.node.runtimes.simulated.process import SIGNALS, TERM, Exit, Process, forever
from k9lite.engine.node.runtimes.simulated.protocols import encrypted
from k9lite.engine.node.runtimes.simulated.servers import listen

HEALTHY_SECONDS = 10.0  # that `liveness` keeps well


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


async def serve_https(process: Process, port: int, answer: Answer) -> int:
    """Answer on `port` over TLS, forever, with the certificate that the flags name, else with one of its own."""
    end_on_signals(process)
    context = await context_of(process)
    await listen(process, port, encrypted(serve(answer), lambda: context))
    await forever()
    return 0


async def context_of(process: Process) -> ssl.SSLContext:
    """What `--tls-cert-file` and `--tls-private-key-file` hold; the process ends where that is of no use."""
    given, _ = flags.read(process.argv[2:])
    if "tls-cert-file" not in given:
        return certificates.own()
    try:
        return certificates.context(
            *(process.machine.files.read(absolute(given.get(name, ""), process.folder)) for name in TLS_FILES)
        )
    except (NoFile, certificates.BadCertificate) as error:
        await process.complain(f"open {given['tls-cert-file']}: {str(error).lower()}")
        raise Exit(1) from None


TLS_FILES = ("tls-cert-file", "tls-private-key-file")


async def serve_hostname(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    name = process.machine.hostname.encode()
    return await serve_http(process, flags.number(given, "port", 9376), lambda request: Response(body=name))


def redirect(request: Request) -> Response:
    """To what `location` says, or `loc`, with the status `code`."""
    query = dict(parse_qsl(urlsplit(request.path).query))
    location, code = query.get("location") or query.get("loc", ""), query.get("code", "302")
    status = int(code) if code.isdigit() and 300 <= int(code) < 400 else 302
    body = f'<a href="{location}">{HTTPStatus(status).phrase}</a>.\n\n'.encode()
    return Response(status, body, "text/html; charset=utf-8", location=location)


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
