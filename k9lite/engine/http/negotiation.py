"""In which form a client wants its answer: plain JSON, a Table, or nothing but metadata."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

Form = Literal["plain", "table", "metadata"]


class Accepted(NamedTuple):
    """One alternative of an Accept header, e.g. `application/json;as=Table;v=v1;g=meta.k8s.io`."""

    type: str
    parameters: dict[str, str]


def alternatives(header: str) -> Iterator[Accepted]:
    """The alternatives in the order in which the client names them, which is the order of its preference."""
    for item in header.split(","):
        type, *parameters = (part.strip() for part in item.split(";"))
        yield Accepted(type, dict(part.split("=", 1) for part in parameters if "=" in part))


FORMS: dict[str, Form] = {
    "Table": "table",
    "PartialObjectMetadata": "metadata",
    "PartialObjectMetadataList": "metadata",
}


def form(header: str) -> Form | None:
    """The first form that can be served, always as JSON; None when the client accepts none."""
    for type, parameters in alternatives(header or "*/*"):
        if type in ("application/json", "application/*", "*/*"):
            wanted = parameters.get("as")
            if wanted is None:
                return "plain"
            if wanted in FORMS:
                return FORMS[wanted]
    return None


def discovery_version(header: str) -> str | None:
    """The version of aggregated discovery the client prefers, or None for the plain documents."""
    for type, parameters in alternatives(header):
        if type == "application/json" and parameters.get("g") == "apidiscovery.k8s.io":
            if parameters.get("v") in ("v2", "v2beta1"):
                return parameters["v"]
        elif type in ("application/json", "*/*"):
            return None
    return None
