"""What the API says about a type and its fields, from the model's own documentation."""

import inspect
import re
from functools import cache

from k9lite.api.schema.types import Struct

_FIELD = re.compile(r"^\* \*\*(?P<name>\S+)\*\* ``[^`]*``(?: - (?P<text>.*))?$")


def describe(struct: Struct, field: str = "") -> str:
    """The description of a struct, or of one of its fields; empty where there is none."""
    return _documented(struct).get(field, "")


@cache
def _documented(struct: Struct) -> dict[str, str]:
    """Descriptions by field name, that of the model itself under the empty name.

    lightkube writes the model's text, the line `**parameters**`, and an item per field.
    """
    found: dict[str, list[str]] = {"": []}
    lines = found[""]
    for line in inspect.cleandoc((struct.model.__doc__ if struct.model else None) or "").splitlines():
        item = _FIELD.match(line.strip())
        if item:
            lines = found.setdefault(item["name"], [item["text"] or ""])
        elif line.strip() != "**parameters**":
            lines.append(line.strip())
    return {name: re.sub(r"\s+", " ", " ".join(texts)).strip() for name, texts in found.items()}
