"""DELETE: grace, preconditions, propagation."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Object
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer

WEB = Request(kinds.POD, "default", "web")
Running = Callable[..., Object[Any]]


def exists(server: ApiServer, obj: Object[Any]) -> bool:
    try:
        server.get(obj.kind, obj.key)
    except StatusError:
        return False
    return True


def test_a_running_pod_is_given_its_grace(server: ApiServer, running: Running) -> None:
    made = running()
    deleted = server.delete(WEB, DeleteOptions())
    assert deleted.meta.deletionTimestamp == "2025-06-15T15:07:10Z"
    assert deleted.meta.deletionGracePeriodSeconds == 30
    assert deleted.meta.generation == made.meta.generation + 1


async def test_grace_can_only_be_shortened(server: ApiServer, running: Running, clock: ManualClock) -> None:
    running()
    first = server.delete(WEB, DeleteOptions(grace=20))
    await clock.advance(5)
    for options in (DeleteOptions(), DeleteOptions(grace=20), DeleteOptions(grace=60)):
        assert server.delete(WEB, options) is first
    shorter = server.delete(WEB, DeleteOptions(grace=10))
    assert shorter.meta.deletionTimestamp == "2025-06-15T15:06:50Z"
    assert shorter.meta.generation == first.meta.generation
    revision = shorter.revision
    gone = server.delete(WEB, DeleteOptions(grace=0))
    assert gone.revision == revision + 2  # watchers see the grace of 0 before the pod goes
    assert not exists(server, gone)


def test_pods_that_do_not_run_go_at_once(server: ApiServer, running: Running) -> None:
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    unscheduled = server.create(Request(kinds.POD, "default"), body)
    server.delete(WEB, DeleteOptions())
    assert not exists(server, unscheduled)
    ended = server.update_status(WEB, running(), {"phase": "Succeeded"})
    server.delete(WEB, DeleteOptions())
    assert not exists(server, ended)


def test_preconditions(server: ApiServer, running: Running) -> None:
    made = running()
    with pytest.raises(StatusError) as error:
        server.delete(WEB, DeleteOptions(uid="x"))
    assert error.value.message == (
        f'Operation cannot be fulfilled on Pod "web": the UID in the precondition (x) does not match the UID in '
        f"record ({made.uid}). The object might have been deleted and then recreated"
    )
    with pytest.raises(StatusError, match="ResourceVersion in the precondition"):
        server.delete(WEB, DeleteOptions(revision="1"))
    server.delete(WEB, DeleteOptions(uid=made.uid, revision=str(made.revision)))


@pytest.mark.parametrize(
    ("before", "propagation", "after"),
    [
        ([], None, None),
        ([], "Background", None),
        ([], "Foreground", ["foregroundDeletion"]),
        ([], "Orphan", ["orphan"]),
        (["example.com/a"], "Orphan", ["example.com/a", "orphan"]),
        (["orphan"], None, ["orphan"]),
        (["orphan"], "Background", None),
        (["foregroundDeletion", "example.com/a"], "Orphan", ["example.com/a", "orphan"]),
    ],
)
def test_propagation(server: ApiServer, before: list[str], propagation: Any, after: list[str] | None) -> None:
    body = {"metadata": {"name": "a", "finalizers": before}}
    made = server.create(Request(kinds.CONFIG_MAP, "default"), body)
    deleted = server.delete(Request(kinds.CONFIG_MAP, "default", "a"), DeleteOptions(propagation=propagation))
    assert exists(server, made) == (after is not None)
    if after is not None:
        assert deleted.meta.finalizers == after
        assert deleted.deleting


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_some_namespaces_stay(server: ApiServer, name: str) -> None:
    with pytest.raises(StatusError) as error:
        server.delete(Request(kinds.NAMESPACE, "", name), DeleteOptions())
    assert error.value.message == f'namespaces "{name}" is forbidden: this namespace may not be deleted'


async def test_a_dry_run_deletes_nothing(client: LocalClient, server: ApiServer, running: Running) -> None:
    made = running()
    answer = await client.delete(kinds.POD, "web", "default", options=DeleteOptions(dry_run=True))
    assert answer.deleting
    assert server.get(kinds.POD, made.key) is made


def test_a_name_is_taken_until_its_object_is_gone(server: ApiServer, running: Running) -> None:
    running()
    server.delete(WEB, DeleteOptions())
    with pytest.raises(StatusError, match=r'^object is being deleted: pods "web" already exists$'):
        running()
