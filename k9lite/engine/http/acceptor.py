"""Takes connections from a listening socket through their TLS handshakes, which are long, a few at a time."""

import asyncio
import errno
import logging
import socket
import ssl
from collections import OrderedDict
from collections.abc import Callable, Hashable

from k9lite.aio.tasks import TaskSet

log = logging.getLogger(__name__)

AT_ONCE = 8  # handshakes that are made at the same time: each takes the loop a millisecond
PATIENCE = 0.05  # seconds after which a handshake that waits for its client keeps nobody else from his
HANDSHAKE, GOODBYE = 10.0, 2.0  # seconds that a client has for its part of the first and of the last words of TLS
PAUSE = 0.5  # seconds without accepting when the system has no descriptor left

_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Strangers:
    """Connections that have not proved yet who they are. Where there are more than `most`, the oldest is ended."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ends: OrderedDict[Hashable, Callable[[], object]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._ends)

    def enter(self, connection: Hashable, end: Callable[[], object]) -> None:
        self._ends[connection] = end
        if len(self._ends) > self._most:
            _, end_oldest = self._ends.popitem(last=False)
            end_oldest()

    def leave(self, connection: Hashable) -> None:
        self._ends.pop(connection, None)


class Acceptor:
    """Hands every connection of `listening`, once it is encrypted, to a protocol that `make_protocol` makes.

    The sockets that wait meanwhile do so in the system's queue.
    """

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext,
        make_protocol: Callable[[], asyncio.Protocol],
        strangers: Strangers,
    ) -> None:
        self._listening, self._context, self._make_protocol = listening, context, make_protocol
        self._strangers = strangers
        self._loop = asyncio.get_running_loop()
        self._tasks = TaskSet(_crashed)
        self._fresh: set[socket.socket] = set()  # in a handshake that has not outlasted `PATIENCE`
        self._listens = False

    def start(self) -> None:
        self._listening.setblocking(False)
        self._listen()

    async def close(self) -> None:
        """Accept nothing more, end every handshake and close the listening socket."""
        self._ignore()
        self._listening.close()
        await self._tasks.close()

    def _listen(self) -> None:
        if not self._listens and self._listening.fileno() >= 0:
            self._listens = True
            self._loop.add_reader(self._listening, self._accept)

    def _ignore(self) -> None:
        if self._listens:
            self._listens = False
            self._loop.remove_reader(self._listening)

    def _accept(self) -> None:
        """One connection a turn: what else is ready gets its turn before the next."""
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            if error.errno not in _EXHAUSTED:
                raise
            log.warning("no connection is accepted for a moment: %s", error.strerror)
            self._ignore()
            self._loop.call_later(PAUSE, self._listen)
            return
        connection.setblocking(False)
        self._fresh.add(connection)
        if len(self._fresh) >= AT_ONCE:
            self._ignore()
        task = self._tasks.start(self._shake_hands(connection), "handshake")
        self._strangers.enter(connection, task.cancel)

    async def _shake_hands(self, connection: socket.socket) -> None:
        impatience = self._loop.call_later(PATIENCE, self._no_longer_fresh, connection)
        try:
            await self._loop.connect_accepted_socket(
                self._make_protocol,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=HANDSHAKE,
                ssl_shutdown_timeout=GOODBYE,
            )
        except OSError as error:  # TLS's, too
            log.debug("no handshake: %s", error)
        finally:
            impatience.cancel()
            self._strangers.leave(connection)
            self._no_longer_fresh(connection)

    def _no_longer_fresh(self, connection: socket.socket) -> None:
        self._fresh.discard(connection)
        if len(self._fresh) < AT_ONCE:
            self._listen()


def _crashed(name: str, error: BaseException) -> None:
    log.error("%s failed", name, exc_info=error)
