"""What pods refer to, out of the shared informers."""

from lightkube.models.core_v1 import ConfigMap, Secret, Service

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.client.informer import Informers


class InformerLookup:
    """Implements `node_context.Lookup`."""

    def __init__(self, informers: Informers) -> None:
        self._config_maps = informers.of(kinds.CONFIG_MAP)
        self._secrets = informers.of(kinds.SECRET)
        self._services = informers.of(kinds.SERVICE)

    def config_map(self, name: str, namespace: str) -> Object[ConfigMap] | None:
        return self._config_maps.get(name, namespace)

    def secret(self, name: str, namespace: str) -> Object[Secret] | None:
        return self._secrets.get(name, namespace)

    def services(self, namespace: str) -> list[Object[Service]]:
        return self._services.in_namespace(namespace)
