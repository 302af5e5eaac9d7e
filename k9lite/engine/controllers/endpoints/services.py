"""The triggers of the controllers in this package: a Service, its pods, its nodes."""

from collections.abc import Mapping

from lightkube.models.core_v1 import Node, Pod, Service

from k9lite.aio.clock import Clock
from k9lite.api import kinds
from k9lite.api import services as service_rules
from k9lite.api.cause import Cause
from k9lite.api.object import Key, Object
from k9lite.api.selectors import LabelMatcher
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.controllers.endpoints.backends import Backend, PodFacts, backends, pod_facts, selector

ZONE = "topology.kubernetes.io/zone"
AT_ONCE = 50  # endpoints that are written for every change; more of them wait for each other
BATCH = 0.002  # seconds of waiting per endpoint beyond that, up to
LONGEST_BATCH = 1.0  # seconds


class ServiceController(Controller):
    """Reconciles a Service whenever its endpoints may have changed.

    Writing n endpoints for each of n pods is n² work. The more endpoints a Service has, the longer its changes are
    gathered, as with Kubernetes' `--endpoint-updates-batch-period`.
    """

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.services = informers.of(kinds.SERVICE)
        self.pods = informers.of(kinds.POD)
        self.nodes = informers.of(kinds.NODE)
        self._sizes: dict[Key, int] = {}
        self._selectors: dict[str, dict[Key, LabelMatcher]] = {}  # by namespace; asked for every change of every pod
        self._facts: dict[Key, PodFacts] = {}  # of every pod, as last seen
        self.services.add_handler(self._service_changed)
        self.watch(self.services)
        self.pods.add_handler(self._pod_changed)
        self.nodes.add_handler(self._node_changed)

    def _service_changed(self, old: Object[Service] | None, new: Object[Service] | None) -> None:
        for service in (old, new):
            if service is not None:
                self._selectors.setdefault(service.namespace, {}).pop(service.key, None)
        if new is not None and not (matcher := selector(new)).nothing:
            self._selectors[new.namespace][new.key] = matcher

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        newest = new or old
        if newest is None:
            return
        key = newest.key
        if not self._selectors.get(key.namespace):
            self._facts.pop(key, None)
            return  # nobody asks for pods there; a Service that begins to is looked at for its own sake
        before = self._facts.pop(key, None)
        after = pod_facts(new) if new is not None else None
        if after is not None:
            self._facts[key] = after
        if before == after:
            return
        concerned = {
            service for facts in (before, after) if facts for service in self._selecting(key.namespace, facts.labels)
        }
        for service in sorted(concerned):
            self.enqueue(service, self.caused_by(newest))

    def _selecting(self, namespace: str, labels: Mapping[str, str]) -> list[Key]:
        return [key for key, matcher in self._selectors.get(namespace, {}).items() if matcher.matches(labels)]

    def enqueue(self, key: Key, cause: Cause) -> None:
        """Queue a Service, at once or together with the changes of the next moments."""
        crowd = self._sizes.get(key, 0) - AT_ONCE
        if crowd > 0:
            self.queue.add_after(key, cause, min(crowd * BATCH, LONGEST_BATCH))
        else:
            self.queue.add(key, cause)

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        """A node's zone is part of its endpoints; endpoints of unknown nodes are left out."""
        if old is not None and new is not None and old.labels.get(ZONE) == new.labels.get(ZONE):
            return
        newest = new or old
        for service in self.services:
            if newest is not None and not selector(service).nothing:
                self.enqueue(service.key, self.caused_by(newest))

    def backends(self, service: Object[Service], *, slices: bool) -> list[Backend]:
        """The current backends of `service`."""
        result = backends(service, self.pods.in_namespace(service.namespace), slices=slices)
        if not service_rules.spec(service.view).publishNotReadyAddresses:
            result = [backend for backend in result if backend.node and self.nodes.get(backend.node) is not None]
        self._sizes[service.key] = len(result)
        return result
