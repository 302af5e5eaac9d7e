"""OpenID Connect discovery of the issuer of service accounts' tokens, so that others can check them."""

from typing import Any

import msgspec
from aiohttp import web

from k9lite.api.object import Data
from k9lite.engine.apiserver.serving import ServedClient
from k9lite.engine.apiserver.signing import ALGORITHM
from k9lite.engine.apiserver.tokens import AUDIENCE
from k9lite.engine.http.answers import response

CONFIGURATION, KEYS = "/.well-known/openid-configuration", "/openid/v1/jwks"
TYPES = {CONFIGURATION: "application/json", KEYS: "application/jwk-set+json"}


def answer(path: str, client: ServedClient, host: str) -> web.StreamResponse | None:
    """The document at `path`, or None where there is none; `host`: by which the client came."""
    if path not in TYPES:
        return None
    document: Any = client.key_set() if path == KEYS else configuration(host)
    answered = response(msgspec.json.encode(document), TYPES[path])
    answered.headers["Cache-Control"] = "public, max-age=3600"
    return answered


def configuration(host: str) -> Data:
    """What says who signs, how, and where the keys are."""
    return {
        "issuer": AUDIENCE,
        "jwks_uri": f"https://{host}{KEYS}",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }
