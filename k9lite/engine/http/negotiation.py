"""In which form a client wants its answer: an object, a Table, or nothing but metadata; as JSON, YAML or protobuf."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

Shape = Literal["plain", "table", "metadata"]
Encoding = Literal["json", "yaml", "protobuf"]

MEDIA_TYPES: dict[Encoding, str] = {
    "json": "application/json",
    "yaml": "application/yaml",
    "protobuf": "application/vnd.kubernetes.protobuf",
}
SHAPES: dict[str, Shape] = {
    "Table": "table",
    "PartialObjectMetadata": "metadata",
    "PartialObjectMetadataList": "metadata",
}
_META_VERSIONS = {"v1", "v1beta1"}


class Form(NamedTuple):
    """What an answer is made of, and how it is written."""

    shape: Shape = "plain"
    encoding: Encoding = "json"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.encoding]


PLAIN_JSON = Form()


class Accepted(NamedTuple):
    """One alternative of an Accept header, e.g. `application/json;as=Table;v=v1;g=meta.k8s.io`."""

    type: str
    parameters: dict[str, str]


def alternatives(header: str) -> list[Accepted]:
    """The alternatives in the order of the client's preference: by their `q`, then as they are named."""
    named = [_alternative(item) for item in header.split(",") if item.strip()]
    return sorted(named, key=lambda alternative: -_quality(alternative.parameters.get("q", "1")))


def _alternative(item: str) -> Accepted:
    type, *parameters = (part.strip() for part in item.split(";"))
    pairs = (part.partition("=") for part in parameters)
    return Accepted(type.lower(), {name.strip(): value.strip() for name, _, value in pairs})


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def _matching(type: str) -> Iterator[Encoding]:
    return (encoding for encoding, name in MEDIA_TYPES.items() if type in (name, "application/*", "*/*"))


def form(header: str, *, has_message: bool = True, only_plain: bool = False, watched: bool = False) -> Form | None:
    """The first form that can be served; None when the client accepts none.

    has_message: whether objects of the kind can be written as protobuf; their metadata always can
    only_plain: there is no Table of it, and no metadata alone
    watched: events follow each other, which YAML has no way to write
    """
    for type, parameters in alternatives(header or "*/*"):
        shape = _shape(parameters, only_plain)
        for encoding in _matching(type):
            is_refused = (encoding == "protobuf" and shape == "plain" and not has_message) or (
                encoding == "yaml" and (watched or "stream" in parameters)
            )
            if shape is not None and not is_refused and parameters.get("stream") in (None, "", "watch"):
                return Form(shape, encoding)
    return None


def _shape(parameters: dict[str, str], only_plain: bool) -> Shape | None:
    """None for what is no shape that the server knows."""
    target = {name: parameters[name] for name in ("as", "g", "v") if name in parameters}
    if not target:
        return "plain"
    known = target.get("g") == "meta.k8s.io" and target.get("v") in _META_VERSIONS
    return SHAPES.get(target.get("as", "")) if known and not only_plain else None


def not_acceptable(*, watched: bool = False) -> str:
    """Why an Accept header is refused."""
    types = [f"{type};stream=watch" for encoding, type in MEDIA_TYPES.items() if encoding != "yaml"]
    accepted = ", ".join(types if watched else MEDIA_TYPES.values())
    return f"only the following media types are accepted: {accepted}"


def discovery_version(header: str) -> str | None:
    """The version of aggregated discovery the client prefers, or None for the plain documents."""
    for type, parameters in alternatives(header):
        if type == "application/json" and parameters.get("g") == "apidiscovery.k8s.io":
            if parameters.get("v") in ("v2", "v2beta1"):
                return parameters["v"]
        elif type in ("application/json", "*/*"):
            return None
    return None
