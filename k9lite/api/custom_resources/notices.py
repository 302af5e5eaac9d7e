"""What is odd about a definition that is taken: formats that nobody knows, and what k9lite does not do."""

from collections.abc import Iterator

from k9lite.api.object import Data

_NUMBER_FORMATS = {"integer": ("int32", "int64"), "number": ("float", "double")}
_TEXT_FORMATS = frozenset(
    {
        "bsonobjectid",
        "uri",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "cidr",
        "mac",
        "uuid",
        "uuid3",
        "uuid4",
        "uuid5",
        "isbn",
        "isbn10",
        "isbn13",
        "creditcard",
        "ssn",
        "hexcolor",
        "rgbcolor",
        "byte",
        "password",
        "date",
        "duration",
        "datetime",
        "k8sshortname",
        "k8slongname",
    }
)
_JUNCTORS = ("allOf", "anyOf", "oneOf")


def notices(definition: Data) -> list[str]:
    """A text for each format that is not known, one for a conversion by webhook."""
    texts = []
    for version in (definition.get("spec") or {}).get("versions") or ():
        for schema in _schemas((version.get("schema") or {}).get("openAPIV3Schema") or {}):
            if schema.get("format") and not _is_known(schema["format"], schema.get("type", "")):
                texts.append(f'unrecognized format "{schema["format"]}"')
    spec = definition.get("spec") or {}
    if (spec.get("conversion") or {}).get("strategy") == "Webhook" and len(spec.get("versions") or ()) > 1:
        texts.append("k9lite does not call conversion webhooks: requests for other versions than the stored one fail")
    return list(dict.fromkeys(texts))


def _is_known(name: str, kind: str) -> bool:
    if kind in ("", "string"):
        return name.replace("-", "") in _TEXT_FORMATS
    return name in _NUMBER_FORMATS.get(kind, ())


def _schemas(schema: Data) -> Iterator[Data]:
    """A schema and all schemas in it."""
    yield schema
    parts = [schema.get("items"), schema.get("not"), schema.get("additionalProperties")]
    parts += (schema.get("properties") or {}).values()
    for junctor in _JUNCTORS:
        parts += schema.get(junctor) or ()
    for part in parts:
        if isinstance(part, dict):
            yield from _schemas(part)
