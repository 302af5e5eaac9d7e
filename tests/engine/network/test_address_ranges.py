"""Every cluster gets addresses of its own."""

from pathlib import Path

from k9lite.engine.network.ranges import lease


def test_clusters_get_different_ranges_and_give_them_back(tmp_path: Path):
    first, second = lease(tmp_path / "state"), lease(tmp_path / "state")
    assert (str(first.pods), str(first.services)) == ("127.244.0.0/16", "127.96.0.0/16")
    assert (str(second.pods), str(second.services)) == ("127.243.0.0/16", "127.97.0.0/16")
    first.release()
    third = lease(tmp_path / "state")
    assert third.pods == first.pods
    second.release()
    third.release()
