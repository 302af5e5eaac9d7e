"""Certificates of simulated servers: the one that they bring along, and those that a volume holds."""

import datetime
import ipaddress
import ssl
import tempfile
from functools import cache, lru_cache
from pathlib import Path

VALID_FOR = datetime.timedelta(days=3650)
BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
ADDRESSES = ("127.0.0.1", "::1")


class BadCertificate(Exception):
    """Certificate and key cannot be read, or do not belong together."""


@cache
def own() -> ssl.SSLContext:
    """The context of a server that was given no certificate: one that signs itself, made when it is first needed."""
    return context(*_self_signed())


@lru_cache(maxsize=64)
def context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    """A server's context from PEM. BadCertificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.num_tickets = 0  # nobody comes back with one
    with tempfile.TemporaryDirectory() as folder:  # its owner's alone; the module ssl reads nothing but files
        path = Path(folder, "server.pem")
        path.write_bytes(key + b"\n" + certificate)
        try:
            made.load_cert_chain(path)
        except (ssl.SSLError, ValueError) as error:
            raise BadCertificate(str(error)) from error
    return made


def _self_signed() -> tuple[bytes, bytes]:
    """Certificate and key as PEM."""
    # Imported here, as most clusters never need it: it takes a while to load.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme Co")])
    names = [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(one)) for one in ADDRESSES)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + VALID_FOR * 3)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private
