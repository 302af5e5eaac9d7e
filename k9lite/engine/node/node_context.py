"""What the parts of one kubelet share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from lightkube.models.core_v1 import ConfigMap, Secret, Service

from k9lite.aio.clock import Clock
from k9lite.aio.network import Network
from k9lite.aio.randomness import Randomness
from k9lite.api.object import Data, Object
from k9lite.client.recorder import Recorder
from k9lite.engine.node.back_off import BackOff
from k9lite.engine.node.image_manager import ImageManager
from k9lite.engine.node.pods.allocations import Allocations
from k9lite.engine.node.runtimes.host_files import HostFiles
from k9lite.engine.node.runtimes.protocol import Runtime
from k9lite.engine.node.status_manager import StatusManager

RELIST_SECONDS = 1.0  # how often a kubelet asks its runtime what became of the containers
TOLD_SECONDS = 0.03  # a status is told for so long before it changes again


class Lookup(Protocol):
    """Other objects that pods refer to, as this node last saw them."""

    def config_map(self, name: str, namespace: str) -> Object[ConfigMap] | None: ...
    def secret(self, name: str, namespace: str) -> Object[Secret] | None: ...
    def services(self, namespace: str) -> list[Object[Service]]: ...
    async def token(self, account: str, namespace: str, request: Data) -> Data: ...


@dataclass
class NodeContext:
    """One node.

    request_relist: have a pod looked at when the runtime is next listed
    until_relist: seconds until then
    allocations: what its pods take of it
    host_files: its file system, as pods mount it
    up: set while the node works; a node that is down does nothing
    """

    name: str
    address: str
    clock: Clock
    randomness: Randomness
    runtime: Runtime
    network: Network
    recorder: Recorder
    images: ImageManager
    statuses: StatusManager
    lookup: Lookup
    request_relist: Callable[[str], None]
    until_relist: Callable[[], float]
    allocations: Allocations
    host_files: HostFiles
    allocatable: dict[str, str] = field(default_factory=dict)
    crash_back_off: BackOff = field(default_factory=BackOff)
    up: asyncio.Event = field(default_factory=asyncio.Event)

    def until_seen(self) -> float:
        """Seconds until a listing that sees what happens now, when it has been told for a moment."""
        seconds = self.until_relist()
        return seconds if seconds >= TOLD_SECONDS else seconds + RELIST_SECONDS
