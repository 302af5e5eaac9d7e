"""The token subresource of service accounts (TokenRequest), and what a token says when it comes back (TokenReview)."""

from typing import Any

from k9lite.api import errors, kinds, times
from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver import writing
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.apiserver.signing import SigningKey, signing_key

AUDIENCE = "https://kubernetes.default.svc.cluster.local"
DEFAULT_SECONDS, SHORTEST = 3600, 600
EXTENDED, A_YEAR = 3607, 365 * 86400  # tokens that every pod is given are good for longer than they say
_EXTRA = "authentication.kubernetes.io/"


def request_token(context: Context, request: Request, body: Data) -> Data:
    """`body`, a TokenRequest, with a signed token for the service account that `request` names."""
    account = writing.live(context, request)
    spec = {"audiences": [AUDIENCE], "expirationSeconds": DEFAULT_SECONDS} | body.get("spec", {})
    seconds, bound = spec["expirationSeconds"], _bound_pod(context, request, spec.get("boundObjectRef"))
    if seconds < SHORTEST:
        short = errors.invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")
        raise errors.invalid_object("authentication.k8s.io", "TokenRequest", request.name, [short])
    now = context.clock.now()
    claims = _claims(account, bound, spec, int(now)) | {"jti": context.uid(f"token/{account.key}")}
    token = _key(context).sign(claims)
    return body | {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": request.name, "namespace": request.namespace, "creationTimestamp": context.now()},
        "spec": spec,
        "status": {"token": token, "expirationTimestamp": times.time(now + seconds)},
    }


def review(context: Context, token: str) -> Data:
    """The status of a TokenReview: whose `token` is, where this server signed it and it has not expired."""
    claims = _key(context).claims(token)
    if claims is None:
        return {"authenticated": False, "error": "invalid bearer token"}
    if claims["exp"] <= context.clock.now():
        return {"authenticated": False, "error": "service account token has expired"}
    bound = claims["kubernetes.io"]
    held = context.store.get(kinds.SERVICE_ACCOUNT, Key(bound["namespace"], bound["serviceaccount"]["name"]))
    if held is None or held.uid != bound["serviceaccount"]["uid"]:
        return {"authenticated": False, "error": "service account token has been invalidated"}
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{bound['namespace']}", "system:authenticated"]
    extra = {f"{_EXTRA}credential-id": [f"JTI={claims['jti']}"]}
    if "pod" in bound:
        extra |= {f"{_EXTRA}pod-name": [bound["pod"]["name"]], f"{_EXTRA}pod-uid": [bound["pod"]["uid"]]}
    user = {"username": claims["sub"], "uid": bound["serviceaccount"]["uid"], "groups": groups, "extra": extra}
    return {"authenticated": True, "user": user, "audiences": claims["aud"]}


def key_set(context: Context) -> Data:
    """The public key that tokens are checked by, as a JSON Web Key Set."""
    return _key(context).key_set()


def _key(context: Context) -> SigningKey:
    return signing_key(context.randomness.uuid("token signing key"))


def _bound_pod(context: Context, request: Request, reference: Data | None) -> Data | None:
    """The pod that a token is for, where it is for one alone. NotFound, Conflict."""
    if not reference or reference.get("kind") != "Pod":
        return None
    named = Request(kinds.POD, request.namespace, reference.get("name", ""))
    pod = writing.live(context, named)
    if reference.get("uid") not in (None, "", pod.uid):
        raise named.conflict(
            f"the UID in the bound object reference ({reference['uid']}) does not match the UID in record. "
            "The object might have been deleted and then recreated"
        )
    return {"name": pod.name, "uid": pod.uid}


def _claims(account: Object[Any], pod: Data | None, spec: Data, now: int) -> Data:
    seconds = A_YEAR if spec["expirationSeconds"] == EXTENDED else spec["expirationSeconds"]
    return {
        "aud": spec["audiences"],
        "exp": now + seconds,
        "iat": now,
        "nbf": now,
        "iss": AUDIENCE,
        "kubernetes.io": {
            "namespace": account.namespace,
            "serviceaccount": {"name": account.name, "uid": account.uid},
            **({"pod": pod} if pod else {}),
        },
        "sub": f"system:serviceaccount:{account.namespace}:{account.name}",
    }
