"""The subcommand that serves on every port which the environment names what the environment says."""

import json
from collections.abc import Callable

from k9lite.aio.datagrams import Address
from k9lite.engine.node.runtimes.simulated import certificates
from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import end_on_signals
from k9lite.engine.node.runtimes.simulated.http_server import Answer, Request, Response, serve
from k9lite.engine.node.runtimes.simulated.process import Process, forever
from k9lite.engine.node.runtimes.simulated.protocols import encrypted
from k9lite.engine.node.runtimes.simulated.servers import listen, serve_datagrams

PLAIN, TLS, UDP = ("SERVE_PORT_", "SERVE_TCP_PORT_"), ("SERVE_TLS_PORT_",), ("SERVE_UDP_PORT_",)


async def porter(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    as_json = given.get("json-response", "false") == "true"
    end_on_signals(process)
    for port, text in _ports(process, PLAIN):
        await listen(process, port, serve(_saying(text, as_json)))
    for port, text in _ports(process, TLS):
        await listen(process, port, encrypted(serve(_saying(text, as_json)), certificates.own))
    for port, text in _ports(process, UDP):
        await serve_datagrams(process, port, _repeating(text.encode()))
    await forever()
    return 0


def _ports(process: Process, prefixes: tuple[str, ...]) -> list[tuple[int, str]]:
    """The ports that variables with one of the prefixes name, with their values."""
    pairs = [
        (name.removeprefix(prefix), text)
        for name, text in process.environment.items()
        for prefix in prefixes
        if name.startswith(prefix)
    ]
    return [(int(port), text) for port, text in pairs if port.isdigit()]


def _saying(text: str, as_json: bool) -> Answer:
    def answer(request: Request) -> Response:
        if not as_json:
            return Response(body=text.encode())
        body = json.dumps({"Method": request.method, "Body": text}, separators=(",", ":"))
        return Response(body=body.encode(), type="application/json")

    return answer


def _repeating(text: bytes) -> Callable[[bytes, Address], bytes]:
    return lambda data, client: text
