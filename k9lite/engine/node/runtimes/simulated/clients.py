"""Commands that come with a server and ask whether it is there, as readiness probes use them."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from k9lite.aio.clock import within
from k9lite.engine.node.runtimes.simulated.process import Process, Program

PATIENCE_SECONDS = 3.0


class Question(NamedTuple):
    """port: the server's own; said, missing: what the command prints where it answers, and where it does not

    code: the exit status where it does not; host, number: the options that name another server
    """

    port: int
    said: str
    missing: str
    code: int = 1
    host: str = "-h"
    number: str = "-p"


_REDIS = Question(6379, "PONG", "Could not connect to Redis at {host}:{port}: Connection refused")
_POSTGRES = Question(5432, "{host}:{port} - accepting connections", "{host}:{port} - no response", 2)
_MYSQL = Question(
    3306,
    "mysqld is alive",
    "mysqladmin: connect to server at '{host}' failed\nerror: 'Can't connect to MySQL server on '{host}:{port}' (111)'",
    number="-P",
)
_MONGO = Question(
    27017, "{ ok: 1 }", "MongoNetworkError: connect ECONNREFUSED {host}:{port}", host="--host", number="--port"
)
_RABBIT = Question(5672, "Ping succeeded", "Error: unable to perform an operation on node", 69, host="", number="")

# By the last part of an image's path.
CLIENTS: Mapping[str, Mapping[str, Question]] = {
    "redis": {"redis-cli": _REDIS},
    "postgres": {"pg_isready": _POSTGRES},
    "mysql": {"mysqladmin": _MYSQL, "mysql": _MYSQL._replace(said="")},
    "mariadb": {"mysqladmin": _MYSQL, "mariadb-admin": _MYSQL, "mysql": _MYSQL._replace(said="")},
    "mongo": {"mongosh": _MONGO, "mongo": _MONGO},
    "rabbitmq": {"rabbitmq-diagnostics": _RABBIT, "rabbitmqctl": _RABBIT},
}


def program(question: Question) -> Program:
    async def run(process: Process) -> int:
        words, machine = process.argv[1:], process.machine
        given = dict(pairwise(words))
        host, port = given.get(question.host, "localhost"), int(given.get(question.number, question.port))
        names = {"host": host, "port": str(port)}
        try:
            (address, *_) = machine.addresses(host) or [host]
            stream = await within(machine.clock, PATIENCE_SECONDS, machine.network.connect(address, port))
        except (OSError, TimeoutError):
            await process.complain(question.missing.format(**names))
            return question.code
        await stream.close()
        if question.said:
            await process.say(question.said.replace("{host}", host).replace("{port}", str(port)) + "\n")
        return 0

    return run
