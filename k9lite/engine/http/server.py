"""The HTTPS server: one port on loopback, in the event loop of everything else."""

import asyncio.sslproto
import errno
import resource
import socket
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.engine.apiserver.serving import ServedClient, Serving
from k9lite.engine.http import credentials, kubeconfig
from k9lite.engine.http.acceptor import Acceptor, Strangers
from k9lite.engine.http.connections import Connections
from k9lite.engine.http.dispatch import Dispatcher

HOST, FIRST_PORT, TRIED_PORTS = "127.0.0.1", 6443, 100
TLS_BUFFER = 16384  # bytes per connection, one record of TLS; asyncio's 256 KB make a thousand watchers cost 300 MB
CLOSING = 1.0  # seconds that open watches are given to end
WAITING = 1024  # connections that the system lets wait
MOST_STRANGERS = 1500  # connections without a token; never more than a quarter of the descriptors


class HttpServer:
    """Serves one cluster's API. `folder` keeps its credentials and kubeconfig; `name` is the context's name."""

    def __init__(self, client: ServedClient, clock: Clock, folder: Path, name: str) -> None:
        self._client, self._clock, self._folder, self._name = client, clock, folder, name
        self._runner: web.ServerRunner | None = None
        self._acceptor: Acceptor | None = None

    @cached_property
    def _credentials(self) -> credentials.Credentials:
        return credentials.load_or_create(self._folder)

    @property
    def authority(self) -> str:
        """The certificate that clients check it by, as PEM."""
        return self._credentials.authority

    async def start(self, port: int | None = None) -> Serving:
        """Listen on `port`, or on the first free one from 6443 on. Raises OSError when a wanted port is taken."""
        found = self._credentials
        dispatcher = Dispatcher(self._client, self._clock, found.token)
        asyncio.sslproto.SSLProtocol.max_size = TLS_BUFFER  # there is no public way to say it
        strangers = Strangers(most_strangers(resource.getrlimit(resource.RLIMIT_NOFILE)[0]))
        connections = Connections(dispatcher.handle, strangers)
        self._runner = web.ServerRunner(connections, shutdown_timeout=CLOSING)
        await self._runner.setup()
        listening = _listen([port] if port is not None else range(FIRST_PORT, FIRST_PORT + TRIED_PORTS))
        self._acceptor = Acceptor(listening, found.server_context(), connections, strangers)
        self._acceptor.start()
        bound = int(listening.getsockname()[1])
        url = f"https://{HOST}:{bound}"
        path = self._folder / "kubeconfig"
        kubeconfig.write(path, self._name, url, found)
        return Serving(url, bound, path)

    async def close(self) -> None:
        """End every connection and free the port."""
        if self._acceptor is not None:
            await self._acceptor.close()
        if self._runner is not None:
            await self._runner.cleanup()


def most_strangers(descriptors: int) -> int:
    """How many connections without a token there may be in a process that may open so many `descriptors`."""
    return MOST_STRANGERS if descriptors == resource.RLIM_INFINITY else min(MOST_STRANGERS, descriptors // 4)


def _listen(ports: Iterable[int]) -> socket.socket:
    """A socket that listens on the first of `ports` that is free. OSError when none is."""
    taken: OSError | None = None
    for port in ports:
        try:
            return socket.create_server((HOST, port), backlog=WAITING)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            taken = error
    raise OSError(errno.EADDRINUSE, f"no free port for the API: {taken}")
