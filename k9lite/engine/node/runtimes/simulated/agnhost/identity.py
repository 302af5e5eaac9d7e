"""Subcommands that use the account of their pod: one checks its token, one asks the API server with it."""

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import end_on_signals
from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell.commands.network import fetch

TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 -- where it is
DISCOVERY = "/.well-known/openid-configuration"
PATIENCE, POLL_SECONDS = 10.0, 30
COORDINATE_BYTES = 32  # of a point on the curve P-256


class Invalid(Exception):
    """A token is not what it should be; the text says why."""


async def issuer_discovery(process: Process) -> int:
    """Checks the token at --token-path for --audience by what its issuer publishes."""
    given, _ = flags.read(process.argv[2:])
    try:
        raw = _read(process, given.get("token-path", ""))
        await process.complain("OK: Got token")
        await process.complain("validating with in-cluster discovery")
        claims = _part(raw, 1)
        issuer = str(claims.get("iss", ""))
        await process.complain(f"OK: got issuer {issuer}")
        configuration = await _json(process, f"{issuer}{DISCOVERY}", raw)
        if configuration.get("issuer") != issuer:
            raise Invalid(f"oidc: issuer did not match, expected {issuer} got {configuration.get('issuer')}")
        await process.complain(f"OK: Constructed OIDC provider for issuer {issuer}")
        keys = await _json(process, f"{issuer}{urlsplit(str(configuration.get('jwks_uri', ''))).path}", raw)
        verify(raw, keys.get("keys", ()), given.get("audience", ""), process.machine.clock.now())
    except Invalid as problem:
        await process.complain(str(problem))
        return 1
    await process.complain("OK: Validated signature on JWT")
    await process.complain("OK: Got valid claims from token!")
    return 0


async def in_cluster_client(process: Process) -> int:
    """Asks the API server for its health again and again, with the token as it is then."""
    given, _ = flags.read(process.argv[2:])
    end_on_signals(process)
    server = "https://{KUBERNETES_SERVICE_HOST}:{KUBERNETES_SERVICE_PORT}/healthz"
    while True:
        try:
            token = _read(process, TOKEN)
            await process.complain("calling /healthz")
            await process.complain(f"authz_header={sha256(f'Bearer {token}'.encode()).hexdigest()}")
            url = server.format_map(process.environment)
            fetched = await fetch(process, url, "GET", {"Authorization": f"Bearer {token}"}, b"", PATIENCE)
            if fetched.problem or fetched.status != 200:
                await process.complain(f"status=failed, {fetched.problem or fetched.status}")
        except (Invalid, KeyError) as problem:
            await process.complain(f"status=failed, {problem}")
        await process.machine.clock.sleep(flags.number(given, "poll-interval", POLL_SECONDS))


def verify(token: str, keys: list[Mapping[str, str]], audience: str, now: float) -> None:
    """Check signature, audience and time of a token that is signed with ES256. Invalid."""
    # Imported here, as most clusters never need it: it takes a while to load.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    header, claims = _part(token, 0), _part(token, 1)
    key = next((one for one in keys if one.get("kid") == header.get("kid")), None)
    if key is None or header.get("alg") != "ES256":
        raise Invalid("failed to verify signature: no key is known for this token")
    signed, _, signature = token.rpartition(".")
    point = _decoded(signature)
    x, y = (int.from_bytes(_decoded(key[name])) for name in ("x", "y"))
    try:
        der = utils.encode_dss_signature(
            int.from_bytes(point[:COORDINATE_BYTES]), int.from_bytes(point[COORDINATE_BYTES:])
        )
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(
            der, signed.encode(), ec.ECDSA(hashes.SHA256())
        )
    except (InvalidSignature, ValueError) as error:
        raise Invalid("failed to verify signature") from error
    if audience and audience not in claims.get("aud", ()):
        raise Invalid(f'oidc: expected audience "{audience}" got {claims.get("aud")}')
    if not claims.get("nbf", 0) <= now < claims.get("exp", 0):
        raise Invalid("oidc: token is expired")


def _part(token: str, index: int) -> dict[str, Any]:
    try:
        part: dict[str, Any] = json.loads(_decoded(token.split(".")[index]))
    except (ValueError, IndexError) as error:
        raise Invalid(f"malformed token: {error}") from error
    return part


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def _json(process: Process, url: str, token: str) -> dict[str, Any]:
    fetched = await fetch(process, url, "GET", {"Authorization": f"Bearer {token}"}, b"", PATIENCE)
    if fetched.problem or fetched.status != 200:
        raise Invalid(f'Get "{url}": {fetched.problem or fetched.status}')
    try:
        document: dict[str, Any] = json.loads(fetched.body)
    except ValueError as error:
        raise Invalid(f"failed to decode {url}: {error}") from error
    return document


def _read(process: Process, path: str) -> str:
    try:
        return process.machine.files.read(absolute(path, process.folder)).decode(errors="replace").strip()
    except NoFile as error:
        raise Invalid(f"open {path}: {str(error).lower()}") from error
