"""The file that `k9lite kubeconfig --merge` adds to."""

from pathlib import Path

import pytest

from k9lite.cli.commands import Failure
from k9lite.cli.kubeconfig import own_kubeconfig


def test_the_first_file_of_the_variable_is_the_users_own():
    assert own_kubeconfig({"KUBECONFIG": "/a/config:/b/config"}) == Path("/a/config")


def test_a_user_without_a_home_folder_is_told_what_to_set(monkeypatch):
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(Failure, match="set KUBECONFIG"):
        own_kubeconfig({})
