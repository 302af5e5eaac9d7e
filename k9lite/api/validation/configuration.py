"""Rules for ConfigMaps, Secrets and ServiceAccounts."""

import base64
from collections.abc import Callable

import msgspec

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_MOST_BYTES = 1024 * 1024
_FROZEN = "field is immutable when `immutable` is set"
_SERVICE_ACCOUNT = "kubernetes.io/service-account.name"


def _keys(path: str, data: Data) -> Errors:
    for key in data:
        yield from values.text(f"{path}[{key}]", key, names.config_key)


def _frozen(new: Data, old: Data, *fields: str) -> Errors:
    if old.get("immutable"):
        if not new.get("immutable"):
            yield errors.forbidden_field("immutable", _FROZEN)
        for field in fields:
            if (new.get(field) or {}) != (old.get(field) or {}):
                yield errors.forbidden_field(field, _FROZEN)


def _config_map(data: Data) -> Errors:
    plain, binary = data.get("data") or {}, data.get("binaryData") or {}
    for key in plain:
        yield from values.text(f"data[{key}]", key, names.config_key)
        if key in binary:
            yield errors.invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
    yield from _keys("binaryData", binary)
    size = sum(len(value.encode()) for value in plain.values()) + _decoded_size(binary)
    if size > _MOST_BYTES:
        yield errors.too_long("[]", _MOST_BYTES)


def _config_map_update(new: Data, old: Data) -> Errors:
    yield from _frozen(new, old, "data", "binaryData")
    yield from _config_map(new)


def _decoded_size(data: Data) -> int:
    """Bytes behind base64 texts."""
    return sum(len(value) * 3 // 4 - value[-2:].count("=") for value in data.values())


def _secret(data: Data) -> Errors:
    content = data.get("data") or {}
    yield from _keys("data", content)
    if _decoded_size(content) > _MOST_BYTES:
        yield errors.too_long("data", _MOST_BYTES)
    check = _SECRET_TYPES.get(data.get("type", ""))
    if check is not None:
        yield from check(data)


def _secret_update(new: Data, old: Data) -> Errors:
    yield from values.immutable("type", new.get("type"), old.get("type"))
    yield from _frozen(new, old, "data")
    yield from _secret(new)


def _service_account_token(data: Data) -> Errors:
    if not ((data.get("metadata") or {}).get("annotations") or {}).get(_SERVICE_ACCOUNT):
        yield errors.required(f"metadata.annotations[{_SERVICE_ACCOUNT}]")


def _needs(*keys: str) -> Callable[[Data], Errors]:
    def check(data: Data) -> Errors:
        for key in keys:
            if key not in (data.get("data") or {}):
                yield errors.required(f"data[{key}]")

    return check


def _json(key: str) -> Callable[[Data], Errors]:
    """The secret's one entry is a JSON object."""

    def check(data: Data) -> Errors:
        yield from _needs(key)(data)
        content = (data.get("data") or {}).get(key)
        if content is not None:
            try:
                msgspec.json.decode(base64.b64decode(content), type=dict)
            except ValueError as error:
                yield errors.invalid(f"data[{key}]", "<secret contents redacted>", str(error))

    return check


def _basic_auth(data: Data) -> Errors:
    if not (data.get("data") or {}).keys() & {"username", "password"}:
        yield errors.required("data[username]")
        yield errors.required("data[password]")


_SECRET_TYPES: dict[str, Callable[[Data], Errors]] = {
    "kubernetes.io/service-account-token": _service_account_token,
    "kubernetes.io/dockercfg": _json(".dockercfg"),
    "kubernetes.io/dockerconfigjson": _json(".dockerconfigjson"),
    "kubernetes.io/basic-auth": _basic_auth,
    "kubernetes.io/ssh-auth": _needs("ssh-privatekey"),
    "kubernetes.io/tls": _needs("tls.crt", "tls.key"),
}

RULES = {
    "ConfigMap": Rules(_config_map, _config_map_update),
    "Secret": Rules(_secret, _secret_update),
}
