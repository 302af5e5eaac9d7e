"""Commands that serve and fetch through the cluster's network."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from k9lite.aio import tls
from k9lite.aio.clock import within
from k9lite.aio.network import Stream
from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.http_server import Answer, Request, Response, serve
from k9lite.engine.node.runtimes.simulated.process import Process, Program, forever
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.system import seconds

PATIENCE = 130.0  # seconds that a connection is tried for, as Linux does


async def httpd(process: Process) -> int:
    """BusyBox' web server; with -f in the foreground."""
    given = options.read(process.argv, "phcu")
    port = int(given.values.get("p", "80").rpartition(":")[2])
    folder = absolute(given.values.get("h", "."), process.folder)
    try:
        await process.machine.listen(port, serve(_files(process, folder)))
    except OSError:
        await process.complain("httpd: bind: Address already in use")
        return 1
    if "f" in given.flags:
        await forever()
    return 0


def _files(process: Process, folder: str) -> Answer:
    def answer(request: Request) -> Response:
        path = absolute("." + unquote(urlsplit(request.path).path), folder)
        files = process.machine.files
        if files.is_folder(path):
            path = posixpath.join(path, "index.html")
        try:
            return Response(
                200, files.read(path), "text/html" if path.endswith(".html") else "application/octet-stream"
            )
        except NoFile:
            return Response(404, b"<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n</HTML>\n", "text/html")

    return answer


@dataclass
class Fetched:
    """What came back: a status, headers and a body, or `problem` in the words of libc."""

    status: int = 0
    reason: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    host: str = ""
    port: int = 80
    address: str = ""
    problem: str = ""


