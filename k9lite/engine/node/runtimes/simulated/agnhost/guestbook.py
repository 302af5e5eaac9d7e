"""The subcommand that is a guestbook: a front end, a primary that is written to, replicas that are read from."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import serve_http
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell.commands.network import Fetched, fetch

DIAL_SECONDS, REGISTER_SECONDS, PAUSE_SECONDS = 5.0, 15.0, 1.0
PRIMARY, REPLICA = "agnhost-primary", "agnhost-replica"


async def guestbook(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    book = Guestbook(process, flags.number(given, "backend-port", 6379))
    if given.get("replicaof"):
        process.machine.start(book.register(given["replicaof"]), f"guestbook of {process.machine.hostname}")
    return await serve_http(process, flags.number(given, "http-port", 80), book.answer)


class Guestbook:
    """One server of it; `port` is that of primary and replicas."""

    def __init__(self, process: Process, port: int) -> None:
        self._process, self._port = process, port
        self._entries: dict[str, str] = {}
        self._replicas: list[str] = []

    async def register(self, primary: str) -> None:
        """Become a replica of `primary`, and take over its entries; the process ends when that fails."""
        machine = self._process.machine
        until = machine.clock.now() + REGISTER_SECONDS
        while machine.clock.now() < until and self._process.exit_code is None:
            fetched = await self._ask(primary, f"register?host={machine.address}")
            if fetched.status == 200:
                self._entries = json.loads(fetched.body)["data"]
                machine.log(f"Registered to node: {primary}")
                return
            machine.log(f"encountered error while registering to primary: {_problem(fetched)}. Retrying in 1s.")
            await machine.clock.sleep(PAUSE_SECONDS)
        machine.log("Timed out while registering to primary.")
        self._process.end(1)

    async def answer(self, request: Request) -> Response:
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        self._process.machine.log(f"GET {request.path}")
        match parts.path:
            case "/register":
                self._replicas.append(query.get("host", ""))
                return _told({"data": self._entries})
            case "/get":
                key = query.get("key", "")
                return _told({"data": self._entries.get(key, "") if key else self._entries})
            case "/set":
                return await self._set(query.get("key", ""), query.get("value", ""))
            case "/guestbook":
                return await self._front(query)
        return Response(404, b"404 page not found\n")

    async def _set(self, key: str, value: str) -> Response:
        if not key:
            return Response(400, b"cannot set with empty key.\n")
        self._entries[key] = value
        for replica in self._replicas:
            fetched = await self._ask(replica, f"set?{urlencode({'key': key, 'value': value})}")
            if fetched.problem:
                problem = f"encountered error while propagating to replica '{replica}': {fetched.problem}\n"
                return Response(417, problem.encode())
        return _told({"message": "Updated"})

    async def _front(self, query: dict[str, str]) -> Response:
        command = query.get("cmd", "").lower()
        if command not in ("get", "set"):
            return Response(400, f"unsupported cmd: '{command}'\n".encode())
        if command == "set" and not query.get("key"):
            return Response(400, b"cannot set with empty key.\n")
        asked = urlencode({"key": query.get("key", ""), "value": query.get("value", "")})
        fetched = await self._ask(REPLICA if command == "get" else PRIMARY, f"{command}?{asked}")
        if fetched.problem:
            return Response(417, f"encountered error: {fetched.problem}\n".encode())
        return Response(body=fetched.body)

    async def _ask(self, host: str, request: str) -> Fetched:
        headers = {"User-Agent": "Go-http-client/1.1"}
        return await fetch(self._process, f"http://{host}:{self._port}/{request}", "GET", headers, b"", DIAL_SECONDS)


def _problem(fetched: Fetched) -> str:
    return fetched.problem or f"{fetched.status} {fetched.reason}"


def _told(value: object) -> Response:
    return Response(body=json.dumps(value, separators=(",", ":")).encode())
