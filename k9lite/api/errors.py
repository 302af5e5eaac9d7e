"""The errors an API server answers with, in Kubernetes' own words (apimachinery: api/errors, validation/field)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

# Reasons: the one word in a Status by which programs tell errors apart.
BAD_REQUEST = "BadRequest"
UNAUTHORIZED = "Unauthorized"
FORBIDDEN = "Forbidden"
NOT_FOUND = "NotFound"
METHOD_NOT_ALLOWED = "MethodNotAllowed"
NOT_ACCEPTABLE = "NotAcceptable"
ALREADY_EXISTS = "AlreadyExists"
CONFLICT = "Conflict"
GONE = "Gone"
EXPIRED = "Expired"
REQUEST_ENTITY_TOO_LARGE = "RequestEntityTooLarge"
UNSUPPORTED_MEDIA_TYPE = "UnsupportedMediaType"
INVALID = "Invalid"
TOO_MANY_REQUESTS = "TooManyRequests"
INTERNAL_ERROR = "InternalError"
SERVICE_UNAVAILABLE = "ServiceUnavailable"
TIMEOUT = "Timeout"

CODES = {
    BAD_REQUEST: 400,
    UNAUTHORIZED: 401,
    FORBIDDEN: 403,
    NOT_FOUND: 404,
    METHOD_NOT_ALLOWED: 405,
    NOT_ACCEPTABLE: 406,
    ALREADY_EXISTS: 409,
    CONFLICT: 409,
    GONE: 410,
    EXPIRED: 410,
    REQUEST_ENTITY_TOO_LARGE: 413,
    UNSUPPORTED_MEDIA_TYPE: 415,
    INVALID: 422,
    TOO_MANY_REQUESTS: 429,
    INTERNAL_ERROR: 500,
    SERVICE_UNAVAILABLE: 503,
    TIMEOUT: 504,
}  # of HTTP


@dataclass(frozen=True, slots=True)
class Cause:
    """One detail of a Status: `reason` such as FieldValueRequired, its text, the field's path."""

    reason: str
    message: str
    field: str = ""


class StatusError(Exception):
    """A request was refused; becomes the API's Status object."""

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        name: str = "",
        group: str = "",
        kind: str = "",
        uid: str = "",
        causes: Sequence[Cause] = (),
        retry_after: int = 0,
        code: int | None = None,
        continue_token: str = "",
    ) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message
        self.name, self.group, self.kind, self.uid = name, group, kind, uid
        self.causes = tuple(causes)
        self.retry_after = retry_after
        self.code = CODES[reason] if code is None else code
        self.continue_token = continue_token

    def has_cause(self, reason: str) -> bool:
        """Whether one of the causes has this reason, e.g. `NamespaceTerminating`."""
        return any(cause.reason == reason for cause in self.causes)

    def status(self) -> dict[str, Any]:
        """The Status object, as JSON data."""
        details: dict[str, Any] = {"name": self.name, "group": self.group, "kind": self.kind, "uid": self.uid}
        details["causes"] = [
            {"reason": c.reason, "message": c.message} | ({"field": c.field} if c.field else {}) for c in self.causes
        ]
        details["retryAfterSeconds"] = self.retry_after
        details = {key: value for key, value in details.items() if value}
        metadata = {"continue": self.continue_token} if self.continue_token else {}
        status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure"}
        status |= {"message": self.message, "reason": self.reason}
        return status | ({"details": details} if details else {}) | {"code": self.code}


def is_not_found(error: StatusError) -> bool:
    """Whether what a request named is not there."""
    return error.reason == NOT_FOUND


def is_already_exists(error: StatusError) -> bool:
    """Whether an object of that name was there before."""
    return error.reason == ALREADY_EXISTS


def is_conflict(error: StatusError) -> bool:
    """Whether an object had changed since it was read, or others own applied fields."""
    return error.reason == CONFLICT


@contextmanager
def ignoring(*reasons: str) -> Iterator[None]:
    """Go on after a StatusError with one of `reasons`, e.g. NOT_FOUND when what is deleted may be gone."""
    try:
        yield
    except StatusError as error:
        if error.reason not in reasons:
            raise


