"""The loop: its triggers, and the ReplicaSets that belong to a Deployment."""

from collections.abc import Iterable

from lightkube.models.apps_v1 import ReplicaSet
from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock
from k9lite.api import deployments, kinds, pods
from k9lite.api.object import Key, Object
from k9lite.api.selectors import label_selector
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.controllers.claims import by_controller, claim, orphans_of
from k9lite.engine.controllers.deployment.own_sets import OwnSets
from k9lite.engine.controllers.deployment.rollout import Rollout


class DeploymentController(Controller):
    """Acts on Deployments through their ReplicaSets; it writes no pods."""

    name = "deployment-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.deployments = informers.of(kinds.DEPLOYMENT)
        self.sets = informers.of(kinds.REPLICA_SET)
        self.pods = informers.of(kinds.POD)
        self.sets.add_index("controller", by_controller)
        self.pods.add_index("controller", by_controller)
        self.watch(self.deployments)
        self.watch(self.sets, self._owners)
        self.pods.add_handler(self._pod_changed)

    def _owners(self, replica_set: Object[ReplicaSet]) -> Iterable[Key]:
        owner = replica_set.meta.controller
        if owner is None:
            return [
                candidate.key
                for candidate in self.deployments.in_namespace(replica_set.namespace)
                if label_selector(deployments.spec(candidate.view).selector).matches(replica_set.labels)
            ]
        return [Key(replica_set.namespace, owner.name)] if owner.kind == "Deployment" else []

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        """A Recreate rollout goes on once the last old pod is gone."""
        if new is not None or old is None or (owner := old.meta.controller) is None:
            return
        replica_set = self.sets.get(owner.name, old.namespace)
        for key in self._owners(replica_set) if replica_set is not None else ():
            deployment = self.deployments.get(key.name, key.namespace)
            if deployment is not None and not deployments.is_rolling_update(deployment.view):
                self.queue.add(key, self.caused_by(old))

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        deployment = self.deployments.get(key.name, key.namespace)
        if deployment is None:
            return None
        selector = label_selector(deployments.spec(deployment.view).selector)
        if selector.everything:
            message = "This deployment is selecting all pods. A non-empty selector is required."
            self.recorder.warning(deployment, "SelectingAll", message, client.cause)
            return None
        candidates = self.sets.indexed("controller", deployment.uid)
        candidates += self.sets.indexed("controller", orphans_of(deployment.namespace))
        own, _ = await claim(client, deployment, selector, candidates)
        sets = OwnSets(client, self.recorder, deployment, own)
        return await Rollout(client, self.recorder, self.clock, deployment, sets, self._has_live_pods).run()

    def _has_live_pods(self, replica_set: Object[ReplicaSet]) -> bool:
        """Whether a pod of it runs or still terminates."""
        return any(not pods.is_terminal(pod.view) for pod in self.pods.indexed("controller", replica_set.uid))
