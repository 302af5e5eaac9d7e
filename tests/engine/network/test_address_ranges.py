"""Every cluster of a machine gets addresses of its own, whoever runs it."""

import secrets
import subprocess
import sys
from collections import Counter

import pytest

from k9lite.api.addresses import MOST_CLUSTERS
from k9lite.engine.network.ranges import FOR_KEPT, AddressRanges, in_memory, kept, lease, passing

HOLD = "import sys; from k9lite.engine.network.ranges import *; held = lease(passing(), sys.argv[1])"

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no loopback address but 127.0.0.1")


@pytest.fixture
def machine() -> str:
    """A name that no other test leases under."""
    return secrets.token_hex(8)


@linux
def test_clusters_get_different_ranges_and_give_them_back(machine: str):
    first, second = lease(passing(), machine), lease(passing(), machine)
    assert (str(first.pods), str(first.services)) == ("127.244.0.0/16", "127.96.0.0/16")
    assert (str(second.pods), str(second.services)) == ("127.243.0.0/16", "127.97.0.0/16")
    first.release()
    third = lease(passing(), machine)
    assert third.pods == first.pods
    second.release()
    third.release()


@linux
def test_a_cluster_of_another_process_holds_its_range_until_it_ends(machine: str):
    holding = subprocess.Popen(
        [sys.executable, "-c", f"{HOLD}; print(held.number, flush=True); sys.stdin.read()", machine],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holding.stdout is not None
    assert holding.stdout.readline() == "0\n"
    with pytest.raises(OSError, match=r"\(127.244.x.y and 127.96.x.y\) are in use by another cluster on this machine"):
        lease((0,), machine)
    second = lease(passing(), machine)
    assert second.number == 1
    second.release()
    holding.kill()
    holding.communicate()
    again = lease((0,), machine)
    again.release()


@linux
def test_no_more_clusters_run_than_there_are_ranges(machine: str):
    held = [lease(passing(), machine) for _ in range(MOST_CLUSTERS)]
    with pytest.raises(OSError, match="all 64 address ranges are in use"):
        lease(passing(), machine)
    for ranges in held:
        ranges.release()


def test_kept_clusters_try_every_range_those_for_passing_ones_last():
    orders = [list(kept(f"/home/me/{number}")) for number in range(500)]
    assert all(sorted(order) == list(passing()) for order in orders)
    assert all(set(order[: len(FOR_KEPT)]) == set(FOR_KEPT) for order in orders)
    first = Counter(order[0] for order in orders)
    assert set(first) == set(FOR_KEPT)
    assert list(kept("/home/me/1")) == orders[1]


def test_ranges_in_memory_are_held_by_nobody():
    first, second = in_memory(3), in_memory(3)
    assert first == second == AddressRanges(3, first.pods, first.services, None)
    first.release()
