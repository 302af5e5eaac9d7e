"""One probe, done once: exec, HTTP, TCP or gRPC (Kubernetes: pkg/probe)."""

from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from lightkube.models.core_v1 import Container, EphemeralContainer, HTTPGetAction, Probe

from k9lite.aio import tls
from k9lite.aio.clock import within
from k9lite.aio.network import Stream
from k9lite.api.addresses import is_loopback
from k9lite.engine.node.node_context import NodeContext
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.probes import grpc
from k9lite.engine.node.probes.outcome import Outcome
from k9lite.engine.node.runtimes.protocol import CommandNotFound, ContainerRecord, RuntimeFailure

LONGEST_OUTPUT = 10 * 1024  # bytes of a response that are read
HOOK_SECONDS = 30.0
USER_AGENT = "kube-probe/1.36"


class HttpTarget(NamedTuple):
    """Where an HTTP probe goes."""

    scheme: str
    host: str
    port: int
    path: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


class PortUnknown(Exception):
    """A probe names a port that its container does not have."""


def port_of(port: int | str, container: Container | EphemeralContainer | None) -> int:
    """The number of a port given as number or name."""
    if isinstance(port, int) or str(port).isdigit():
        return int(port)
    for one in (container.ports if container else None) or ():
        if one.name == port:
            return one.containerPort
    raise PortUnknown(f'strconv.Atoi: parsing "{port}": invalid syntax')  # the last thing that kubelets try


def http_target(action: HTTPGetAction, container: Container | EphemeralContainer | None, address: str) -> HttpTarget:
    path = action.path or "/"
    headers = tuple((one.name, one.value) for one in action.httpHeaders or ())
    host, scheme = action.host or address, (action.scheme or "HTTP").lower()
    return HttpTarget(
        scheme, host, port_of(action.port, container), path if path.startswith("/") else f"/{path}", headers
    )


async def run(state: PodState, record: ContainerRecord, container: Container, probe: Probe) -> Outcome:
    """Do `probe` once against a running container."""
    node, timeout = state.node, float(probe.timeoutSeconds or 1)
    try:
        if probe.exec is not None:
            return await _exec(state, record, probe.exec.command or [], timeout)
        if probe.httpGet is not None:
            target = http_target(probe.httpGet, container, state.address)
            return await http_get(node, target, timeout)
        if probe.tcpSocket is not None:
            host = probe.tcpSocket.host or state.address
            return await tcp(node, host, port_of(probe.tcpSocket.port, container), timeout)
        if probe.grpc is not None:
            service = probe.grpc.service or ""
            return await grpc.check(node.network, node.clock, state.address, probe.grpc.port, service, timeout)
    except PortUnknown as unknown:
        return Outcome(False, str(unknown), error=True)
    return Outcome(False, f"missing probe handler for {state.pod.key}:{container.name}", error=True)


async def tcp(node: NodeContext, host: str, port: int, timeout: float) -> Outcome:
    try:
        stream = await within(node.clock, timeout, _connect(node, host, port))
    except (OSError, TimeoutError) as error:
        return Outcome(False, _dial_error(error, host, port))
    await stream.close()
    return Outcome(True, "")


class Answer(NamedTuple):
    """What an HTTP server said."""

    status: int
    location: str
    body: str


async def http_get(node: NodeContext, target: HttpTarget, timeout: float = HOOK_SECONDS) -> Outcome:
    """GET; 200 to 399 is success. Redirections are followed on the same host, and elsewhere count as a warning."""
    host = target.host
    for _ in range(MOST_REDIRECTS):
        answer = await _get(node, target, timeout)
        if isinstance(answer, Outcome):
            return answer
        following = _redirected(target, answer)
        if following is None or following.host != host:
            return _judged(answer)
        target = following
    return Outcome(False, f'Get "{target.url}": stopped after {MOST_REDIRECTS} redirects')


