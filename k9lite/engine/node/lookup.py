"""What pods refer to: most of it out of the shared informers."""

from lightkube.models.core_v1 import ConfigMap, Secret, Service

from k9lite.api import kinds
from k9lite.api.object import Data, Object
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client


class InformerLookup:
    """Implements `node_context.Lookup`."""

    def __init__(self, client: Client, informers: Informers) -> None:
        self._client = client
        self._config_maps = informers.of(kinds.CONFIG_MAP)
        self._secrets = informers.of(kinds.SECRET)
        self._services = informers.of(kinds.SERVICE)

    def config_map(self, name: str, namespace: str) -> Object[ConfigMap] | None:
        return self._config_maps.get(name, namespace)

    def secret(self, name: str, namespace: str) -> Object[Secret] | None:
        return self._secrets.get(name, namespace)

    def services(self, namespace: str) -> list[Object[Service]]:
        return self._services.in_namespace(namespace)

    async def token(self, account: str, namespace: str, request: Data) -> Data:
        """The status of the TokenRequest `request`: a token for the service account. StatusError."""
        answer = await self._client.create_subresource(kinds.SERVICE_ACCOUNT, account, "token", request, namespace)
        status: Data = answer["status"]
        return status
