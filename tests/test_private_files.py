"""What others may have put into a folder is not trusted, and no write goes where a link of theirs leads."""

import os
import stat
from pathlib import Path

import pytest

from k9lite import private_files
from k9lite.private_files import NotPrivate, problem

ME, OTHER, ROOT = 70_001, 70_002, 0
FOLDER, FILE, LINK = stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK


@pytest.mark.parametrize(
    ("mode", "owner", "words"),
    [
        (FOLDER | 0o700, ME, ""),
        (FOLDER | 0o755, ME, ""),
        (FILE | 0o644, ME, ""),
        (FOLDER | 0o1777, ROOT, ""),  # /tmp
        (FOLDER | 0o1777, OTHER, "it belongs to user 70002, not to user 70001"),
        (FOLDER | 0o777, ME, "others may write to it (mode 777); `chmod -R go-w /x` ends that"),
        (FOLDER | 0o775, ME, "others may write to it (mode 775); `chmod -R go-w /x` ends that"),
        (FILE | 0o622, ME, "others may write to it (mode 622); `chmod -R go-w /x` ends that"),
        (FILE | 0o600, OTHER, "it belongs to user 70002, not to user 70001"),
        (FILE | 0o1600, ROOT, "it belongs to root, not to user 70001"),
        (LINK | 0o777, ME, "it is a symbolic link"),
    ],
)
def test_what_is_wrong_with_a_file(mode: int, owner: int, words: str):
    assert problem(Path("/x"), mode, owner, ME) == words


def test_a_folder_is_made_private_with_all_its_parents(tmp_path: Path):
    private_files.claim(tmp_path / "state" / "clusters")
    for made in ("state", "state/clusters"):
        assert stat.S_IMODE((tmp_path / made).stat().st_mode) == 0o700


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path):
    tmp_path.chmod(0o777)
    with pytest.raises(NotPrivate, match="others may write to it"):
        private_files.claim(tmp_path)


@pytest.mark.parametrize("plant", [lambda path: path.chmod(0o666), lambda path: (path.unlink(), path.symlink_to("x"))])
def test_a_planted_file_is_refused(tmp_path: Path, plant):
    file = tmp_path / "token"
    file.write_text("mine")
    private_files.claim_with_files(tmp_path)
    plant(file)
    with pytest.raises(NotPrivate) as refusal:
        private_files.claim_with_files(tmp_path)
    assert refusal.value.filename == str(file)


def test_a_write_replaces_a_link_and_leaves_its_target_alone(tmp_path: Path):
    precious, link = tmp_path / "precious", tmp_path / "token"
    precious.write_text("precious")
    link.symlink_to(precious)
    private_files.write(link, b"new")
    assert (precious.read_text(), link.read_bytes(), link.is_symlink()) == ("precious", b"new", False)
    assert stat.S_IMODE(link.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["precious", "token"]


def test_the_name_of_an_unfinished_file_cannot_be_foreseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, *more: opened.append((path, flags)) or real(path, flags, *more))
    for _ in range(2):
        private_files.write(tmp_path / "token", b"")
    (first, flags), (second, _) = opened
    assert first != second
    assert flags & os.O_EXCL
    assert flags & os.O_NOFOLLOW


def test_a_file_is_not_made_through_a_link(tmp_path: Path):
    (tmp_path / "journal").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPrivate, match="symbolic link"):
        private_files.touch(tmp_path / "journal")
    assert not (tmp_path / "elsewhere").exists()
