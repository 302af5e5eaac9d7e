"""What a request asks for, beyond its path: selectors, write options, delete options, bodies."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from k9lite.api.cause import Cause
from k9lite.api.errors import Cause as ErrorCause
from k9lite.api.errors import StatusError, bad_request, invalid, invalid_object, not_supported
from k9lite.api.object import Data
from k9lite.client.protocol import DeleteOptions, PatchType, Selector, WriteOptions
from k9lite.engine.http.rendering import IncludeObject
from k9lite.engine.http.routes import Route
from k9lite.engine.http.wire import protobuf
from k9lite.manifests.parser import parse

JSON_TYPE, YAML_TYPE = "application/json", "application/yaml"
PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf"
LARGEST_BODY = 3 * 2**20  # bytes, as kube-apiserver's limit
LONGEST_MANAGER = 128  # characters
ACCEPTED = f"{JSON_TYPE}, {YAML_TYPE}, {PROTOBUF_TYPE}"
PROPAGATION = ("Background", "Foreground", "Orphan")
INCLUDE: tuple[IncludeObject, ...] = ("None", "Metadata", "Object")
VALIDATION = ("Strict", "Warn", "Ignore")


def truth(query: Mapping[str, str], name: str) -> bool:
    """A flag as Go's clients write it."""
    return query.get(name, "").lower() in ("1", "t", "true")


def integer(query: Mapping[str, str], name: str) -> int | None:
    """A number that may be absent. Raises BadRequest when it is none."""
    text = query.get(name, "")
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


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
    if text and not text.isdigit():
        error = invalid("resourceVersion", text, f'strconv.ParseUint: parsing "{text}": invalid syntax')
        raise invalid_object("meta.k8s.io", "ListOptions", "", [error])
    return int(text or 0)


def manager(request: web.Request) -> str:
    """The field manager: as named, else what comes before the first slash of the user agent."""
    named = request.query.get("fieldManager", "")
    if len(named) > LONGEST_MANAGER:
        raise bad_request("invalid fieldManager: may not be more than 128 characters")
    return named or request.headers.get("User-Agent", "").partition("/")[0][:LONGEST_MANAGER] or "unknown"


def cause(request: web.Request, action: str) -> Cause:
    """Who writes, and what they asked for, e.g. "kubectl" and "patch"."""
    agent = request.headers.get("User-Agent", "").partition("/")[0]
    command = request.headers.get("Kubectl-Command", "").removeprefix("kubectl ")
    return Cause(agent or "client", command or action)


def write_options(request: web.Request) -> WriteOptions:
    """The options of a create, update or patch; warnings are collected for the answer."""
    query = request.query
    validation = query.get("fieldValidation") or "Warn"
    if validation not in VALIDATION:
        error = not_supported("fieldValidation", validation, ("", "Ignore", "Strict", "Warn"))
        raise invalid_object("meta.k8s.io", "CreateOptions", "", [error])
    return WriteOptions(
        manager=manager(request),
        force=truth(query, "force"),
        dry_run=dry_run(query.getall("dryRun", [])),
        validation=validation,  # type: ignore[arg-type]  # one of VALIDATION
        warnings=[],
    )


def dry_run(values: list[str]) -> bool:
    """Whether nothing is to be stored. Raises Invalid for anything but `All`."""
    if any(value != "All" for value in values):
        error = not_supported("dryRun", values, ("All",))
        raise invalid_object("meta.k8s.io", "CreateOptions", "", [error])
    return bool(values)


def delete_options(body: Data, query: Mapping[str, str]) -> DeleteOptions:
    """From the body, or from the query where the body is silent."""
    preconditions = body.get("preconditions") or {}
    grace = body.get("gracePeriodSeconds", integer(query, "gracePeriodSeconds"))
    propagation = body.get("propagationPolicy") or query.get("propagationPolicy") or None
    orphan = body.get("orphanDependents", truth(query, "orphanDependents") if "orphanDependents" in query else None)
    if propagation is not None and orphan is not None:
        message = "orphanDependents and deletionPropagation cannot be both set"
        raise StatusError("Invalid", message, causes=[ErrorCause("FieldValueInvalid", message, "propagationPolicy")])
    if propagation is None and orphan is not None:
        propagation = "Orphan" if orphan else "Background"
    if propagation is not None and propagation not in PROPAGATION:
        error = not_supported("propagationPolicy", propagation, (*sorted(PROPAGATION), "nil"))
        raise invalid_object("", "DeleteOptions", "", [error])
    values = body.get("dryRun") or ([query["dryRun"]] if "dryRun" in query else [])
    return DeleteOptions(
        grace,
        propagation,  # type: ignore[arg-type]  # one of PROPAGATION
        preconditions.get("uid"),
        preconditions.get("resourceVersion"),
        dry_run(values),
    )


async def body(request: web.Request) -> bytes:
    """The whole body. Raises RequestEntityTooLarge."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        message = f"Request entity too large: limit is {LARGEST_BODY}"
        raise StatusError("RequestEntityTooLarge", message) from None


def decode(content_type: str, raw: bytes) -> Data:
    """The object in a body of JSON, YAML or protobuf. Raises BadRequest or UnsupportedMediaType."""
    kind = content_type.partition(";")[0].strip().lower() or JSON_TYPE
    if kind == PROTOBUF_TYPE:
        try:
            return protobuf.decode(raw)
        except protobuf.DecodeError as error:
            raise bad_request(str(error)) from error
    if kind not in (
        JSON_TYPE,
        YAML_TYPE,
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/octet-stream",
    ):
        message = f"the body of the request was in an unknown format - accepted media types include: {ACCEPTED}"
        raise StatusError("UnsupportedMediaType", message)
    data = parse_yaml(raw) if kind == YAML_TYPE else parse_json(raw)
    if not isinstance(data, dict):
        raise bad_request("couldn't get version/kind; json parse error: the body is not an object")
    return data


def parse_json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise bad_request(f"invalid JSON: {error}") from error


def parse_yaml(raw: bytes) -> Any:
    """One YAML document (JSON is YAML too)."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        parsed = parse("the body", raw)
        if parsed.problems or len(parsed.documents) != 1:
            detail = str(parsed.problems[0]) if parsed.problems else f"{len(parsed.documents)} documents"
            raise bad_request(f"error converting YAML to JSON: {detail}") from None
        return parsed.documents[0].data


def patch_type(request: web.Request) -> PatchType:
    given = request.headers.get("Content-Type", "").partition(";")[0].strip()
    try:
        return PatchType(given)
    except ValueError:
        accepted = ", ".join(PatchType)
        message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        raise StatusError("UnsupportedMediaType", message) from None
