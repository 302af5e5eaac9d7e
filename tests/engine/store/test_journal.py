"""What was acknowledged is there again, even after the process was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.aio.randomness import Randomness
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer
from k9lite.engine.store.journal import Damaged, SqliteJournal

NAMESPACES = Request(kinds.NAMESPACE, "")


def start(path: Path) -> tuple[ApiServer, SqliteJournal]:
    journal = SqliteJournal(path)
    return ApiServer(ManualClock(), Randomness(1), journal=journal), journal


def names(server: ApiServer) -> list[str]:
    return [obj.name for obj in server.select(kinds.NAMESPACE).items]


async def test_a_cluster_comes_back_as_it_was(tmp_path: Path) -> None:
    server, journal = start(tmp_path / "store.db")
    for name in ("a", "b", "c"):
        server.create(NAMESPACES, {"metadata": {"name": name}})
    server.delete(NAMESPACES.named("b"), DeleteOptions())
    changed = server.get(kinds.NAMESPACE, NAMESPACES.named("b").key)
    finalized = changed.data() | {"spec": {}}
    server.update(Request(kinds.NAMESPACE, "", "b", "finalize"), finalized)
    await server.settled()
    revision, uid = server.revision, server.get(kinds.NAMESPACE, NAMESPACES.named("a").key).uid
    journal.close()

    again, journal = start(tmp_path / "store.db")
    assert names(again) == ["a", "c"]
    assert again.get(kinds.NAMESPACE, NAMESPACES.named("a").key).uid == uid
    began = again.revision
    assert again.create(NAMESPACES, {"metadata": {"name": "d"}}).revision == began + 1
    journal.close()
    for seen in (revision - 1, revision, revision + 7):  # what was seen last may never have been kept
        with pytest.raises(StatusError, match="too old resource version"):
            await anext(aiter(again.watch(kinds.NAMESPACE, since=seen)))


async def test_custom_resources_come_back_with_their_definition(tmp_path: Path) -> None:
    server, journal = start(tmp_path / "store.db")
    server.create(NAMESPACES, {"metadata": {"name": "default"}})
    definitions = server.kinds.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    assert definitions is not None
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    spec = {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
    }
    server.create(server.request(definitions, ""), {"metadata": {"name": "widgets.example.com"}, "spec": spec})
    widget = server.kinds.of("example.com/v1", "Widget")
    assert widget is not None
    server.create(server.request(widget, "default"), {"metadata": {"name": "a"}, "size": 3})
    await server.settled()
    journal.close()

    again, journal = start(tmp_path / "store.db")
    widget = again.kinds.of("example.com/v1", "Widget")
    assert widget is not None
    assert [obj.data()["size"] for obj in again.select(widget).items] == [3]
    journal.close()


KILLED = """
import asyncio, os, signal, sys
import os
from pathlib import Path
from test_journal import NAMESPACES, start

async def main():
    server, _ = start(Path(sys.argv[1]))
    for number in range(300):
        server.create(NAMESPACES, {"metadata": {"name": f"n{number}"}})
    await server.settled()
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "store.db")]
    ended = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    server, journal = start(tmp_path / "store.db")
    assert len(names(server)) == 300
    journal.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE objects SET raw = CAST('{\"metadata\": ' AS BLOB)",
        'UPDATE objects SET raw = CAST(\'{"metadata": {"name": 3}}\' AS BLOB)',
        "UPDATE objects SET name = 'other'",
        "UPDATE objects SET name = CAST(x'ff' AS TEXT)",
        "UPDATE objects SET managed = x'ff'",
        "DROP TABLE objects",
    ],
)
async def test_what_is_not_as_it_was_written_is_told(tmp_path: Path, damage) -> None:
    server, journal = start(tmp_path / "store.db")
    server.create(NAMESPACES, {"metadata": {"name": "a"}})
    await server.settled()
    journal._file.database.execute(damage)
    with pytest.raises(Damaged) as error:
        journal.load()
    assert error.value.filename == str(tmp_path / "store.db")
    journal.close()


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_write_to_a_file_that_is_gone_is_not_acknowledged(tmp_path: Path, caplog, replaced) -> None:
    server, journal = start(tmp_path / "store.db")
    server.create(NAMESPACES, {"metadata": {"name": "a"}})
    await server.settled()
    for file in os.listdir(tmp_path):
        os.unlink(tmp_path / file)
    if replaced:
        (tmp_path / "store.db").touch()
    server.create(NAMESPACES, {"metadata": {"name": "b"}})
    with pytest.raises(OSError, match="cannot be kept on disk: its file was removed or replaced"):
        await server.settled()
    journal.close()


async def test_a_disk_that_fails_is_told_until_there_is_room_again(tmp_path: Path, caplog) -> None:
    server, journal = start(tmp_path / "store.db")
    [(pages,)] = journal._file.database.execute("PRAGMA page_count")
    journal._file.database.execute(f"PRAGMA max_page_count = {pages}")
    for name in ("a", "b"):
        server.create(NAMESPACES, {"metadata": {"name": name, "annotations": {"filler": "x" * 10_000}}})
        with pytest.raises(OSError, match=r"cannot be kept on disk: database or disk is full .*store\.db"):
            await server.settled()
    assert len(caplog.records) == 1
    journal._file.database.execute("PRAGMA max_page_count = 1000000")
    server.create(NAMESPACES, {"metadata": {"name": "c"}})
    await server.settled()
    journal.close()
    server, journal = start(tmp_path / "store.db")
    assert names(server) == ["a", "b", "c"]
    journal.close()
