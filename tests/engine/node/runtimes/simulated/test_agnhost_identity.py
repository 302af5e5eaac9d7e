"""Tokens are checked by the keys that their issuer publishes."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from k9lite.engine.node.runtimes.simulated.agnhost.identity import Invalid, verify

CLAIMS = {"aud": ["me"], "nbf": 100, "exp": 200}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(key: ec.EllipticCurvePrivateKey, claims: Any, id: str = "k") -> str:
    header = {"alg": "ES256", "kid": id}
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    halves = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{encoded(b''.join(half.to_bytes(32, 'big') for half in halves))}"


def published(key: ec.EllipticCurvePrivateKey, id: str = "k") -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kid": id, "x": encoded(numbers.x.to_bytes(32, "big")), "y": encoded(numbers.y.to_bytes(32, "big"))}


def test_tokens() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    keys = [published(other, "other"), published(key)]
    verify(signed(key, CLAIMS), keys, "me", 150)
    for token, audience, now, problem in [
        (signed(other, CLAIMS), "me", 150, "failed to verify signature"),
        (signed(key, CLAIMS, "nobody"), "me", 150, "no key is known"),
        (signed(key, CLAIMS), "you", 150, 'expected audience "you"'),
        (signed(key, CLAIMS), "me", 250, "expired"),
        ("a.b", "me", 150, "malformed token"),
    ]:
        with pytest.raises(Invalid, match=problem):
            verify(token, keys, audience, now)
