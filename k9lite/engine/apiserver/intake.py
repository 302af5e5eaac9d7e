"""What a body says: read strictly, completed with defaults, checked against the endpoint it was sent to."""

from collections.abc import Iterable
from typing import Any

from k9lite.api import custom_resources, defaults, errors, schema
from k9lite.api.errors import FieldError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.validation import custom_resource
from k9lite.engine.apiserver import conversion
from k9lite.engine.apiserver.context import Request


def read(request: Request, body: Data) -> Data:
    """The object that `body` describes, as it is stored, with every default; BadRequest when it is no such object."""
    kind = request.spoken
    check_identity(request, body)
    body = {**body, "apiVersion": kind.api_version, "kind": kind.kind}
    options = request.options
    data, warnings = schema.decode(
        kind, body, options.validation, duplicates=options.duplicates, problems=options.problems
    )
    request.warn(*warnings)
    data.setdefault("metadata", {})
    _complete(kind, data)
    return conversion.inward(kind, request.kind, data)


def typed(kind: Kind[Any], data: Data) -> Data:
    """`data` as Go's type of the kind would write it, with every default: what is empty and omitted then is gone."""
    clean, _ = schema.decode(kind, data, "Ignore")
    _complete(kind, clean)
    return clean


def _complete(kind: Kind[Any], data: Data) -> None:
    """Fill in the defaults, in place. A namespace means nothing to an object that is in none."""
    if not kind.namespaced:
        data["metadata"].pop("namespace", None)
    defaults.apply(kind, data)
    if kind.schema is not None:
        custom_resources.fill_defaults(kind.schema, data)


def validate(request: Request, data: Data, problems: Iterable[FieldError], old: Data | None = None) -> None:
    """Invalid when there are any `problems` with `data`, or it does not fit the schema of a custom resource."""
    kind = request.kind
    found = [*problems, *custom_resource.problems(kind, data, old)]
    if found:
        raise errors.invalid_object(kind.group, kind.kind, request.name, found)


def metadata_of(body: Data) -> Data:
    """The metadata of a body that nobody has read yet; empty where they are no object, which decoding refuses."""
    metadata = body.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def check_identity(request: Request, body: Data) -> None:
    """BadRequest when `body` says that it is something else than the request was sent for."""
    kind = request.spoken
    version = body.get("apiVersion") or kind.api_version
    if version != kind.api_version:
        raise errors.bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        )
    given = body.get("kind") or kind.kind
    if given != kind.kind:
        raise errors.bad_request(f'{given} in version "{kind.version}" cannot be handled as a {kind.kind}')
    metadata = metadata_of(body)
    if kind.namespaced and metadata.get("namespace", request.namespace) not in (request.namespace, ""):
        raise errors.bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if request.name and metadata.get("name", request.name) not in (request.name, ""):
        given_name = metadata["name"]
        raise errors.bad_request(
            f"the name of the object ({given_name}) does not match the name on the URL ({request.name})"
        )
