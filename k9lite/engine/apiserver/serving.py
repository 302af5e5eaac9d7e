"""What lets other processes reach the API. A cluster is handed it, so that only those load it who serve."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from k9lite.aio.clock import Clock
from k9lite.api.object import Data
from k9lite.client.protocol import Client


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the API is: its URL, and the kubeconfig that says so to kubectl."""

    url: str
    port: int
    kubeconfig: Path


class ServedClient(Client, Protocol):
    """A client of the cluster that is served, which also says what others check its tokens by."""

    def key_set(self) -> Data:
        """The public key that service accounts' tokens are checked by, as a JSON Web Key Set."""


class Server(Protocol):
    """Serves one cluster's API."""

    @property
    def authority(self) -> str:
        """The certificate that clients check it by, as PEM."""

    async def start(self, port: int | None = None) -> Serving:
        """Listen on `port`, or on a free one. Raises OSError when a wanted port is taken."""

    async def close(self) -> None:
        """End every connection and free the port."""


# Of a cluster's API, clock, private folder and name.
MakeServer = Callable[[ServedClient, Clock, Path, str], Server]
