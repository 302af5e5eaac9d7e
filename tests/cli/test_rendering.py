import pytest

from k9lite.cli.bench.rendering import Latency, latency, table_latency


def test_latency_is_told_in_milliseconds():
    assert latency([0.001 * number for number in range(100)]) == Latency(50.0, 95.0)
    assert latency([0.25]) == Latency(250.0, 250.0)


@pytest.mark.parametrize("changes_per_second", [0, 500])
async def test_the_harness_renders_and_sees_what_it_waits_for(changes_per_second):
    found = await table_latency(rows=50, changes_per_second=changes_per_second, keys=3)
    assert 0 < found.p50 <= found.p95
