"""Both ends of gRPC's health service, over a connection in memory."""

import asyncio

import pytest

from k9lite.aio import grpc_health
from k9lite.aio.grpc_health import Code, Health, NoGrpc, Reply
from k9lite.aio.memory_network import pair

ANSWERS = {"": Reply(Health.SERVING), "slow": Reply(Health.NOT_SERVING), "x" * 300: Reply(Health.SERVING)}


def health(service: str) -> Reply:
    return ANSWERS.get(service, Reply(code=Code.NOT_FOUND, message="unknown service"))


@pytest.mark.parametrize("service", ["", "slow", "x" * 300, "nobody"])
async def test_a_question_is_answered(service: str) -> None:
    client, server = pair()
    serving = asyncio.create_task(grpc_health.serve(server, health))
    assert await grpc_health.check(client, "10.0.0.1:80", service) == health(service)
    serving.cancel()


async def test_a_server_of_http_1_is_none_of_grpc() -> None:
    client, server = pair()
    await server.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(NoGrpc):
        await grpc_health.check(client, "10.0.0.1:80", "")


async def test_a_server_that_ends() -> None:
    client, server = pair()
    await server.close()
    with pytest.raises(ConnectionError):
        await grpc_health.check(client, "10.0.0.1:80", "")
