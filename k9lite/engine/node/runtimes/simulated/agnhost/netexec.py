"""The subcommand that lets a test ask a container things over HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import redirect, serve_http
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response
from k9lite.engine.node.runtimes.simulated.pipes import Into
from k9lite.engine.node.runtimes.simulated.process import KILL, Process
from k9lite.engine.node.runtimes.simulated.shell.commands.network import fetch

DIAL_SECONDS = 5.0  # that one attempt at another endpoint may take
EXIT_SECONDS = 0.1  # from the answer to /exit to the end, so that the answer gets out


async def netexec(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    port = flags.number(given, "http-port", 8080)
    process.machine.log(f"Started HTTP server on port {port}")
    return await serve_http(process, port, _Endpoints(process).answer)


@dataclass
class _Asked:
    """One request, its query taken apart."""

    request: Request
    query: Mapping[str, list[str]]

    def get(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


class _Endpoints:
    """What netexec answers, by path."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def answer(self, request: Request) -> Response:
        parts = urlsplit(request.path)
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
        told = {"output": output.decode(errors="replace")} | ({"error": f"exit status {code}"} if code else {})
        return Response(body=json.dumps(told).encode() + b"\n")

    async def _dial(self, asked: _Asked) -> Response:
        """Asks other endpoints, and answers what they said."""
        answers: dict[str, list[str]] = {}
        tries = asked.get("tries", "1")
        for _ in range(int(tries) if tries.isdigit() else 1):
            path = asked.get("request", "hostname").lstrip("/")
            url = f"http://{asked.get('host')}:{asked.get('port', '80')}/{path}"
            got = await fetch(self._process, url, "GET", {"User-Agent": "Go-http-client/1.1"}, b"", DIAL_SECONDS)
            if got.problem or got.status >= 400:
                answers.setdefault("errors", []).append(got.problem or f"{got.status} {got.reason}")
            else:
                answers.setdefault("responses", []).append(got.body.decode(errors="replace"))
        return Response(body=json.dumps(answers).encode() + b"\n")

    _simple: Mapping[str, Callable[["_Endpoints", _Asked], Response]] = {
        "/": _now, "/clientip": _client, "/echo": _echo, "/exit": _exit, "/header": _header, "/healthz": _healthy,
        "/hostname": _hostname, "/hostName": _hostname, "/redirect": _redirect,
    }  # fmt: skip
