"""One object by its name, among many: looked up, not searched for."""

import pytest

from k9lite.api import kinds
from k9lite.client.protocol import Selector


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        (Selector("default", fields="metadata.name=b"), ["default/b"]),
        (Selector(fields="metadata.name=b"), ["default/b", "kube-system/b"]),
        (Selector("default", fields="metadata.name=x"), []),
        (Selector("nowhere", fields="metadata.name=b"), []),
        (Selector("default", labels="app=web", fields="metadata.name=b"), []),
        (Selector("default", fields="metadata.name!=b"), ["default/a"]),
    ],
)
async def test_a_list_of_one_name(client, selector, found):
    for namespace in ("default", "kube-system"):
        for name in ("a", "b"):
            await client.create(kinds.SECRET, {"metadata": {"name": name}}, namespace)
    listed = await client.list(kinds.SECRET, selector)
    assert [f"{obj.namespace}/{obj.name}" for obj in listed.items] == found


async def test_of_a_kind_without_namespaces(client):
    listed = await client.list(kinds.NAMESPACE, Selector(fields="metadata.name=kube-system"))
    assert [obj.name for obj in listed.items] == ["kube-system"]


async def test_as_it_was(client):
    """The one that is asked for is listed as it was, whatever became of it and others since."""
    made = await client.create(kinds.SECRET, {"metadata": {"name": "a"}}, "default")
    await client.create(kinds.SECRET, {"metadata": {"name": "b"}}, "default")
    await client.delete(kinds.SECRET, "a", "default")
    listed = await client.list(kinds.SECRET, Selector("default", fields="metadata.name=a"), at=made.revision)
    assert [obj.name for obj in listed.items] == ["a"]
