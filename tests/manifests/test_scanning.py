import errno
import os

import pytest

from k9lite.manifests.scanning import ROOT, Snapshot, identity, scan

TEXT = "a: 1\n"


def names(root) -> list[str]:
    return list(scan(root, Snapshot()).files)


def test_manifests_of_all_folders_by_suffix_and_name(tmp_path):
    for name in (
        "b.yaml",
        "a.yml",
        "sub/deep/c.json",
        "_d.yaml",
        ".e.yaml",
        "_off/f.yaml",
        ".git/g.yaml",
        "h.txt",
        "i.yaml~",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT)
    assert names(tmp_path) == ["a.yml", "b.yaml", "sub/deep/c.json"]
    assert names(tmp_path / "_off") == ["f.yaml"]
    assert names(tmp_path / "_d.yaml") == ["_d.yaml"]


def test_a_config_map_volume_is_read_through_its_links(tmp_path):
    (tmp_path / "..2026_01").mkdir()
    (tmp_path / "..2026_01" / "node.yaml").write_text(TEXT)
    (tmp_path / "..data").symlink_to("..2026_01")
    (tmp_path / "node.yaml").symlink_to("..data/node.yaml")
    first = scan(tmp_path, Snapshot())
    assert list(first.files) == ["node.yaml"]
    (tmp_path / "..2026_02").mkdir()
    (tmp_path / "..2026_02" / "node.yaml").write_text("a: 2\n")
    (tmp_path / "..new").symlink_to("..2026_02")
    os.replace(tmp_path / "..new", tmp_path / "..data")
    assert scan(tmp_path, first).files["node.yaml"].raw == b"a: 2\n"


def test_links_that_lead_back_and_links_to_nowhere_do_no_harm(tmp_path):
    (tmp_path / "a.yaml").write_text(TEXT)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "lost.yaml").symlink_to("nowhere")
    assert names(tmp_path) == ["a.yaml"]


def test_pipes_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert names(tmp_path) == []


def test_only_content_makes_a_file_another_one(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(TEXT)
    before = scan(tmp_path, Snapshot())
    os.utime(path, (1, 1))
    assert scan(tmp_path, before).files["a.yaml"] is before.files["a.yaml"]
    path.write_text("a: 2\n")
    assert scan(tmp_path, before).files["a.yaml"].parsed.documents[0].data == {"a": 2}


def test_a_missing_folder_is_not_an_empty_one(tmp_path):
    assert scan(tmp_path, Snapshot()) == Snapshot(identity(tmp_path), {})
    assert scan(tmp_path / "gone", Snapshot()) == Snapshot(None, {})


@pytest.mark.parametrize(("closed", "name"), [("", ROOT), ("sub", "sub/")])
def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch, closed, name):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text(TEXT)
    (tmp_path / "b.yaml").write_text(TEXT)
    listing = os.scandir

    def scandir(path):
        if os.fspath(path) == os.fspath(tmp_path / closed):
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = scan(tmp_path, Snapshot())
    assert found.present
    assert str(found.files[name].parsed.problems[0]) == f"{name}:1:1: cannot be read: Permission denied"
    assert "sub/a.yaml" not in found.files


def test_names_that_are_no_text_are_spelled_out(tmp_path):
    with open(os.fsencode(tmp_path) + b"/caf\xe9.yaml", "w") as file:
        file.write(TEXT)
    assert names(tmp_path) == [r"caf\xe9.yaml"]
