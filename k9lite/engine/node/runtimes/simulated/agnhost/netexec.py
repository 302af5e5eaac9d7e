"""The subcommand that lets a test ask a container things over HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from k9lite.aio.clock import within
from k9lite.aio.datagrams import Address
from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import redirect, serve_http, serve_https
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response
from k9lite.engine.node.runtimes.simulated.pipes import Into
from k9lite.engine.node.runtimes.simulated.process import KILL, Process
from k9lite.engine.node.runtimes.simulated.servers import serve_datagrams
from k9lite.engine.node.runtimes.simulated.shell.commands.network import fetch

DIAL_SECONDS = 5.0  # that one attempt at another endpoint may take
EXIT_SECONDS = 0.1  # from the answer to /exit to the end, so that the answer gets out


async def netexec(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    port, udp_port = flags.number(given, "http-port", 8080), flags.number(given, "udp-port", 8081)
    if udp_port >= 0:
        await serve_datagrams(process, udp_port, lambda data, client: answer_datagram(process, data, client))
    process.machine.log(f"Started HTTP server on port {port}")
    serving = serve_https if "tls-cert-file" in given else serve_http
    return await serving(process, port, _Endpoints(process, given.get("http-override", "")).answer)


def answer_datagram(process: Process, data: bytes, client: Address) -> bytes | None:
    """hostname, clientip, or echo and what is to be said."""
    command, _, rest = data.decode(errors="replace").strip().lower().partition(" ")
    match command:
        case "hostname":
            return process.machine.hostname.encode()
        case "clientip":
            return f"{client[0]}:{client[1]}".encode()
        case "echo":
            return rest.encode()
    return None


@dataclass
class _Asked:
    """One request, its query taken apart."""

    request: Request
    query: Mapping[str, list[str]]

    def get(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


class _Endpoints:
    """What netexec answers, by path."""

    def __init__(self, process: Process, override: str) -> None:
        self._process, self._override = process, override

    async def answer(self, request: Request) -> Response:
        parts = urlsplit(self._override or request.path)
        asked = _Asked(request, parse_qs(parts.query, keep_blank_values=True))
        self._process.machine.log(f"{request.method} {request.path}")
        if parts.path == "/shell":
            return await self._shell(asked)
        if parts.path == "/dial":
            return await self._dial(asked)
        endpoint = self._simple.get(parts.path)
        return endpoint(self, asked) if endpoint else Response(404, b"404 page not found\n")

    def _hostname(self, asked: _Asked) -> Response:
        return Response(body=self._process.machine.hostname.encode())

    def _client(self, asked: _Asked) -> Response:
        return Response(body=asked.request.peer.encode())

    def _echo(self, asked: _Asked) -> Response:
        code = asked.get("code", "200")
        return Response(int(code) if code.isdigit() else 200, asked.get("msg").encode())

    def _header(self, asked: _Asked) -> Response:
        return Response(body=asked.request.headers.get(asked.get("key").lower(), "").encode())

    def _healthy(self, asked: _Asked) -> Response:
        return Response()

    def _now(self, asked: _Asked) -> Response:
        return Response(body=f"NOW: {self._process.machine.clock.now()}".encode())

    def _exit(self, asked: _Asked) -> Response:
        code = asked.get("code", "0")
        self._process.machine.clock.call_later(
            EXIT_SECONDS, lambda: self._process.end(int(code) if code.isdigit() else 0)
        )
        return Response()

    def _redirect(self, asked: _Asked) -> Response:
        return redirect(asked.request)

    async def _shell(self, asked: _Asked) -> Response:
        """Runs a command, and answers what it wrote and how it ended."""
        command = asked.get("cmd") or asked.get("shellCommand")
        program = self._process.machine.find("sh")
        if program is None:
            return Response(500, b'{"error":"no shell"}')
        output = bytearray()
        child = Process(self._process.machine, ["sh", "-c", command], self._process.environment)
        child.stdout = child.stderr = Into(output.extend)
        child.launch(program, self._process.machine.start)
        try:
            code = await child.wait()
        except asyncio.CancelledError:
            child.kill(KILL)
            raise
        text = output.decode(errors="replace")
        answered = ({"error": f"exit status {code}"} if code else {}) | ({"output": text} if text else {})
        return Response(body=_json(answered))

    async def _dial(self, asked: _Asked) -> Response:
        """Asks other endpoints, and answers what they said."""
        tries, protocol = asked.get("tries", "1"), asked.get("protocol", "http").lower()
        dial = {"http": self._dial_http, "": self._dial_http, "udp": self._dial_udp}.get(protocol)
        if not tries.isdigit():
            problem = f'tries parameter is invalid. strconv.Atoi: parsing "{tries}": invalid syntax'
        elif not asked.get("request"):
            problem = "request parameter not specified. <nil>"
        else:
            problem = f"unsupported protocol. {protocol}" if dial is None else ""
        if problem or dial is None:
            return Response(400, f"{problem}\n".encode())
        answers: dict[str, list[str]] = {}
        for _ in range(int(tries)):
            text, failed = await dial(asked.get("host"), asked.get("port", "80"), asked.get("request"))
            answers.setdefault("errors" if failed else "responses", []).append(text)
        return Response(body=_json(answers))

    async def _dial_http(self, host: str, port: str, request: str) -> tuple[str, bool]:
        """What the other end said, or why it said nothing, and which of both it is."""
        url = f"http://{host}:{port}/{request.lstrip('/')}"
        got = await fetch(self._process, url, "GET", {"User-Agent": "Go-http-client/1.1"}, b"", DIAL_SECONDS)
        return got.problem or got.body.decode(errors="replace"), bool(got.problem)

    async def _dial_udp(self, host: str, port: str, request: str) -> tuple[str, bool]:
        machine = self._process.machine
        addresses = machine.addresses(host)
        if not addresses or not port.isdigit():
            return f"udp dial failed. err:lookup {host}: no such host", True
        opened = await machine.open_datagrams(0)
        try:
            opened.send(request.encode(), (addresses[0], int(port)))
            data, _ = await within(machine.clock, DIAL_SECONDS, opened.receive())
        except (TimeoutError, ConnectionAbortedError):
            return "reading from udp connection failed. err:'i/o timeout'", True
        finally:
            opened.close()
        return data.decode(errors="replace"), False

    def _shutdown(self, asked: _Asked) -> Response:
        self._process.machine.clock.call_later(EXIT_SECONDS, lambda: self._process.end(0))
        return Response()

    _simple: Mapping[str, Callable[["_Endpoints", _Asked], Response]] = {
        "/": _now,
        "/clientip": _client,
        "/echo": _echo,
        "/exit": _exit,
        "/header": _header,
        "/healthz": _healthy,
        "/hostname": _hostname,
        "/hostName": _hostname,
        "/redirect": _redirect,
        "/shutdown": _shutdown,
    }


def _json(value: object) -> bytes:
    """As Go writes it."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
