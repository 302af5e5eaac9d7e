"""The loop itself: claim pods and revisions, carry out the plan, report."""

from collections.abc import Iterable

from lightkube.models.apps_v1 import StatefulSet, StatefulSetSpec
from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock
from k9lite.api import kinds, pods
from k9lite.api.errors import StatusError, is_already_exists, is_not_found
from k9lite.api.object import Data, Key, Object
from k9lite.api.selectors import label_selector
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.engine.controllers import controller_revisions
from k9lite.engine.controllers.claims import by_controller, claim, orphans_of
from k9lite.engine.controllers.controller_revisions import Revision
from k9lite.engine.controllers.stateful_set import plan as plans
from k9lite.engine.controllers.stateful_set.claims import PodClaims
from k9lite.engine.controllers.stateful_set.identity import identity_labels, new_pod, ordinal_of, revision_of
from k9lite.engine.controllers.stateful_set.plan import Plan, Rules
from k9lite.engine.controllers.stateful_set.status import Revisions, after_plan, status
from k9lite.engine.controllers.template_hash import template_hash

HASH_LABEL = "controller.kubernetes.io/hash"


class StatefulSetController(Controller):
    """Acts on StatefulSets, and through their labels and owners on pods, claims and ControllerRevisions."""

    name = "statefulset-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.sets = informers.of(kinds.STATEFUL_SET)
        self.pods = informers.of(kinds.POD)
        self.revisions = informers.of(kinds.CONTROLLER_REVISION)
        self.claims = informers.of(kinds.PERSISTENT_VOLUME_CLAIM)
        self.pods.add_index("controller", by_controller)
        self.revisions.add_index("controller", by_controller)
        self.watch(self.sets)
        self.watch(self.pods, self._owners)

    def _owners(self, pod: Object[Pod]) -> Iterable[Key]:
        """The StatefulSet that controls `pod`, or those that may adopt it."""
        owner = pod.meta.controller
        if owner is not None:
            return [Key(pod.namespace, owner.name)] if owner.kind == "StatefulSet" else []
        return [
            candidate.key
            for candidate in self.sets.in_namespace(pod.namespace)
            if ordinal_of(pod.name, candidate.name) is not None
            and label_selector(_spec(candidate).selector).matches(pod.labels)
        ]

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        owner = self.sets.get(key.name, key.namespace)
        if owner is None:
            return None
        existing = await self._claim_pods(owner, client)
        revisions = await self._claim_revisions(owner, client)
        current, update, collisions = await self._revisions(owner, revisions, client)
        rules, now = plans.rules(_spec(owner)), self.clock.now()
        names = Revisions(current.name, update.name)
        counted = status(existing, rules, names, owner.meta.generation, collisions, now)
        plan = Plan() if owner.deleting else plans.plan(rules, owner.name, existing, update.name, now)
        try:
            await self._carry_out(owner, rules, plan, existing, (current, update), client)
        finally:
            await self._report(owner, after_plan(counted, plan.updating, rules), client)
        used = {current.name, update.name, *map(revision_of, existing)}
        limit = _spec(owner).revisionHistoryLimit
        await controller_revisions.delete_all(client, controller_revisions.beyond_limit(revisions, used, limit))
        return self._next_available(existing, rules, now)

    async def _claim_pods(self, owner: Object[StatefulSet], client: CausedClient) -> list[Object[Pod]]:
        candidates = self.pods.indexed("controller", owner.uid)
        candidates += self.pods.indexed("controller", orphans_of(owner.namespace))
        named = [pod for pod in candidates if ordinal_of(pod.name, owner.name) is not None]
        claimed, _ = await claim(client, owner, label_selector(_spec(owner).selector), named)
        return claimed

    async def _claim_revisions(self, owner: Object[StatefulSet], client: CausedClient) -> list[Revision]:
        candidates = self.revisions.indexed("controller", owner.uid)
        candidates += self.revisions.indexed("controller", orphans_of(owner.namespace))
        claimed, _ = await claim(client, owner, label_selector(_spec(owner).selector), candidates)
        return claimed

    async def _revisions(
        self, owner: Object[StatefulSet], revisions: list[Revision], client: CausedClient
    ) -> tuple[Revision, Revision, int]:
        """The revision before an update, the one it leads to, and how many names collided."""
        template = owner.data()["spec"]["template"]
        labels = (template.get("metadata") or {}).get("labels") or {}

        def body(collisions: int) -> Data:
            hash = template_hash(template, collisions)
            number = controller_revisions.next_number(revisions)
            return controller_revisions.new_revision(owner, hash, labels | {HASH_LABEL: hash}, number)

        reported = owner.data().get("status", {})
        update, collisions = await controller_revisions.newest(
            client, owner, revisions, body, reported.get("collisionCount", 0)
        )
        current = next((revision for revision in revisions if revision.name == reported.get("currentRevision")), update)
        return current, update, collisions

    async def _carry_out(
        self,
        owner: Object[StatefulSet],
        rules: Rules,
        plan: Plan,
        existing: list[Object[Pod]],
        revisions: tuple[Revision, Revision],
        client: CausedClient,
    ) -> None:
        claims = PodClaims(client, self.recorder, self.claims, owner)
        for ordinal in plan.create:
            reported = owner.data().get("status", {}).get("currentReplicas", 0)
            revision = revisions[plans.uses_update_revision(rules, ordinal, reported)]
            template = controller_revisions.template_of(revision)
            await self._create(owner, new_pod(owner, template, revision.name, ordinal), claims, client)
        for pod in plan.claims:
            await claims.create_missing(pod.name)
        if not owner.deleting:
            for pod in existing:
                await self._keep_identity(owner, pod, claims, rules, client)
        for pod in plan.delete:
            await self._delete(owner, pod, client)

    async def _create(self, owner: Object[StatefulSet], body: Data, claims: PodClaims, client: CausedClient) -> None:
        name = body["metadata"]["name"]
        try:
            await claims.create_missing(name)
            await client.create(kinds.POD, body, owner.namespace)
        except StatusError as error:
            if is_already_exists(error) or error.has_cause("NamespaceTerminating"):
                return
            message = f"Create Pod {name} in StatefulSet {owner.name} failed error: {error}"
            self.recorder.warning(owner, "FailedCreate", message, client.cause)
            raise
        message = f"Create Pod {name} in StatefulSet {owner.name} successful"
        self.recorder.normal(owner, "SuccessfulCreate", message, client.cause)

    async def _keep_identity(
        self, owner: Object[StatefulSet], pod: Object[Pod], claims: PodClaims, rules: Rules, client: CausedClient
    ) -> None:
        """Give an adopted or relabelled pod back the labels of its ordinal, and its claims their owners."""
        ordinal = ordinal_of(pod.name, owner.name)
        if ordinal is None or pods.is_terminal(pod.view):
            return
        labels = identity_labels(owner.name, ordinal)
        if not pod.deleting and not labels.items() <= pod.labels.items():
            await client.patch(kinds.POD, pod.name, {"metadata": {"labels": labels}}, PatchType.MERGE, pod.namespace)
        await claims.update_owners(pod, condemned=ordinal not in rules.ordinals)

    async def _delete(self, owner: Object[StatefulSet], pod: Object[Pod], client: CausedClient) -> None:
        try:
            await client.delete(kinds.POD, pod.name, pod.namespace, options=DeleteOptions(uid=pod.uid))
        except StatusError as error:
            if is_not_found(error):
                return
            message = f"Delete Pod {pod.name} in StatefulSet {owner.name} failed error: {error}"
            self.recorder.warning(owner, "FailedDelete", message, client.cause)
            raise
        message = f"Delete Pod {pod.name} in StatefulSet {owner.name} successful"
        self.recorder.normal(owner, "SuccessfulDelete", message, client.cause)

    async def _report(self, owner: Object[StatefulSet], new: Data, client: CausedClient) -> None:
        old = owner.data().get("status", {})
        new |= {"conditions": old["conditions"]} if old.get("conditions") else {}
        if new != old:
            await client.update_status(owner, new)

    def _next_available(self, existing: list[Object[Pod]], rules: Rules, now: float) -> float | None:
        """Seconds until the next pod has been ready for long enough; None where none waits for that."""
        rests = [
            since + rules.min_ready_seconds - now
            for pod in existing
            if (since := pods.ready_since(pod.view)) is not None
        ]
        return min((rest for rest in rests if rest > 0), default=None)


def _spec(owner: Object[StatefulSet]) -> StatefulSetSpec:
    assert owner.view.spec is not None
    return owner.view.spec