async def fetch(
    process: Process, url: str, method: str, headers: Mapping[str, str], body: bytes, patience: float
) -> Fetched:
    """One HTTP request."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    result = Fetched(host=parts.hostname or "", port=parts.port or (443 if parts.scheme == "https" else 80))
    addresses = process.machine.addresses(result.host)
    if not addresses:
        result.problem = "bad address"
        return result
    result.address = addresses[0]
    try:
        await within(process.machine.clock, patience, _exchange(process, parts, method, headers, body, result))
    except TimeoutError:
        result.problem = "timed out"
    except ConnectionRefusedError:
        result.problem = "Connection refused"
    except OSError:
        result.problem = "Connection reset by peer"
    return result


async def _exchange(
    process: Process, parts: object, method: str, headers: Mapping[str, str], body: bytes, result: Fetched
) -> None:
    path, query = getattr(parts, "path", "") or "/", getattr(parts, "query", "")
    stream: Stream = await process.machine.network.connect(result.address, result.port)
    try:
        if getattr(parts, "scheme", "") == "https":
            stream = await tls.connect(stream, name=result.host)
        host = result.host if result.port == 80 else f"{result.host}:{result.port}"
        sent = {"Host": host, **headers, "Connection": "close"} | ({"Content-Length": str(len(body))} if body else {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        await stream.write(f"{method} {path}{'?' + query if query else ''} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        data = await _everything(stream)
    finally:
        await stream.close()
    head, _, result.body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        raise ConnectionResetError
    result.status, result.reason = int(words[1]), words[2] if len(words) > 2 else ""
    result.headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in rest)}


async def _everything(stream: Stream) -> bytes:
    data = bytearray()
    while chunk := await stream.read():
        data += chunk
    return bytes(data)


async def wget(process: Process) -> int:
    given = options.read(process.argv, "OTtUoP")
    if not given.rest:
        await process.complain("wget: missing URL")
        return 1
    url, quiet = given.rest[0], "q" in given.flags
    patience = seconds(given.values.get("T", "")) or PATIENCE
    got = await fetch(process, url, "GET", {"User-Agent": "Wget"}, b"", patience)
    if got.address and not quiet:
        await process.complain(f"Connecting to {got.host}:{got.port} ({got.address}:{got.port})")
    if got.problem:
        wording = {
            "bad address": f"bad address '{got.host}:{got.port}'"
            if ":" in urlsplit(url).netloc
            else f"bad address '{got.host}'",
            "timed out": "download timed out",
        }
        told = wording.get(got.problem, f"can't connect to remote host ({got.address}): {got.problem}")
        await process.complain(f"wget: {told}")
        return 1
    if got.status >= 400:
        await process.complain(f"wget: server returned error: HTTP/1.1 {got.status} {got.reason}")
        return 1
    target = given.values.get("O") or posixpath.basename(urlsplit(url).path) or "index.html"
    if "--spider" in given.flags:
        return 0
    if target == "-":
        await process.stdout.write(got.body)
    else:
        process.machine.files.write(absolute(target, process.folder), got.body)
    return 0


CURL_CODES = {"bad address": 6, "Connection refused": 7, "timed out": 28, "Connection reset by peer": 56}


async def curl(process: Process) -> int:
    argv = [
        {"--silent": "-s", "--fail": "-f", "--head": "-I", "--include": "-i", "--show-error": "-S"}.get(a, a)
        for a in process.argv
    ]
    argv = [
        {
            "--max-time": "-m",
            "--connect-timeout": "-m",
            "--output": "-o",
            "--request": "-X",
            "--header": "-H",
            "--data": "-d",
            "--write-out": "-w",
        }.get(a, a)
        for a in argv
    ]
    argv = [one for one in argv if not one.startswith("--interface=")]
    if "--interface" in argv:  # every container has one interface
        at = argv.index("--interface")
        del argv[at : at + 2]
    given = options.read(argv, "mowXHduA")
    if not given.rest:
        await process.complain("curl: (2) no URL specified")
        return 2
    flags, values, url = given.flags, given.values, given.rest[-1]
    method = values.get("X") or ("HEAD" if "I" in flags else "POST" if "d" in values else "GET")
    headers = {"User-Agent": values.get("A", "curl/8"), "Accept": "*/*"}
    if "H" in values:
        name, _, value = values["H"].partition(":")
        headers[name] = value.strip()
    patience = seconds(values.get("m", "")) or PATIENCE
    got = await fetch(process, url, method, headers, values.get("d", "").encode(), patience)
    if got.problem:
        if "s" not in flags or "S" in flags:
            await process.complain(_curl_problem(got, patience))
        return CURL_CODES[got.problem]
    if "f" in flags and got.status >= 400:
        if "s" not in flags or "S" in flags:
            await process.complain(f"curl: (22) The requested URL returned error: {got.status}")
        return 22
    await _deliver(process, got, flags, values)
    return 0


def _curl_problem(got: Fetched, patience: float) -> str:
    wording = {
        "bad address": f"curl: (6) Could not resolve host: {got.host}",
        "Connection refused": f"curl: (7) Failed to connect to {got.host} port {got.port} after 0 ms: "
        "Could not connect to server",
        "timed out": f"curl: (28) Connection timed out after {int(patience * 1000)} milliseconds",
        "Connection reset by peer": "curl: (56) Recv failure: Connection reset by peer",
    }
    return wording[got.problem]


async def _deliver(process: Process, got: Fetched, flags: set[str], values: Mapping[str, str]) -> None:
    head = f"HTTP/1.1 {got.status} {got.reason}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in got.headers.items()) + "\r\n"
    output = (head.encode() if flags & {"I", "i"} else b"") + (b"" if "I" in flags else got.body)
    if "o" in values:
        process.machine.files.write(absolute(values["o"], process.folder), output)
    else:
        await process.stdout.write(output)
    if "w" in values:
        text = values["w"].replace("%{http_code}", f"{got.status:03d}").replace("%{remote_ip}", got.address)
        await process.say(text.replace("\\n", "\n"))


COMMANDS: Mapping[str, Program] = {
    "curl": curl,
    "httpd": httpd,
    "wget": wget,
}
