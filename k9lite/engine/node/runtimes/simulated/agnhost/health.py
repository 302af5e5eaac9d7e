"""The subcommand that answers gRPC's health checks, and can be made unhealthy over HTTP."""

from urllib.parse import urlsplit

from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import end_on_signals
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response, serve
from k9lite.engine.node.runtimes.simulated.process import Process, forever
from k9lite.engine.node.runtimes.simulated.protocols import serve_health
from k9lite.engine.node.runtimes.simulated.servers import listen


async def grpc_health_checking(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    clock, service = process.machine.clock, given.get("service", "")
    delay, started, forced = flags.number(given, "delay-unhealthy-sec", -1), clock.now(), _Forced()

    def serves(asked: str) -> bool | None:
        process.machine.log("Serving the Check request for health check")
        if asked != service:
            return None
        return not forced.unhealthy and not 0 <= delay <= clock.now() - started

    def answer(request: Request) -> Response:
        paths = {"/make-serving": False, "/make-not-serving": True}
        path = urlsplit(request.path).path
        if path not in paths:
            return Response(404, b"404 page not found\n")
        forced.unhealthy = paths[path]
        return Response(body=f"{clock.now() - started:f}s".encode())

    end_on_signals(process)
    await listen(process, flags.number(given, "http-port", 8080), serve(answer))
    await listen(process, flags.number(given, "port", 5000), lambda stream: serve_health(stream, serves))
    await forever()
    return 0


class _Forced:
    unhealthy = False
