import msgspec
import pytest
from lightkube.models.apps_v1 import Deployment

from k9lite.api import deployments, int_or_percent
from k9lite.api.object import Metadata


def deployment(status=None, **spec) -> Deployment:
    body = {"metadata": {"generation": 2}, "spec": {"selector": {}, "template": {}, **spec}, "status": status or {}}
    return msgspec.convert(body, Deployment)


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable"),
    [(1, 1, 0), (2, 1, 0), (3, 1, 0), (4, 1, 1), (5, 2, 1), (7, 2, 1), (8, 2, 2), (10, 3, 2), (20, 5, 5)],
)
def test_a_quarter_rounds_up_for_surge_and_down_for_unavailable(replicas, surge, unavailable):
    assert deployments.bounds(deployment(replicas=replicas)) == (surge, unavailable)


@pytest.mark.parametrize(
    ("rolling", "replicas", "expected"),
    [
        ({"maxSurge": 0, "maxUnavailable": 0}, 3, (0, 1)),
        ({"maxSurge": "0%", "maxUnavailable": "10%"}, 3, (0, 1)),
        ({"maxSurge": 0, "maxUnavailable": 5}, 3, (0, 3)),
        ({"maxSurge": "100%", "maxUnavailable": 0}, 3, (3, 0)),
        ({"maxSurge": 1, "maxUnavailable": 1}, 0, (1, 0)),
    ],
)
def test_bounds(rolling, replicas, expected):
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    assert deployments.bounds(deployment(replicas=replicas, strategy=strategy)) == expected


def test_recreate_has_no_bounds():
    assert deployments.bounds(deployment(replicas=5, strategy={"type": "Recreate"})) == (0, 0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "observedGeneration": 2}, True),
        ({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "observedGeneration": 1}, False),
        ({"replicas": 4, "updatedReplicas": 3, "availableReplicas": 3, "observedGeneration": 2}, False),
        ({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 2, "observedGeneration": 2}, False),
        ({}, False),
    ],
)
def test_complete(status, expected):
    assert deployments.is_complete(deployment(status, replicas=3)) is expected


def test_deadline_and_revision():
    assert not deployments.has_deadline(deployment(progressDeadlineSeconds=2**31 - 1))
    assert deployments.has_deadline(deployment(progressDeadlineSeconds=600))
    assert deployments.revision(Metadata(annotations={deployments.REVISION_ANNOTATION: "7"})) == 7
    assert deployments.revision(Metadata(annotations={deployments.REVISION_ANNOTATION: "x"})) == 0
    assert deployments.revision(Metadata()) == 0


def test_scaled():
    assert int_or_percent.scaled("33%", 10, up=True) == 4
    assert int_or_percent.scaled("33%", 10, up=False) == 3
    assert int_or_percent.scaled(7, 3, up=True) == 7
