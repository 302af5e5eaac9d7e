"""kr8s."""

import asyncio
import uuid

import httpx
import kr8s.asyncio
from kr8s.asyncio.objects import ConfigMap, Namespace, Pod

NAME = f"kr8s{uuid.uuid4().hex[:6]}"


async def first(api, name):
    async for type, obj in api.watch("configmaps", namespace=NAME):
        if obj.name == name:
            return type


async def main():
    api = await kr8s.asyncio.api(namespace=NAME)
    namespace = await Namespace({"metadata": {"name": NAME}}, api=api)
    await namespace.create()

    watching = asyncio.create_task(first(api, "made"))
    made = await ConfigMap({"metadata": {"name": "made", "namespace": NAME}, "data": {"a": "b"}}, api=api)
    await made.create()
    assert await asyncio.wait_for(watching, 30) == "ADDED"

    container = {"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}
    pod = await Pod({"metadata": {"name": "web", "namespace": NAME}, "spec": {"containers": [container]}}, api=api)
    await pod.create()
    await pod.wait("condition=Ready", timeout=30)
    assert [found.name async for found in api.get("pods", namespace=NAME)] == ["web"]
    await pod.patch({"metadata": {"labels": {"new": "label"}}})
    assert pod.labels["new"] == "label"
    assert await pod.ready()
    [line async for line in pod.logs()]

    done = await pod.exec(["sh", "-c", "echo hello; exit 3"], check=False)
    assert (done.stdout, done.returncode) == (b"hello\n", 3), done
    async with pod.portforward(80) as port, httpx.AsyncClient() as http:
        assert (await http.get(f"http://127.0.0.1:{port}/")).status_code == 200

    await namespace.delete()
    print("done")


asyncio.run(main())
