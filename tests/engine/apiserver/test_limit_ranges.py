"""Defaults and bounds that a namespace sets for its containers."""

from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer


def limit(server: ApiServer, **item: Any) -> None:
    kind = server.kinds.of("v1", "LimitRange")
    assert kind is not None
    body = {"metadata": {"name": "bounds"}, "spec": {"limits": [{"type": "Container"} | item]}}
    server.create(Request(kind, "default"), body)


def create(server: ApiServer, **resources: dict[str, str]) -> Data:
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "x", "resources": resources}]}}
    return server.create(Request(kinds.POD, "default"), body).data()


def test_defaults(server: ApiServer) -> None:
    limit(server, default={"cpu": "1", "memory": "1Gi"}, defaultRequest={"cpu": "100m"})
    pod = create(server, limits={"cpu": "500m"})
    assert pod["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "500m", "memory": "1Gi"},
        "requests": {"cpu": "500m", "memory": "1Gi"},
    }
    assert pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: memory request for container c; memory limit for container c"
    )


@pytest.mark.parametrize(
    ("item", "resources", "why"),
    [
        (
            {"max": {"cpu": "1"}},
            {"limits": {"cpu": "2"}, "requests": {"cpu": "1"}},
            "maximum cpu usage per Container is 1, but limit is 2",
        ),
        (
            {"min": {"cpu": "100m"}},
            {"limits": {"cpu": "2"}, "requests": {"cpu": "50m"}},
            "minimum cpu usage per Container is 100m, but request is 50m",
        ),
        (
            {"type": "Pod", "max": {"memory": "1Gi"}},
            {},
            "maximum memory usage per Pod is 1Gi.  No limit is specified",
        ),
        (
            {"maxLimitRequestRatio": {"cpu": "2"}},
            {"limits": {"cpu": "3"}, "requests": {"cpu": "1"}},
            "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000",
        ),
    ],
)
def test_bounds(server: ApiServer, item: Data, resources: dict[str, Any], why: str) -> None:
    limit(server, **item)
    with pytest.raises(StatusError) as error:
        create(server, **resources)
    assert error.value.message == f'pods "web" is forbidden: {why}'


def test_claims(server: ApiServer) -> None:
    limit(server, type="PersistentVolumeClaim", min={"storage": "1Gi"}, max={"storage": "2Gi"})
    for size, why in (
        ("500Mi", "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi"),
        ("3Gi", "maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi"),
    ):
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
        with pytest.raises(StatusError) as error:
            server.create(
                Request(kinds.PERSISTENT_VOLUME_CLAIM, "default"), {"metadata": {"name": "data"}, "spec": spec}
            )
        assert error.value.message == f'persistentvolumeclaims "data" is forbidden: {why}'


def test_the_generated_name_is_told(server: ApiServer) -> None:
    limit(server, max={"cpu": "1"})
    limits = {"limits": {"cpu": "2"}}
    body = {"metadata": {"generateName": "web-"}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    body["spec"]["containers"][0]["resources"] = limits
    with pytest.raises(StatusError, match=r'pods "web-[a-z0-9]{5}" is forbidden: '):
        server.create(Request(kinds.POD, "default"), body)
