"""Keeps the service account `default` and the API server's root certificate in every namespace
(pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher)."""

from collections.abc import Mapping
from typing import Any

from lightkube.models.core_v1 import Namespace

from k9lite.aio.clock import Clock
from k9lite.api import kinds
from k9lite.api.errors import ALREADY_EXISTS, NOT_FOUND, StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client

ROOT_CA = "kube-root-ca.crt"
DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class NamespaceDefaultController(Controller):
    """Keeps one object of one name in every namespace; `body` says what it holds."""

    def __init__(
        self, client: Client, informers: Informers, clock: Clock, name: str, kind: Kind[Any], body: Data
    ) -> None:
        self.name = name
        super().__init__(client, informers, clock)
        self.client, self.kind, self.body = client, kind, body
        self.namespaces = informers.of(kinds.NAMESPACE)
        self.objects = informers.of(kind)
        self.namespaces.add_handler(self._namespace_changed)
        self.watch(self.objects, self._namespace_of)

    def _namespace_changed(self, old: Object[Namespace] | None, new: Object[Namespace] | None) -> None:
        if new is not None:
            self.queue.add(Key("", new.name), self.caused_by(new))

    def _namespace_of(self, obj: Object[Any]) -> list[Key]:
        return [Key("", obj.namespace)] if obj.name == self.body["metadata"]["name"] else []

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        namespace = self.namespaces.get(key.name)
        if namespace is None or namespace.deleting:
            return
        existing = self.objects.get(self.body["metadata"]["name"], key.name)
        try:
            if existing is None:
                await client.create(self.kind, self.body, key.name)
            elif (restored := _restored(existing, self.body)) is not None:
                await client.update(self.kind, restored, key.name)
        except StatusError as error:
            if error.reason in (ALREADY_EXISTS, NOT_FOUND) or error.has_cause("NamespaceTerminating"):
                return
            raise


def _restored(existing: Object[Any], body: Mapping[str, Any]) -> Data | None:
    """`existing` with its data as in `body`; None where it is so."""
    data = existing.data()
    if "data" not in body or data.get("data") == body["data"]:
        return None
    return data | {"data": body["data"]}


def service_accounts(client: Client, informers: Informers, clock: Clock) -> Controller:
    """Keeps the service account `default`: pods that name no other use it."""
    body = {"metadata": {"name": "default"}}
    return NamespaceDefaultController(
        client, informers, clock, "serviceaccount-controller", kinds.SERVICE_ACCOUNT, body
    )


def root_certificates(client: Client, informers: Informers, clock: Clock, certificate: str) -> Controller:
    """Every namespace has a ConfigMap with the `certificate` (PEM) of the API server's authority."""
    body = {
        "metadata": {"name": ROOT_CA, "annotations": {"kubernetes.io/description": DESCRIPTION}},
        "data": {"ca.crt": certificate},
    }
    name = "root-ca-certificate-publisher-controller"
    return NamespaceDefaultController(client, informers, clock, name, kinds.CONFIG_MAP, body)
