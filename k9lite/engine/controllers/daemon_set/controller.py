"""The loop itself: claim pods and revisions, carry out the plan, report."""

from collections.abc import Iterable

from lightkube.models.apps_v1 import DaemonSet, DaemonSetSpec
from lightkube.models.core_v1 import Node, Pod

from k9lite.aio.clock import Clock
from k9lite.api import kinds, pods
from k9lite.api.errors import StatusError, is_not_found
from k9lite.api.object import Data, Key, Object
from k9lite.api.selectors import label_selector
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions
from k9lite.engine.controllers import controller_revisions
from k9lite.engine.controllers.claims import by_controller, claim, orphans_of
from k9lite.engine.controllers.controller_revisions import Revision
from k9lite.engine.controllers.daemon_set import plan as plans
from k9lite.engine.controllers.daemon_set.back_off import BackOff
from k9lite.engine.controllers.daemon_set.placement import Fit, fit
from k9lite.engine.controllers.daemon_set.plan import BURST, Plan, PodsByNode, Rules
from k9lite.engine.controllers.daemon_set.status import status
from k9lite.engine.controllers.daemon_set.template import HASH_LABEL, by_target, new_pod, pod_spec, target_node
from k9lite.engine.controllers.template_hash import template_hash


class DaemonSetController(Controller):
    """Acts on DaemonSets, and through their labels and owners on pods and ControllerRevisions."""

    name = "daemonset-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.sets = informers.of(kinds.DAEMON_SET)
        self.pods = informers.of(kinds.POD)
        self.nodes = informers.of(kinds.NODE)
        self.revisions = informers.of(kinds.CONTROLLER_REVISION)
        self.pods.add_index("controller", by_controller)
        self.revisions.add_index("controller", by_controller)
        self._back_off = BackOff()
        self.sets.add_handler(self._set_changed)
        self.watch(self.sets)
        self.watch(self.pods, self._owners)
        self.nodes.add_handler(self._node_changed)

    def _set_changed(self, old: Object[DaemonSet] | None, new: Object[DaemonSet] | None) -> None:
        if new is None and old is not None:
            self._back_off.forget(old.uid)

    def _owners(self, pod: Object[Pod]) -> Iterable[Key]:
        """The DaemonSet that controls `pod`, or those that may adopt it."""
        owner = pod.meta.controller
        if owner is not None:
            return [Key(pod.namespace, owner.name)] if owner.kind == "DaemonSet" else []
        return [
            candidate.key
            for candidate in self.sets.in_namespace(pod.namespace)
            if label_selector(_spec(candidate).selector).matches(pod.labels)
        ]

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        """Look at the DaemonSets for which the node became another place than it was."""
        node = new or old
        assert node is not None
        for owner in self.sets:
            spec = pod_spec(owner)
            before = fit(old, spec) if old is not None else None
            after = fit(new, spec) if new is not None else None
            if before != after:
                self.queue.add(owner.key, self.caused_by(node))

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        owner = self.sets.get(key.name, key.namespace)
        if owner is None:
            return None
        if label_selector(_spec(owner).selector).everything:
            message = "This daemon set is selecting all pods. A non-empty selector is required."
            self.recorder.warning(owner, "SelectingAll", message, client.cause)
            return None
        if owner.deleting:
            return None
        existing = await self._claim_pods(owner, client)
        revisions = await self._claim_revisions(owner, client)
        revision, collisions = await self._revision(owner, revisions, client)
        hash = revision.labels.get(HASH_LABEL, "")
        pod = pod_spec(owner)
        nodes = {node.name: fit(node, pod) for node in self.nodes}
        by_node = by_target(plans.counted(existing))
        rules = plans.rules(_spec(owner), sum(each.runs for each in nodes.values()))
        again = await self._act(owner, nodes, by_node, rules, hash, client)
        used = {each.name for each in revisions if any(plans.is_updated(pod, _hash(each)) for pod in existing)}
        limit = _spec(owner).revisionHistoryLimit
        old = controller_revisions.beyond_limit(revisions, used | {revision.name}, limit)
        await controller_revisions.delete_all(client, old)
        await self._report(owner, nodes, by_node, rules, hash, collisions, client)
        return min([seconds for seconds in (again, self._next_available(existing, rules)) if seconds], default=None)

    async def _claim_pods(self, owner: Object[DaemonSet], client: CausedClient) -> list[Object[Pod]]:
        candidates = self.pods.indexed("controller", owner.uid)
        candidates += self.pods.indexed("controller", orphans_of(owner.namespace))
        claimed, _ = await claim(client, owner, label_selector(_spec(owner).selector), candidates)
        return claimed

    async def _claim_revisions(self, owner: Object[DaemonSet], client: CausedClient) -> list[Revision]:
        candidates = self.revisions.indexed("controller", owner.uid)
        candidates += self.revisions.indexed("controller", orphans_of(owner.namespace))
        claimed, _ = await claim(client, owner, label_selector(_spec(owner).selector), candidates)
        return claimed

    async def _revision(
        self, owner: Object[DaemonSet], revisions: list[Revision], client: CausedClient
    ) -> tuple[Revision, int | None]:
        """The ControllerRevision of the current template, and how many names collided."""
        template = owner.data()["spec"]["template"]
        labels = (template.get("metadata") or {}).get("labels") or {}
        reported: int | None = owner.data().get("status", {}).get("collisionCount")

        def body(collisions: int) -> Data:
            hash = template_hash(template, collisions or None)
            number = controller_revisions.next_number(revisions)
            return controller_revisions.new_revision(owner, hash, labels | {HASH_LABEL: hash}, number)

        revision, collisions = await controller_revisions.newest(client, owner, revisions, body, reported or 0)
        return revision, collisions or reported

    async def _act(
        self,
        owner: Object[DaemonSet],
        nodes: dict[str, Fit],
        by_node: PodsByNode,
        rules: Rules,
        hash: str,
        client: CausedClient,
    ) -> float | None:
        """Bring the nodes in order, else update them; seconds until a failed pod may be replaced, or None."""
        now = self.clock.now()
        plan = plans.manage(nodes, by_node, rules, hash, now)
        again = self._hold_back(owner, plan, now, client)
        if not plan.create and not plan.delete and rules.rolling:
            plan = plans.update(nodes, by_node, rules, hash, now)
        failed: StatusError | None = None
        for node in plan.create[:BURST]:
            failed = await self._create(owner, new_pod(owner, hash, node), client) or failed
        for pod in plan.delete[:BURST]:
            failed = await self._delete(owner, pod, client) or failed
        if failed is not None:
            raise failed
        return again

    def _hold_back(self, owner: Object[DaemonSet], plan: Plan, now: float, client: CausedClient) -> float | None:
        """Take pods whose turn has not come out of `plan`; seconds until the first of them, or None."""
        rests = []
        for pod in plan.ended:
            node = target_node(pod)
            if pods.phase(pod.view) == "Succeeded":
                message = f"Found succeeded daemon pod {pod.key} on node {node}, will try to delete it"
                self.recorder.normal(owner, "SucceededDaemonPod", message, client.cause)
                continue
            rest = self._back_off.rest((owner.uid, node), now)
            if rest > 0:
                plan.delete.remove(pod)
                rests.append(rest)
                continue
            self._back_off.replaced((owner.uid, node), now)
            message = f"Found failed daemon pod {pod.key} on node {node}, will try to kill it"
            self.recorder.warning(owner, "FailedDaemonPod", message, client.cause)
        return min(rests, default=None)

    async def _create(self, owner: Object[DaemonSet], body: Data, client: CausedClient) -> StatusError | None:
        try:
            pod = await client.create(kinds.POD, body, owner.namespace)
        except StatusError as error:
            if error.has_cause("NamespaceTerminating"):
                return None
            self.recorder.warning(owner, "FailedCreate", f"Error creating: {error}", client.cause)
            return error
        self.recorder.normal(owner, "SuccessfulCreate", f"Created pod: {pod.name}", client.cause)
        return None

    async def _delete(self, owner: Object[DaemonSet], pod: Object[Pod], client: CausedClient) -> StatusError | None:
        try:
            await client.delete(kinds.POD, pod.name, pod.namespace, options=DeleteOptions(uid=pod.uid))
        except StatusError as error:
            if is_not_found(error):
                return None
            self.recorder.warning(owner, "FailedDelete", f"Error deleting: {error}", client.cause)
            return error
        self.recorder.normal(owner, "SuccessfulDelete", f"Deleted pod: {pod.name}", client.cause)
        return None

    async def _report(
        self,
        owner: Object[DaemonSet],
        nodes: dict[str, Fit],
        by_node: PodsByNode,
        rules: Rules,
        hash: str,
        collisions: int | None,
        client: CausedClient,
    ) -> None:
        old = owner.data().get("status", {})
        new = status(nodes, by_node, rules, hash, owner.meta.generation, collisions, self.clock.now())
        new |= {"conditions": old["conditions"]} if old.get("conditions") else {}
        if new != old:
            await client.update_status(owner, new)

    def _next_available(self, existing: list[Object[Pod]], rules: Rules) -> float | None:
        """Seconds until the next pod has been ready for long enough; None where none waits for that."""
        now = self.clock.now()
        ready = [since for pod in existing if (since := pods.ready_since(pod.view)) is not None]
        return min((rest for since in ready if (rest := since + rules.min_ready_seconds - now) > 0), default=None)


def _hash(revision: Revision) -> str:
    return revision.labels.get(HASH_LABEL, "")


def _spec(owner: Object[DaemonSet]) -> DaemonSetSpec:
    assert owner.view.spec is not None
    return owner.view.spec
