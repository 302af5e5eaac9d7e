"""lightkube: it lists, watches, patches, applies and reads logs; it has no exec and no port-forward."""

import asyncio
import uuid

import lightkube
import pytest
from lightkube.core.exceptions import ApiError
from lightkube.models.core_v1 import Container, PodSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap, Namespace, Pod

NAME = f"lightkube{uuid.uuid4().hex[:6]}"


async def main():
    client = lightkube.AsyncClient(namespace=NAME, field_manager="lightkube")
    await client.create(Namespace(metadata=ObjectMeta(name=NAME)))
    spec = PodSpec(restartPolicy="Never", containers=[Container("c", image="busybox", command=["echo", "said"])])
    await client.create(Pod(metadata=ObjectMeta(name="talk"), spec=spec))
    async for _, pod in client.watch(Pod):
        if pod.status is not None and pod.status.phase == "Succeeded":
            break
    assert [line.strip() async for line in client.log("talk")] == ["said"]

    applied = await client.apply(ConfigMap(metadata=ObjectMeta(name="made"), data={"a": "b"}))
    assert applied.metadata.managedFields[0].manager == "lightkube"
    patched = await client.patch(ConfigMap, "made", {"data": {"c": "d"}})
    assert patched.data == {"a": "b", "c": "d"}
    assert "made" in [found.metadata.name async for found in client.list(ConfigMap)]
    with pytest.raises(ApiError, match='pods "missing" not found'):
        await client.get(Pod, "missing")
    await client.delete(Namespace, NAME)
    await client.close()
    print("done")


asyncio.run(main())