async def _get(node: NodeContext, target: HttpTarget, timeout: float) -> Answer | Outcome:
    """What the server says, or how asking it failed."""
    told = f'Get "{target.url}": '
    try:
        stream = await within(node.clock, timeout, _connect(node, target.host, target.port))
    except TimeoutError:
        return Outcome(False, f"{told}{HTTP_TIMEOUT}")
    except OSError as error:
        return Outcome(False, told + _dial_error(error, target.host, target.port))
    try:
        data = await within(node.clock, timeout, _exchange(stream, target))
    except TimeoutError:
        return Outcome(False, f"{told}{HTTP_TIMEOUT}")
    except tls.HandshakeFailed as failure:
        return Outcome(False, told + _handshake_error(failure))
    except ConnectionError:
        return Outcome(False, f"{told}EOF")
    finally:
        await stream.close()
    return _answer(data) or Outcome(False, f"{told}EOF")


async def _connect(node: NodeContext, host: str, port: int) -> Stream:
    """Kubelets dial from their node, which is all that loopback addresses lead to."""
    return await node.network.connect(node.address if is_loopback(host) else host, port)


async def _exchange(stream: Stream, target: HttpTarget) -> bytes:
    """Ask, and read the beginning of the answer."""
    speaking: Stream = await tls.connect(stream) if target.scheme == "https" else stream
    await speaking.write(_request(target))
    return await speaking.read(LONGEST_OUTPUT)


def _handshake_error(failure: tls.HandshakeFailed) -> str:
    """What Go's client says of a server that does not speak TLS."""
    if failure.received.startswith(b"HTTP/"):
        return "http: server gave HTTP response to HTTPS client"
    return "tls: first record does not look like a TLS handshake" if failure.received else "EOF"


def _request(target: HttpTarget) -> bytes:
    headers = {"Host": f"{target.host}:{target.port}", "User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers | dict(target.headers)).items())
    return f"GET {target.path} HTTP/1.1\r\n{lines}\r\n".encode()


def _answer(data: bytes) -> Answer | None:
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    words = first.split()
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(words[1]), headers.get("location", ""), body)


def _redirected(target: HttpTarget, answer: Answer) -> HttpTarget | None:
    """Where the server sends whoever asked."""
    if answer.status not in REDIRECTS or not answer.location:
        return None
    parts = urlsplit(urljoin(target.url, answer.location))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return HttpTarget(parts.scheme, parts.hostname or "", port, path, target.headers)


def _judged(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(True, "")
    if 300 <= answer.status < 400:
        return Outcome(True, f"Probe terminated redirects, Response body: {answer.body}", warning=True)
    return Outcome(False, f"HTTP probe failed with statuscode: {answer.status}")


HTTP_TIMEOUT = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
REDIRECTS, MOST_REDIRECTS = (301, 302, 303, 307, 308), 10


async def _exec(state: PodState, record: ContainerRecord, command: list[str], timeout: float) -> Outcome:
    try:
        process = await state.node.runtime.exec(record.id, command)
    except RuntimeFailure as error:
        return Outcome(False, exec_failure(state, record, error), error=True)
    text = bytearray()

    async def finish() -> int:
        async for _, chunk in process.output():
            text.extend(chunk)
        return await process.wait()

    try:
        code = await within(state.node.clock, timeout, finish())
    except TimeoutError:
        await process.close()
        return Outcome(False, f'command timed out: "{" ".join(command)}" timed out after {timeout:g}s')
    return Outcome(code == 0, bytes(text[:LONGEST_OUTPUT]).decode(errors="replace"))


def exec_failure(state: PodState, record: ContainerRecord, error: RuntimeFailure) -> str:
    """What a kubelet hears from its runtime of a command that could not be run."""
    failed = "rpc error: code = Unknown desc = failed to exec in container: "
    if not isinstance(error, CommandNotFound):
        return f"{failed}{error}"
    node = state.node
    halves = (node.randomness.uuid(f"exec {part}", record.id, int(node.clock.now() * 1000)) for part in range(2))
    id = "".join(halves).replace("-", "")
    return f'{failed}failed to start exec "{id}": {error}: unknown'


def _dial_error(error: Exception, host: str, port: int) -> str:
    """What Go's dialler says."""
    if isinstance(error, TimeoutError):
        return f"dial tcp {host}:{port}: i/o timeout"
    return f"dial tcp {host}:{port}: connect: connection refused"
