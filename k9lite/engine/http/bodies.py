"""Bodies of requests: JSON, YAML or protobuf to data, with what a strict reader would say of the text."""

from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from k9lite.api import schema
from k9lite.api.errors import UNSUPPORTED_MEDIA_TYPE, StatusError, bad_request
from k9lite.api.object import Data
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.http.wire import protobuf
from k9lite.yaml_reader.parser import parse

JSON_TYPE, YAML_TYPE = "application/json", "application/yaml"
PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf"
ACCEPTED = f"{JSON_TYPE}, {YAML_TYPE}, {PROTOBUF_TYPE}"

_OPERATION = {"op", "path", "from", "value"}  # what JSON patch knows


class Body(NamedTuple):
    """`duplicates`: paths of fields that JSON has twice; `problems`: what strict reading of YAML finds."""

    data: Any
    duplicates: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def options(body: Body, options: WriteOptions) -> WriteOptions:
    """`options` of a write of `body`, with what is wrong with its text."""
    if options.validation == "Ignore" or not (body.duplicates or body.problems):
        return options
    return replace(options, duplicates=body.duplicates, problems=body.problems)


def read(content_type: str, raw: bytes) -> Body:
    """The object in a body of JSON, YAML or protobuf. Raises BadRequest or UnsupportedMediaType."""
    type = content_type.partition(";")[0].strip().lower() or JSON_TYPE
    if type == PROTOBUF_TYPE:
        try:
            body = Body(protobuf.decode(raw))
        except protobuf.DecodeError as error:
            raise bad_request(str(error)) from error
    elif type == YAML_TYPE:
        body = _yaml(raw)
    elif type == JSON_TYPE:
        data = _json(raw)
        body = Body(data, schema.duplicate_fields(raw))
    else:
        message = f"the body of the request was in an unknown format - accepted media types include: {ACCEPTED}"
        raise StatusError(UNSUPPORTED_MEDIA_TYPE, message)
    if not isinstance(body.data, dict):
        raise bad_request("couldn't get version/kind; json parse error: the body is not an object")
    return body


def decode(content_type: str, raw: bytes) -> Data:
    """The object in a body whose form matters little, such as the options of a delete."""
    data: Data = read(content_type, raw).data
    return data


def read_patch(type: PatchType, raw: bytes) -> Body:
    """The change in the body of a PATCH."""
    if type is PatchType.APPLY:
        return _yaml(raw)
    change, repeated = _json(raw), schema.duplicate_fields(raw)
    if type is PatchType.JSON:
        unknown = [f'json patch unknown field "{path}"' for path in _unknown(change)]
        return Body(change, (), (*unknown, *(f'json patch duplicate field "{path}"' for path in repeated)))
    return Body(change, (), tuple(f'duplicate field "{path}"' for path in repeated))


def _unknown(change: Any) -> list[str]:
    operations = change if isinstance(change, list) else []
    return [
        f"[{index}].{name}"
        for index, operation in enumerate(operations)
        if isinstance(operation, dict)
        for name in operation
        if name not in _OPERATION
    ]


def _json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise bad_request(f"invalid JSON: {error}") from error


def _yaml(raw: bytes) -> Body:
    """One YAML document (JSON is YAML too), its keys sorted as they are where YAML becomes JSON."""
    parsed = parse("the body", raw)
    if parsed.problems or len(parsed.documents) != 1:
        detail = str(parsed.problems[0]) if parsed.problems else f"{len(parsed.documents)} documents"
        raise bad_request(f"error converting YAML to JSON: {detail}")
    lines = [f'  line {one.line}: key "{one.key}" already set in map' for one in parsed.duplicates]
    data = msgspec.json.decode(msgspec.json.encode(parsed.documents[0].data, order="sorted"))
    return Body(data, (), ("\n".join(["yaml: unmarshal errors:", *lines]),) if lines else ())
