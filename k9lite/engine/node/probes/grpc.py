"""Probes that ask gRPC's health service (Kubernetes: pkg/probe/grpc)."""

from k9lite.aio.clock import Clock, within
from k9lite.aio.network import Network
from k9lite.engine.node.probes.outcome import Outcome


async def check(network: Network, clock: Clock, host: str, port: int, service: str, timeout: float) -> Outcome:
    """Ask once. A server that speaks no gRPC looks like one that cannot be reached, as it never gets ready."""
    # Imported here, as most clusters never need it: it takes a while to load.
    from k9lite.aio.grpc_health import Code, Health, NoGrpc, Reply
    from k9lite.aio.grpc_health import check as ask

    async def call() -> Reply:
        stream = await network.connect(host, port)
        try:
            return await ask(stream, f"{host}:{port}", service)
        finally:
            await stream.close()

    try:
        reply = await within(clock, timeout, call())
    except (NoGrpc, TimeoutError, OSError):
        unreachable = f'timeout: failed to connect service "{host}:{port}" within {timeout:g}s'
        return Outcome(False, f"{unreachable}: context deadline exceeded")
    if reply.code == Code.UNIMPLEMENTED:
        problem = "this server does not implement the grpc health protocol (grpc.health.v1.Health)"
        return Outcome(False, f"error: {problem}: {reply.message}")
    if reply.code != Code.OK:
        problem = f"rpc error: code = {CODES.get(reply.code, reply.code)} desc = {reply.message}"
        return Outcome(False, f"error: health rpc probe failed: {problem}")
    if reply.health != Health.SERVING:
        return Outcome(False, f'service unhealthy (responded with "{reply.health.name}")')
    return Outcome(True, "service healthy")


CODES = {2: "Unknown", 5: "NotFound", 14: "Unavailable"}  # as gRPC calls them
