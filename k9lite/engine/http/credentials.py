"""What lets a client in: a certificate authority, a server certificate, a bearer token; kept in one private folder."""

import datetime
import ipaddress
import re
import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from k9lite import private_files

VALID_FOR = datetime.timedelta(days=3650)
CLOCK_SKEW = datetime.timedelta(hours=1)
NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
ADDRESSES = ("127.0.0.1", "::1")
_TOKEN = re.compile(rb"[-\w]{32,}\s*")
CA, CERTIFICATE, KEY, TOKEN = "ca.crt", "server.crt", "server.key", "token"


@dataclass(frozen=True, slots=True)
class Credentials:
    """authority: the CA's certificate as PEM; token: what clients send as `Authorization: Bearer`."""

    folder: Path
    authority: str
    token: str

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.num_tickets = 0  # nobody comes back with one, and each of them would be remembered
        context.load_cert_chain(self.folder / CERTIFICATE, self.folder / KEY)
        return context


def load_or_create(folder: Path) -> Credentials:
    """The credentials in `folder`; new ones where any part is missing, damaged, or not of the same making.

    Raises NotPrivate where others may have put them there.
    """
    private_files.claim_with_files(folder)
    if not _fit(folder):
        _create(folder)
    return Credentials(folder, (folder / CA).read_text(), (folder / TOKEN).read_text().strip())


def _fit(folder: Path) -> bool:
    try:
        authority = x509.load_pem_x509_certificate((folder / CA).read_bytes())
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
        key = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
        certificate.verify_directly_issued_by(authority)
    except (FileNotFoundError, ValueError, TypeError, InvalidSignature):
        return False
    token = (folder / TOKEN).read_bytes() if (folder / TOKEN).exists() else b""
    return certificate.public_key() == key.public_key() and _TOKEN.fullmatch(token) is not None


def _create(folder: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key, now)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _server(key, authority, authority_key, now)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    private_files.write(folder / CA, authority.public_bytes(serialization.Encoding.PEM))
    private_files.write(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))
    private_files.write(folder / KEY, private)
    private_files.write(folder / TOKEN, secrets.token_urlsafe(32).encode())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePublicKey, now: datetime.datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer)).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - CLOCK_SKEW).not_valid_after(now + VALID_FOR)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime.datetime) -> x509.Certificate:
    builder = _builder("k9lite-ca", "k9lite-ca", key.public_key(), now)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage(authority=True), critical=True).sign(key, hashes.SHA256())


def _server(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
) -> x509.Certificate:
    """Strict verifiers (Python 3.13's default) want every one of these extensions."""
    addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = _builder("k9lite-apiserver", "k9lite-ca", key.public_key(), now)
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(authority=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName([*(x509.DNSName(name) for name in NAMES), *addresses]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(authority_key, hashes.SHA256())
