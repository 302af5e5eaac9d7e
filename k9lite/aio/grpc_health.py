"""The health service of gRPC (grpc.health.v1.Health) over any `Stream`: both its ends, without TLS.

Whoever uses it imports it when it is needed: `h2`, which speaks HTTP/2, takes a while to load.
"""

import struct
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import NamedTuple

from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.exceptions import ProtocolError

from k9lite.aio.network import Stream

SERVICE, METHOD = "grpc.health.v1.Health", "Check"
TYPE = "application/grpc"
STRING, NUMBER = 0x0A, 0x08  # protobuf's tags of field 1: bytes, and a number
LONGEST_REQUEST = 64 * 1024  # bytes
SETTINGS = b"\x04"  # the type of the first frame that a server sends
FRAME_HEAD = struct.Struct(">BI")  # whether it is compressed, its length


class Health(IntEnum):
    """What a service says of itself."""

    UNKNOWN = 0
    SERVING = 1
    NOT_SERVING = 2
    SERVICE_UNKNOWN = 3


class Code(IntEnum):
    """How a call ended; those that occur here."""

    OK = 0
    UNKNOWN = 2
    NOT_FOUND = 5
    UNIMPLEMENTED = 12
    UNAVAILABLE = 14


class Reply(NamedTuple):
    """`health` counts where the code is OK, `message` elsewhere."""

    health: Health = Health.UNKNOWN
    code: int = Code.OK
    message: str = ""


class NoGrpc(ConnectionError):
    """The other end does not speak HTTP/2."""


async def check(stream: Stream, authority: str, service: str) -> Reply:
    """Ask how `service` is ("" for the server as a whole). ConnectionError, of which NoGrpc is one."""
    connection = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
    connection.initiate_connection()
    identifier = connection.get_next_available_stream_id()
    headers = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", f"/{SERVICE}/{METHOD}"),
        (":authority", authority),
        ("content-type", TYPE),
        ("te", "trailers"),
        ("user-agent", "kube-probe/1.36 grpc-go"),
    ]
    connection.send_headers(identifier, headers)
    connection.send_data(identifier, _framed(_text(service)), end_stream=True)
    await stream.write(connection.data_to_send())
    received: dict[str, str] = {}
    body = bytearray()
    data = await stream.read()
    if data and data[3:4] != SETTINGS:
        raise NoGrpc(f"the server speaks no HTTP/2: {data[:16]!r}")
    while True:
        for event in _events(data, connection):
            match event:
                case events.ResponseReceived() | events.TrailersReceived():
                    received |= _texts(event.headers)
                case events.DataReceived(data=chunk, flow_controlled_length=size, stream_id=number):
                    body += chunk
                    connection.acknowledge_received_data(size, number)
                case events.StreamEnded():
                    return _reply(received, bytes(body))
                case events.StreamReset(error_code=code):
                    return Reply(code=Code.UNAVAILABLE, message=f"stream terminated by RST_STREAM with code {code}")
        await stream.write(connection.data_to_send())
        data = await stream.read()


async def serve(stream: Stream, health: Callable[[str], Reply]) -> None:
    """Answer calls until the connection ends; `health` says how a service is."""
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    calls: dict[int, tuple[str, bytearray]] = {}  # stream -> path, what has come of the request
    try:
        while True:
            await stream.write(connection.data_to_send())
            for event in _events(await stream.read(), connection):
                match event:
                    case events.RequestReceived(stream_id=number, headers=headers):
                        calls[number] = _texts(headers).get(":path", ""), bytearray()
                    case events.DataReceived(stream_id=number, data=data, flow_controlled_length=size):
                        connection.acknowledge_received_data(size, number)
                        if number in calls:
                            calls[number][1].extend(data[: LONGEST_REQUEST - len(calls[number][1])])
                    case events.StreamEnded(stream_id=number):
                        _answer(connection, number, *calls.pop(number), health)
                    case events.StreamReset(stream_id=number):
                        calls.pop(number, None)
    except NoGrpc:
        await stream.write(connection.data_to_send())  # h2 says goodbye


def _answer(connection: H2Connection, number: int, path: str, body: bytearray, health: Callable[[str], Reply]) -> None:
    head = [(":status", "200"), ("content-type", TYPE)]
    service, _, method = path.strip("/").rpartition("/")
    if service != SERVICE:
        reply = Reply(code=Code.UNIMPLEMENTED, message=f"unknown service {service}")
    elif method != METHOD:
        reply = Reply(code=Code.UNIMPLEMENTED, message=f"unknown method {method} for service {service}")
    else:
        reply = health(_read_text(bytes(body[FRAME_HEAD.size :])))
    tail = [("grpc-status", str(int(reply.code))), ("grpc-message", reply.message)]
    if reply.code != Code.OK:
        connection.send_headers(number, head + tail, end_stream=True)
        return
    connection.send_headers(number, head)
    connection.send_data(number, _framed(bytes((NUMBER, reply.health)) if reply.health else b""))
    connection.send_headers(number, tail, end_stream=True)


def _events(data: bytes, connection: H2Connection) -> list[events.Event]:
    """What `data` says. ConnectionResetError where it is the end, NoGrpc where it makes no sense."""
    if not data:
        raise ConnectionResetError("EOF")
    try:
        return connection.receive_data(data)
    except ProtocolError as error:
        raise NoGrpc(str(error)) from error


def _texts(headers: Iterable[tuple[object, object]]) -> dict[str, str]:
    """Headers as h2 gives them under `header_encoding`: already decoded, which its types do not say."""
    return {str(name): str(value) for name, value in headers}


def _reply(headers: dict[str, str], body: bytes) -> Reply:
    status = headers.get("grpc-status", "")
    if not status.isdigit():
        return Reply(code=Code.UNKNOWN, message=f"unexpected HTTP status code {headers.get(':status', '')}")
    if int(status) != Code.OK:
        return Reply(code=int(status), message=headers.get("grpc-message", ""))
    message = body[FRAME_HEAD.size :]
    number = message[1] if message[:1] == bytes((NUMBER,)) and len(message) > 1 else 0
    return Reply(Health(number) if number in list(Health) else Health.UNKNOWN)


def _framed(message: bytes) -> bytes:
    return FRAME_HEAD.pack(0, len(message)) + message


def _text(text: str) -> bytes:
    """A message whose field 1 is `text`; nothing for an empty one."""
    data = text.encode()
    return bytes((STRING,)) + _length(len(data)) + data if data else b""


def _length(number: int) -> bytes:
    """A number as protobuf writes it, seven bits per byte, the low ones first."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _read_text(message: bytes) -> str:
    """Field 1 of a message that has nothing else."""
    if message[:1] != bytes((STRING,)):
        return ""
    length = shift = 0
    for index, byte in enumerate(message[1:6], 1):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return message[index + 1 : index + 1 + length].decode(errors="replace")
    return ""
