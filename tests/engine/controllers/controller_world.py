"""A cluster of controllers without scheduler and nodes: `FakeNodes` starts and ends pods at once, or when told to."""

from typing import Any

from k9lite.aio.clock import ManualClock
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds, times
from k9lite.api.object import Data, Object
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, PatchType, Selector


class FakeNodes:
    """Binds every pod to node-0, node-1 or node-2, makes it ready, and removes it once it terminates.

    `starts` and `ends` switch that off; `start(pod)` and `end(pod)` do it by hand.
    """

    def __init__(self, client: Client, informers: Informers, clock: ManualClock, tasks: TaskSet) -> None:
        self.client, self.clock, self.tasks = client, clock, tasks
        self.starts = self.ends = True
        self.started = 0
        informers.of(kinds.POD).add_handler(self._changed)

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        if new is None:
            return
        if new.meta.deletionGracePeriodSeconds and self.ends and not (old and old.deleting):
            self.tasks.start(self.end(new), f"end {new.name}")
        elif old is None and self.starts and not new.deleting:
            self.tasks.start(self.start(new), f"start {new.name}")

    async def start(self, pod: Object[Any], ready: bool = True) -> None:
        self.started += 1
        if not pod.view.spec.nodeName:
            body = {"target": {"kind": "Node", "name": f"node-{self.started % 3}"}, "metadata": {"name": pod.name}}
            await self.client.create_subresource(kinds.POD, pod.name, "binding", body, pod.namespace)
        await self.report(pod, ready)

    async def report(self, pod: Object[Any], ready: bool, phase: str = "Running") -> None:
        now = times.time(self.clock.now())
        ip = f"127.244.{self.started // 250}.{self.started % 250 + 1}"
        condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": now}
        current = pod.data().get("status", {})
        status = (
            {"podIP": ip, "podIPs": [{"ip": ip}], "startTime": now}
            | current
            | {"phase": phase, "conditions": [condition]}
        )
        await self.client.patch(
            kinds.POD, pod.name, {"status": status}, PatchType.MERGE, pod.namespace, subresource="status"
        )

    async def end(self, pod: Object[Any]) -> None:
        await self.client.delete(kinds.POD, pod.name, pod.namespace, options=DeleteOptions(grace=0))


class World:
    """What tests ask of the cluster, in few words."""

    def __init__(self, client: Client, clock: ManualClock, tasks: TaskSet) -> None:
        self.client, self.clock, self._tasks = client, clock, tasks
        self.controllers: list[Controller] = []

    def run(self, *controllers: Controller) -> None:
        for controller in controllers:
            self.controllers.append(controller)
            controller.start(self._tasks)

    async def settle(self) -> None:
        """Until nothing happens any more but the passing of time; the short back-offs after conflicts pass too."""
        await self.clock.advance(0.1)

    async def all(self, kind: Any, namespace: str = "default", labels: str = "") -> list[Object[Any]]:
        return (await self.client.list(kind, Selector(namespace=namespace, labels=labels))).items

    async def events(self, namespace: str = "default") -> list[str]:
        """`Reason xCount: message`, in the order in which they were first seen."""
        found = await self.all(kinds.EVENT, namespace)
        found.sort(key=lambda event: int(event.name.rpartition(".")[2], 16))
        return [f"{e.view.reason} x{e.view.count}: {e.view.message}" for e in found]

    async def merge(self, obj: Object[Any], patch: Data, subresource: str = "") -> Object[Any]:
        return await self.client.patch(
            obj.kind, obj.name, patch, PatchType.MERGE, obj.namespace, subresource=subresource
        )


def pod_template(app: str = "web", image: str = "web:v1") -> Data:
    spec = {"containers": [{"name": "c", "image": image, "ports": [{"name": "http", "containerPort": 8080}]}]}
    return {"metadata": {"labels": {"app": app}}, "spec": spec}


def deployment(name: str = "web", replicas: int = 3, **spec: Any) -> Data:
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": pod_template(name),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "progressDeadlineSeconds": 600,
            "revisionHistoryLimit": 10,
            **spec,
        },
    }