@dataclass(frozen=True, slots=True)
class FieldError:
    """One invalid field: `<path>: <type>[: <value>][: <detail>]`. Make them with the functions below."""

    path: str
    type: str
    reason: str
    value: Any = field(default=None, compare=False)
    has_value: bool = False
    detail: str = ""

    @property
    def body(self) -> str:
        """The message without its path."""
        value = f": {render_value(self.value)}" if self.has_value else ""
        return self.type + value + (f": {self.detail}" if self.detail else "")

    def __str__(self) -> str:
        return f"{self.path}: {self.body}"


def render_value(value: Any) -> str:
    """`value` as Kubernetes 1.36 prints it in a field error."""
    text = msgspec.json.encode(value).decode()
    if isinstance(value, dict | list):  # Go's encoder makes JSON that may stand in HTML
        text = text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
    return text


def required(path: str, detail: str = "") -> FieldError:
    return FieldError(path, "Required value", "FieldValueRequired", detail=detail)


def invalid(path: str, value: Any, detail: str) -> FieldError:
    return FieldError(path, "Invalid value", "FieldValueInvalid", value, True, detail)


def not_supported(path: str, value: Any, supported: Sequence[str]) -> FieldError:
    names = ", ".join(f'"{name}"' for name in supported)
    detail = f"supported values: {names}" if supported else ""
    return FieldError(path, "Unsupported value", "FieldValueNotSupported", value, True, detail)


def duplicate(path: str, value: Any) -> FieldError:
    return FieldError(path, "Duplicate value", "FieldValueDuplicate", value, True)


def not_found_value(path: str, value: Any) -> FieldError:
    return FieldError(path, "Not found", "FieldValueNotFound", value, True)


def forbidden_field(path: str, detail: str) -> FieldError:
    return FieldError(path, "Forbidden", "FieldValueForbidden", detail=detail)


def too_long(path: str, maximum: int) -> FieldError:
    return FieldError(path, "Too long", "FieldValueTooLong", detail=f"may not be more than {maximum} bytes")


def too_many(path: str, actual: int, maximum: int) -> FieldError:
    return FieldError(path, "Too many", "FieldValueTooMany", actual, True, f"must have at most {maximum} items")


def resource_name(group: str, plural: str) -> str:
    """`pods`, `deployments.apps`: how messages call a resource."""
    return f"{plural}.{group}" if group else plural


def not_found(group: str, plural: str, name: str) -> StatusError:
    message = f'{resource_name(group, plural)} "{name}" not found'
    return StatusError(NOT_FOUND, message, name=name, group=group, kind=plural)


def already_exists(group: str, plural: str, name: str) -> StatusError:
    message = f'{resource_name(group, plural)} "{name}" already exists'
    return StatusError(ALREADY_EXISTS, message, name=name, group=group, kind=plural)


def conflict(group: str, plural: str, name: str, why: str, uid: str = "") -> StatusError:
    message = f'Operation cannot be fulfilled on {resource_name(group, plural)} "{name}": {why}'
    return StatusError(CONFLICT, message, name=name, group=group, kind=plural, uid=uid)


STALE = "the object has been modified; please apply your changes to the latest version and try again"


def forbidden(group: str, plural: str, name: str, why: str) -> StatusError:
    message = f'{resource_name(group, plural)} "{name}" is forbidden: {why}'
    return StatusError(FORBIDDEN, message, name=name, group=group, kind=plural)


def unknown_path() -> StatusError:
    """For a path of the API that leads nowhere."""
    return StatusError(NOT_FOUND, "the server could not find the requested resource")


def method_not_allowed(group: str, plural: str, verb: str) -> StatusError:
    message = f'{verb} is not supported on resources of kind "{resource_name(group, plural)}"'
    return StatusError(METHOD_NOT_ALLOWED, message, group=group, kind=plural)


def bad_request(message: str) -> StatusError:
    return StatusError(BAD_REQUEST, message)


def expired(revision: int, oldest: int) -> StatusError:
    return StatusError(EXPIRED, f"too old resource version: {revision} ({oldest})")


def invalid_object(group: str, kind: str, name: str, errors: Sequence[FieldError]) -> StatusError:
    """422 for the field `errors` of one object; duplicates are named once."""
    unique = list(dict.fromkeys(str(error) for error in errors))
    text = unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]"
    kind_name = f"{kind}.{group}" if group else kind
    causes = {(e.path, e.body): Cause(e.reason, e.body, e.path) for e in errors}
    message = f'{kind_name} "{name}" is invalid: {text}'
    return StatusError(INVALID, message, name=name, group=group, kind=kind, causes=tuple(causes.values()))
