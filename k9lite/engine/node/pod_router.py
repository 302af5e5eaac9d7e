"""Brings every pod to the kubelet of its node, with one look at the shared informer per change."""

from collections.abc import Callable, Iterable

from lightkube.models.core_v1 import Pod

from k9lite.api import kinds, pods
from k9lite.api.object import Object
from k9lite.client.informer import Informers

Handler = Callable[[Object[Pod] | None, Object[Pod] | None], None]

INDEX = "spec.nodeName"


def node_name(pod: Object[Pod]) -> str:
    return pods.spec(pod.view).nodeName or ""


def by_node(pod: Object[Pod]) -> Iterable[str]:
    """Index function: the node a pod is bound to."""
    name = node_name(pod)
    return (name,) if name else ()


class PodRouter:
    """One for all kubelets of a cluster."""

    def __init__(self, informers: Informers) -> None:
        self._informer = informers.of(kinds.POD)
        self._informer.add_index(INDEX, by_node)
        self._handlers: dict[str, Handler] = {}
        self._informer.add_handler(self._changed)

    def connect(self, node: str, handler: Handler) -> list[Object[Pod]]:
        """Call `handler(old, new)` for the pods of `node`, and at once for those that are there, which it returns."""
        self._handlers[node] = handler
        present = self._informer.indexed(INDEX, node)
        for pod in present:
            handler(None, pod)
        return present

    def pod(self, name: str, namespace: str) -> Object[Pod] | None:
        """The pod of that name, wherever it is."""
        return self._informer.get(name, namespace)

    def disconnect(self, node: str) -> None:
        self._handlers.pop(node, None)

    def _changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        pod = new or old
        assert pod is not None
        handler = self._handlers.get(node_name(pod))
        if handler is not None:
            handler(old, new)
