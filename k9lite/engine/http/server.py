"""The HTTPS server: one port on loopback, in the event loop of everything else."""

import asyncio.sslproto
import errno
import socket
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.client.protocol import Client
from k9lite.engine.apiserver.serving import Serving
from k9lite.engine.http import credentials, kubeconfig
from k9lite.engine.http.connections import Connections
from k9lite.engine.http.dispatch import Dispatcher

HOST, FIRST_PORT, TRIED_PORTS = "127.0.0.1", 6443, 100
TLS_BUFFER = 32768  # bytes per connection; asyncio's 256 KB make a thousand watchers cost 300 MB
CLOSING = 1.0  # seconds that open watches are given to end
WAITING, AT_ONCE = 1024, 2  # connections that may wait, and that one turn of the loop accepts: handshakes are long


class HttpServer:
    """Serves one cluster's API. `folder` keeps its credentials and kubeconfig; `name` is the context's name."""

    def __init__(self, client: Client, clock: Clock, folder: Path, name: str) -> None:
        self._client, self._clock, self._folder, self._name = client, clock, folder, name
        self._runner: web.ServerRunner | None = None

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
        self._runner = web.ServerRunner(Connections(dispatcher.handle), shutdown_timeout=CLOSING)
        await self._runner.setup()
        bound = await self._listen(
            self._runner, found, [port] if port is not None else range(FIRST_PORT, FIRST_PORT + TRIED_PORTS)
        )
        url = f"https://{HOST}:{bound}"
        path = self._folder / "kubeconfig"
        kubeconfig.write(path, self._name, url, found)
        return Serving(url, bound, path)

    async def close(self) -> None:
        """End every connection and free the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _listen(self, runner: web.ServerRunner, found: credentials.Credentials, ports: Iterable[int]) -> int:
        context = found.server_context()
        taken: OSError | None = None
        for port in ports:
            try:
                listening = socket.create_server((HOST, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                taken = error
            else:
                await web.SockSite(runner, listening, ssl_context=context, backlog=AT_ONCE).start()
                listening.listen(WAITING)  # for the loop, both are one number
                return int(listening.getsockname()[1])
        raise OSError(errno.EADDRINUSE, f"no free port for the API: {taken}")
