"""Calls to webhooks over TLS, on a network in memory."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from k9lite.aio import tls
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.network import Stream
from k9lite.engine.apiserver.admission.webhooks.answers import Answer, Call
from k9lite.engine.apiserver.admission.webhooks.calls import HttpsCaller

NAME = "hook.default.svc"


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server's context, and its own certificate in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    pem = built.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(secret + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, pem.decode()


async def ask(folder: Path, response: bytes, *, trusted: bool = True) -> Answer:
    network = MemoryNetwork()
    context, pem = certificate(folder)

    async def accept(stream: Stream) -> None:
        encrypted = await tls.accept(stream, context)
        await encrypted.read()
        await encrypted.write(response)

    await network.listen("127.0.0.9", 443, accept)
    bundle = pem if trusted else certificate(folder)[1]
    body = {"kind": "AdmissionReview", "request": {}}
    call = Call(b"k" * 32, f"https://{NAME}:443/x", "127.0.0.9", 443, NAME, "/x", bundle, body, 30)
    answer = await HttpsCaller(network).ask(call)
    await network.close()
    return answer


REVIEW = b'{"response": {"allowed": true, "uid": "1"}}'


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(REVIEW), REVIEW),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(REVIEW), REVIEW),
    ],
)
async def test_an_answer(tmp_path: Path, response: bytes) -> None:
    assert (await ask(tmp_path, response)).response["allowed"] is True


async def test_what_is_no_answer_is_a_failure(tmp_path: Path) -> None:
    failed = await ask(tmp_path, b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
    why = 'an error on the server ("unknown") has prevented the request from succeeding'
    assert failed.failure == f"failed to call webhook: {why}"


async def test_an_unknown_certificate_is_not_trusted(tmp_path: Path) -> None:
    failure = (await ask(tmp_path, b"", trusted=False)).failure
    assert "tls: failed to verify certificate: x509: " in failure


async def test_nobody_listens() -> None:
    call = Call(b"k" * 32, "https://x", "127.0.0.9", 443, NAME, "/", "", {"request": {}}, 30)
    assert (await HttpsCaller(MemoryNetwork()).ask(call)).failure.endswith(
        "dial tcp 127.0.0.9:443: connect: connection refused"
    )
