"""Kinds that are only ever posted: who one is and what one may do. Everybody may do everything here."""

from collections.abc import Callable, Mapping

from k9lite.api.object import Data
from k9lite.engine.apiserver import tokens
from k9lite.engine.apiserver.context import Context

USER: Data = {"username": "kubernetes-admin", "groups": ["kubeadm:cluster-admins", "system:authenticated"]}
_EVERYTHING = ["*"]
# What everybody may who is somebody: system:basic-user, system:discovery, system:public-info-viewer.
_ABOUT_ONESELF = (
    ("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
    ("authentication.k8s.io", ["selfsubjectreviews"]),
)
_DISCOVERY = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"]
_PUBLIC = ["/healthz", "/livez", "/readyz", "/version", "/version/"]

Answer = Callable[[Context, Data], Data]


def answer(context: Context, kind: str, review: Data) -> Data:
    """`review` with its status filled in."""
    return review | {"status": _ANSWERS[kind](context, review.get("spec", {}))}


def _allowed(context: Context, spec: Data) -> Data:
    return {"allowed": True}


def _rules(context: Context, spec: Data) -> Data:
    about_oneself = (
        {"verbs": ["create"], "apiGroups": [group], "resources": resources} for group, resources in _ABOUT_ONESELF
    )
    return {
        "resourceRules": [
            {"verbs": _EVERYTHING, "apiGroups": _EVERYTHING, "resources": _EVERYTHING},
            *about_oneself,
        ],
        "nonResourceRules": [
            {"verbs": _EVERYTHING, "nonResourceURLs": _EVERYTHING},
            {"verbs": ["get"], "nonResourceURLs": [*_DISCOVERY, *_PUBLIC]},
            {"verbs": ["get"], "nonResourceURLs": _PUBLIC},
        ],
        "incomplete": False,
    }


def _self(context: Context, spec: Data) -> Data:
    return {"userInfo": USER}


def _token(context: Context, spec: Data) -> Data:
    return tokens.review(context, spec.get("token", ""))


_ANSWERS: Mapping[str, Answer] = {
    "SelfSubjectReview": _self,
    "SelfSubjectAccessReview": _allowed,
    "LocalSubjectAccessReview": _allowed,
    "SubjectAccessReview": _allowed,
    "SelfSubjectRulesReview": _rules,
    "TokenReview": _token,
}
