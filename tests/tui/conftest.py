from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from k9lite.api.errors import bad_request
from k9lite.api.object import Object
from k9lite.client.streams import LogLine


@pytest.fixture
def make() -> Callable[..., Object[Any]]:
    """An object of a kind, from JSON data, without any cluster."""

    def make(kind: Any, data: dict[str, Any], revision: int = 1) -> Object[Any]:
        data = {"apiVersion": kind.api_version, "kind": kind.kind} | data
        return Object(kind, msgspec.json.encode(data), revision)

    return make


class Streams:
    """Containers that have written two lines, and one run of them before that was ended by an error."""

    async def logs(self, namespace: str, pod: str, options: Any) -> AsyncIterator[list[LogLine]]:
        if options.previous:
            raise bad_request(f'previous terminated container "{options.container}" in pod "{pod}" not found')
        yield [LogLine(1.0, "listening on port 8080"), LogLine(2.0, "\x1b[31mGET / [/foo]", "stderr")]

    async def exec(self, *args: Any, **more: Any) -> None:
        raise ConnectionError("the container has no shell")

    async def attach(self, *args: Any, **more: Any) -> None:
        raise ConnectionError("the container reads nothing")

    def reachable(self, address: str, port: int) -> None:
        return None


@pytest.fixture
def streams() -> Streams:
    return Streams()
