import asyncio
import os
import shutil
from pathlib import Path

import pytest

from k9lite.aio.tasks import TaskSet
from k9lite.manifests.scanning import identity
from k9lite.manifests.watching import watch

NEW = "a: 2\n"


def in_place(folder: Path) -> None:
    (folder / "a.yaml").write_text(NEW)


def atomically(folder: Path) -> None:
    (folder / "a.yaml.tmp").write_text(NEW)
    os.replace(folder / "a.yaml.tmp", folder / "a.yaml")


def like_vim(folder: Path) -> None:
    (folder / "a.yaml").rename(folder / "a.yaml~")
    (folder / "a.yaml").write_text(NEW)
    (folder / "a.yaml~").unlink()


def in_a_new_folder(folder: Path) -> None:
    (folder / "a.yaml").unlink()
    (folder / "sub").mkdir()
    (folder / "sub" / "b.yaml").write_text(NEW)


def by_replacing_the_folder(folder: Path) -> None:
    other = folder.with_name("other")
    other.mkdir()
    (other / "a.yaml").write_text(NEW)
    folder.rename(folder.with_name("old"))
    other.rename(folder)


def by_making_the_folder_anew(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    in_place(folder)


REPLACING = (by_replacing_the_folder, by_making_the_folder_anew)


def content(folder: Path) -> str:
    return "".join(sorted(path.read_text() for path in folder.rglob("*.yaml"))) if folder.exists() else ""


class Seen:
    """What was in the folder at the last call."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._called = folder, asyncio.Event()
        self.content: str | None = None
        self.touched: list[frozenset[str] | None] = []

    def __call__(self, touched: frozenset[str] | None) -> None:
        self.touched.append(touched)
        self.content = content(self._folder)
        self._called.set()

    async def until(self, text: str) -> None:
        while self.content != text:
            self._called.clear()
            await self._called.wait()


@pytest.mark.parametrize("save", [in_place, atomically, like_vim, in_a_new_folder, *REPLACING])
async def test_every_way_to_save_is_seen_and_the_next_one_too(tmp_path: Path, tasks: TaskSet, save):
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "a.yaml").write_text("a: 1\n")
    seen = Seen(folder)
    tasks.start(watch(folder, seen), "watch")
    await seen.until("a: 1\n")
    save(folder)
    await seen.until(NEW)
    for path in folder.rglob("*.yaml"):
        path.write_text("a: 3\n")
    await seen.until("a: 3\n")


async def test_where_something_changed_is_told(tmp_path: Path, tasks: TaskSet):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yaml").write_text("a: 1\n")
    seen = Seen(tmp_path)
    tasks.start(watch(tmp_path, seen), "watch")
    await seen.until("a: 1\n")
    (tmp_path / "sub" / "b.yaml").write_text("b: 1\n")
    await seen.until("a: 1\nb: 1\n")
    name = os.fsdecode(b"\xff.yaml")
    (tmp_path / "a.yaml.swp").write_text("")
    (tmp_path / name).write_text("c: 1\n")
    await seen.until("a: 1\nb: 1\nc: 1\n")
    told = frozenset().union(*(touched for touched in seen.touched if touched is not None))
    assert seen.touched[0] is None
    assert told == {"sub/b.yaml", name}


async def test_a_folder_that_is_made_anew_is_another_one(tmp_path: Path, tasks: TaskSet):
    folder = tmp_path / "manifests"
    folder.mkdir()
    before, seen = identity(folder), Seen(folder)
    tasks.start(watch(folder, seen), "watch")
    await seen.until("")
    by_making_the_folder_anew(folder)
    assert identity(folder) != before


async def test_a_folder_that_is_not_there_yet(tmp_path: Path, tasks: TaskSet):
    folder = tmp_path / "later"
    seen = Seen(folder)
    tasks.start(watch(folder, seen), "watch")
    await seen.until("")
    folder.mkdir()
    (folder / "a.yaml").write_text(NEW)
    await seen.until(NEW)
