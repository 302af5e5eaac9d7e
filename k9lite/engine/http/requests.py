"""What a request asks for, beyond its path: selectors, write options, delete options."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import http_exceptions, web
from lightkube.models import meta_v1

from k9lite.api import schema
from k9lite.api.cause import Cause
from k9lite.api.errors import (
    INVALID,
    REQUEST_ENTITY_TOO_LARGE,
    TIMEOUT,
    UNSUPPORTED_MEDIA_TYPE,
    FieldError,
    StatusError,
    bad_request,
    forbidden_field,
    invalid,
    invalid_object,
    not_supported,
    required,
    too_long,
)
from k9lite.api.errors import Cause as ErrorCause
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.client.protocol import DeleteOptions, PatchType, Selector, WriteOptions
from k9lite.engine.http.rendering import IncludeObject
from k9lite.engine.http.routes import Route

LARGEST_BODY = 3 * 2**20  # bytes, as kube-apiserver's limit
LONGEST_UPLOAD = 60.0  # seconds
LONGEST_MANAGER = 128  # characters
DELETE_OPTIONS: Kind[Any] = Kind("meta.k8s.io", "v1", "DeleteOptions", "", False, model=meta_v1.DeleteOptions)
PROPAGATION = ("Background", "Foreground", "Orphan")
INCLUDE: tuple[IncludeObject, ...] = ("None", "Metadata", "Object")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"}
VALIDATION = ("Strict", "Warn", "Ignore")


def truth(query: Mapping[str, str], name: str) -> bool:
    """A flag as Kubernetes reads it: whatever is said but `0` and `false` sets it, also nothing (`?watch`)."""
    value = query.get(name)
    return value is not None and value != "0" and value.lower() != "false"


def integer(query: Mapping[str, str], name: str) -> int | None:
    """A number that may be absent. Raises BadRequest when it is none."""
    text = query.get(name, "")
    if not text:
        return None
    if not _INTEGER.fullmatch(text):
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def selector(route: Route, query: Mapping[str, str]) -> Selector:
    """What of the collection is wanted; a watch of one name is a field selector too."""
    fields = query.get("fieldSelector", "")
    if route.name:
        fields = ",".join(part for part in (fields, f"metadata.name={route.name}") if part)
    return Selector(route.namespace, query.get("labelSelector", ""), fields)


def include_object(query: Mapping[str, str]) -> IncludeObject:
    wanted = query.get("includeObject") or "Metadata"
    for option in INCLUDE:
        if wanted == option:
            return option
    raise bad_request(f"includeObject must be one of {', '.join(INCLUDE)}")


def revision(query: Mapping[str, str]) -> int:
    """The resourceVersion parameter; 0 when there is none."""
    text = query.get("resourceVersion", "")
    if text and not (text.isascii() and text.isdigit()):
        error = invalid("resourceVersion", text, f'strconv.ParseUint: parsing "{text}": invalid syntax')
        raise invalid_object("meta.k8s.io", "ListOptions", "", [error])
    return int(text or 0)


def manager(request: web.BaseRequest) -> str:
    """The field manager: as named, else what comes before the first slash of the user agent."""
    named = request.query.get("fieldManager", "")
    if len(named) > LONGEST_MANAGER:
        raise _invalid_options(_OPTIONS.get(request.method, ""), too_long("fieldManager", LONGEST_MANAGER))
    return named or request.headers.get("User-Agent", "").partition("/")[0][:LONGEST_MANAGER] or "unknown"


def check_patch(request: web.BaseRequest, type: PatchType) -> None:
    """The rules of options that differ between server-side apply and other patches (meta/v1 validation)."""
    apply = type is PatchType.APPLY
    if apply and not request.query.get("fieldManager"):
        raise _invalid_options("PatchOptions", required("fieldManager", "is required for apply patch"))
    if not apply and "force" in request.query:
        raise _invalid_options("PatchOptions", forbidden_field("force", "may not be specified for non-apply patch"))


def _invalid_options(kind: str, error: FieldError) -> StatusError:
    return invalid_object("meta.k8s.io", kind, "", [error])


def cause(request: web.BaseRequest, action: str) -> Cause:
    """Who writes, and what they asked for, e.g. "kubectl" and "patch"."""
    agent = request.headers.get("User-Agent", "").partition("/")[0]
    command = request.headers.get("Kubectl-Command", "").removeprefix("kubectl ")
    return Cause(agent or "client", command or action)


def write_options(request: web.BaseRequest) -> WriteOptions:
    """The options of a create, update or patch; warnings are collected for the answer."""
    query = request.query
    validation = query.get("fieldValidation") or "Warn"
    if validation not in VALIDATION:
        error = not_supported("fieldValidation", validation, ("", "Ignore", "Strict", "Warn"))
        raise _invalid_options(_OPTIONS.get(request.method, ""), error)
    return WriteOptions(
        manager=manager(request),
        force=truth(query, "force"),
        dry_run=dry_run(query.getall("dryRun", []), _OPTIONS.get(request.method, "")),
        validation=validation,  # type: ignore[arg-type]  # one of VALIDATION
        warnings=[],
    )


def dry_run(values: list[str], kind: str) -> bool:
    """Whether nothing is to be stored. Raises Invalid for anything but `All`."""
    if any(value != "All" for value in values):
        raise _invalid_options(kind, not_supported("dryRun", values, ("All",)))
    return bool(values)


def delete_options(body: Data, query: Mapping[str, str]) -> DeleteOptions:
    """From the body, or from the query where the body is silent."""
    body, _ = schema.decode(DELETE_OPTIONS, body, "Ignore")
    preconditions = body.get("preconditions") or {}
    grace = body.get("gracePeriodSeconds", integer(query, "gracePeriodSeconds"))
    propagation = body.get("propagationPolicy") or query.get("propagationPolicy") or None
    orphan = body.get("orphanDependents", truth(query, "orphanDependents") if "orphanDependents" in query else None)
    if propagation is not None and orphan is not None:
        message = "orphanDependents and deletionPropagation cannot be both set"
        raise StatusError(INVALID, message, causes=[ErrorCause("FieldValueInvalid", message, "propagationPolicy")])
    if propagation is None and orphan is not None:
        propagation = "Orphan" if orphan else "Background"
    if propagation is not None and propagation not in PROPAGATION:
        raise _invalid_options(
            "DeleteOptions", not_supported("propagationPolicy", propagation, (*sorted(PROPAGATION), "nil"))
        )
    values = body.get("dryRun") or ([query["dryRun"]] if "dryRun" in query else [])
    return DeleteOptions(
        grace,
        propagation,  # type: ignore[arg-type]  # one of PROPAGATION
        preconditions.get("uid"),
        preconditions.get("resourceVersion"),
        dry_run(values, "DeleteOptions"),
    )


async def body(request: web.BaseRequest) -> bytes:
    """The whole body, decompressed. Raises RequestEntityTooLarge, Timeout when it does not come, else BadRequest."""
    try:
        async with asyncio.timeout(LONGEST_UPLOAD):
            return await request.read()
    except TimeoutError:
        raise StatusError(TIMEOUT, "request did not complete within the allotted timeout") from None
    except web.HTTPRequestEntityTooLarge:
        message = f"Request entity too large: limit is {LARGEST_BODY}"
        raise StatusError(REQUEST_ENTITY_TOO_LARGE, message) from None
    except (web.RequestPayloadError, http_exceptions.PayloadEncodingError) as error:
        raise bad_request(f"the body of the request cannot be decoded: {error}") from None


def patch_type(request: web.BaseRequest) -> PatchType:
    given = request.headers.get("Content-Type", "").partition(";")[0].strip()
    try:
        return PatchType(given)
    except ValueError:
        accepted = ", ".join(PatchType)
        message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        raise StatusError(UNSUPPORTED_MEDIA_TYPE, message) from None
