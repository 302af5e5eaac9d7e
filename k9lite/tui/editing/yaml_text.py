"""Objects as YAML that reads back as the same object, and the colours of its lines."""

import re
from collections.abc import Sequence

from k9lite.api.object import Data
from k9lite.tui.display.tones import Tone
from k9lite.yaml_reader.writer import to_yaml

_KEY = re.compile(r"(\s*(?:- )*)([^\s#'\"][^:]*|\"[^\"]*\"|'[^']*')(:)(?=\s|$)(.*)")
_ITEM = re.compile(r"(\s*(?:- )+)(.*)")
_NUMBER = re.compile(r"\s*-?\d+(\.\d+)?\s*$")
_WORDS = {"true", "false", "null", "{}", "[]"}


def dump(data: Data, *, managed_fields: bool = False) -> list[str]:
    """The lines of an object, keys sorted as kubectl has them; managedFields only where wanted."""
    metadata = data.get("metadata", {})
    if "managedFields" in metadata and not managed_fields:
        data = data | {"metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}
    return to_yaml(data).splitlines()


def paint(line: str) -> Sequence[tuple[str, Tone]]:
    """A line of YAML in pieces: marks and indentation, key, value."""
    if line.lstrip().startswith("#"):
        return ((line, "muted"),)
    key = _KEY.match(line)
    if key:
        indent, name, colon, value = key.groups()
        return ((indent, "muted"), (name, "accent"), (colon, "muted"), (value, _value_tone(value)))
    item = _ITEM.match(line)
    if item:
        return ((item.group(1), "muted"), (item.group(2), _value_tone(item.group(2))))
    return ((line, ""),)


def _value_tone(value: str) -> Tone:
    bare = value.strip()
    if bare in _WORDS:
        return "busy"
    return "warn" if _NUMBER.match(value) else ""


_FIELD = re.compile(r"(\s*)([A-Z][^:]{0,40}:)(\s.*|$)")


def paint_description(line: str) -> Sequence[tuple[str, Tone]]:
    """A line of a description: its field's name stands out, headings of tables are muted."""
    field = _FIELD.match(line)
    if field:
        return ((field.group(1), ""), (field.group(2), "accent"), (field.group(3), ""))
    return ((line, "muted" if line.strip().startswith(("----", "Type ")) else ""),)
