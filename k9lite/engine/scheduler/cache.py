"""All nodes with the pods on them, kept up to date change by change; pods count from the moment they are assumed."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import zip_longest

from lightkube.models.core_v1 import Node

from k9lite.api.object import Object
from k9lite.api.placement.topology_spread import ZONE
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo


class Cache:
    """nodes: those that exist, zones taking turns; image_nodes: on how many of them each image is."""

    def __init__(self) -> None:
        self._infos: dict[str, NodeInfo] = {}
        self._placed: dict[str, tuple[str, PodInfo]] = {}  # pod uid -> its node and how it counts there
        self.nodes: list[NodeInfo] = []
        self.image_nodes: Counter[str] = Counter()

    def node(self, name: str) -> NodeInfo | None:
        info = self._infos.get(name)
        return info if info is not None and info.known else None

    def set_node(self, obj: Object[Node]) -> NodeInfo:
        info = self._info(obj.name)
        existed, zone = info.known, info.labels.get(ZONE)
        self.image_nodes.subtract(info.images.keys())
        info.set_node(obj)
        self.image_nodes.update(info.images.keys())
        self.image_nodes = +self.image_nodes
        if not existed or info.labels.get(ZONE) != zone:
            self._order()
        return info

    def remove_node(self, name: str) -> None:
        info = self._infos.pop(name)
        self.image_nodes.subtract(info.images.keys())
        self.image_nodes = +self.image_nodes
        if info.pods:  # they are still bound to it, and count again should it come back
            self._infos[name] = rest = NodeInfo(name)
            for pod in info.pods.values():
                rest.add(pod)
        self._order()

    def place(self, pod: PodInfo, node: str) -> None:
        """The pod runs, or is about to run, on `node`."""
        placed = self._placed.get(pod.uid)
        if placed == (node, pod):
            return
        if placed is not None:
            self.remove(pod.uid)
        self._info(node).add(pod)
        self._placed[pod.uid] = node, pod

    def remove(self, uid: str) -> PodInfo | None:
        """Stop counting a pod. Returns its PodInfo; None if it was not counted."""
        placed = self._placed.pop(uid, None)
        if placed is None:
            return None
        node, pod = placed
        info = self._infos[node]
        info.remove(pod)
        if not info.known and not info.pods:
            del self._infos[node]
        return pod

    def placed(self, uid: str) -> PodInfo | None:
        placement = self._placed.get(uid)
        return placement[1] if placement else None

    def _info(self, name: str) -> NodeInfo:
        info = self._infos.get(name)
        if info is None:
            info = self._infos[name] = NodeInfo(name)
        return info

    def _order(self) -> None:
        zones: defaultdict[str, list[NodeInfo]] = defaultdict(list)
        for info in self._infos.values():
            if info.known:
                zones[info.labels.get(ZONE, "")].append(info)
        turns: Iterable[tuple[NodeInfo | None, ...]] = zip_longest(*zones.values())
        self.nodes = [info for turn in turns for info in turn if info is not None]
