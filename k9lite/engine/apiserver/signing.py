"""The key that service accounts' tokens are signed with, and how others check it (RFC 7515, 7517, 7518)."""

import base64
import hashlib
from functools import lru_cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from k9lite.api.object import Data

ALGORITHM, CURVE = "ES256", "P-256"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve
HALF = 32  # bytes of each of the two numbers that are a signature, or a point


class SigningKey:
    """Signs tokens; the same `secret` always makes the same key."""

    def __init__(self, secret: str) -> None:
        number = int.from_bytes(hashlib.sha512(secret.encode()).digest(), "big") % (ORDER - 1) + 1
        self._key = ec.derive_private_key(number, ec.SECP256R1())
        self._public = self._key.public_key()
        encoded = self._public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.id = base64url(hashlib.sha256(encoded).digest())

    def sign(self, claims: Data) -> str:
        """A JSON Web Token with these claims."""
        header = {"alg": ALGORITHM, "kid": self.id}
        text = ".".join(base64url(msgspec.json.encode(part)) for part in (header, claims))
        numbers = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{base64url(b''.join(number.to_bytes(HALF, 'big') for number in numbers))}"

    def claims(self, token: str) -> Data | None:
        """What `token` says; None where it was not signed with this key."""
        text, _, signature = token.rpartition(".")
        try:
            numbers = _decode(signature)
            pair = (int.from_bytes(half, "big") for half in (numbers[:HALF], numbers[HALF:]))
            self._public.verify(encode_dss_signature(*pair), text.encode(), ec.ECDSA(hashes.SHA256()))
            claims: Any = msgspec.json.decode(_decode(text.partition(".")[2]))
        except (InvalidSignature, ValueError):
            return None
        return claims if isinstance(claims, dict) else None

    def key_set(self) -> Data:
        """The public key as a JSON Web Key Set."""
        numbers = self._public.public_numbers()
        x, y = (base64url(number.to_bytes(HALF, "big")) for number in (numbers.x, numbers.y))
        key = {"use": "sig", "kty": "EC", "kid": self.id, "crv": CURVE, "alg": ALGORITHM, "x": x, "y": y}
        return {"keys": [key]}


@lru_cache(maxsize=16)
def signing_key(secret: str) -> SigningKey:
    return SigningKey(secret)


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
