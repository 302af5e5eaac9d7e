"""Lists and watches that are limited: by selectors, and in length."""

from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.client.protocol import DeleteOptions, Selector
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer


def create(server: ApiServer, name: str, namespace: str = "default", **labels: str) -> None:
    server.create(Request(kinds.CONFIG_MAP, namespace), {"metadata": {"name": name, "labels": labels}})


@pytest.fixture
def filled(server: ApiServer) -> ApiServer:
    server.create(Request(kinds.NAMESPACE, ""), {"metadata": {"name": "default-2"}})
    for name, colour in (("b", "red"), ("a", "blue"), ("c", "red")):
        create(server, name, colour=colour)
    create(server, "z", "default-2", colour="red")
    return server


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        (Selector(), ["z", "a", "b", "c"]),  # in the order of paths: "default-2/" before "default/"
        (Selector("default"), ["a", "b", "c"]),
        (Selector(labels="colour=red"), ["z", "b", "c"]),
        (Selector("default", labels="colour in (blue,green)"), ["a"]),
        (Selector(fields="metadata.name=b"), ["b"]),
        (Selector("default", fields="metadata.name!=b"), ["a", "c"]),
        (Selector("nowhere"), []),
    ],
)
def test_selectors(filled: ApiServer, selector: Selector, names: list[str]) -> None:
    assert [obj.name for obj in filled.select(kinds.CONFIG_MAP, selector).items] == names


@pytest.mark.parametrize("selector", [Selector(labels="a in (b"), Selector(fields="spec.colour=red")])
def test_what_cannot_be_read_is_refused(server: ApiServer, selector: Selector) -> None:
    with pytest.raises(StatusError) as error:
        server.select(kinds.POD, selector)
    assert error.value.reason == "BadRequest"


def test_pages_show_one_moment(filled: ApiServer) -> None:
    first = filled.select(kinds.CONFIG_MAP, limit=2)
    assert [obj.name for obj in first.items] == ["z", "a"]
    assert first.remaining == 2
    create(filled, "bb")
    filled.delete(Request(kinds.CONFIG_MAP, "default", "c"), DeleteOptions())
    second = filled.select(kinds.CONFIG_MAP, limit=2, continue_token=first.continue_token)
    assert [obj.name for obj in second.items] == ["b", "c"]
    assert second.revision == first.revision
    assert second.continue_token == ""
    assert second.remaining is None


def test_tokens_that_lead_nowhere(filled: ApiServer) -> None:
    with pytest.raises(StatusError, match="continue key is not valid"):
        filled.select(kinds.CONFIG_MAP, continue_token="!")


def test_a_list_whose_moment_is_forgotten_can_go_on_with_now(filled: ApiServer) -> None:
    first = filled.select(kinds.CONFIG_MAP, limit=2)
    filled._context.store.collection(kinds.CONFIG_MAP).log.compacted = filled.revision + 1
    with pytest.raises(StatusError) as error:
        filled.select(kinds.CONFIG_MAP, continue_token=first.continue_token)
    assert error.value.reason == "Expired"
    create(filled, "bb")
    filled._context.store.collection(kinds.CONFIG_MAP).log.compacted = 0
    rest = filled.select(kinds.CONFIG_MAP, continue_token=error.value.status()["metadata"]["continue"])
    assert [obj.name for obj in rest.items] == ["b", "bb", "c"]


async def test_a_watch_sees_what_begins_and_ceases_to_match(client: LocalClient) -> None:
    since = (await client.list(kinds.CONFIG_MAP)).revision

    async def write(colour: str, **data: Any) -> None:
        body = {"metadata": {"name": "a", "labels": {"colour": colour}}, "data": data}
        await client.update(kinds.CONFIG_MAP, body, "default")

    await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "a", "labels": {"colour": "blue"}}}, "default")
    await write("red")
    await write("red", size="1")
    await write("blue")
    await write("red")
    await client.delete(kinds.CONFIG_MAP, "a", "default")
    async for events in client.watch(kinds.CONFIG_MAP, Selector(labels="colour=red"), since=since):
        assert [event.type for event in events] == ["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"]
        break


@pytest.mark.parametrize(("since", "reason"), [(10_000, "Timeout")])
async def test_watches_that_cannot_begin(client: LocalClient, since: int, reason: str) -> None:
    with pytest.raises(StatusError) as error:
        await anext(aiter(client.watch(kinds.CONFIG_MAP, since=since)))
    assert error.value.reason == reason
