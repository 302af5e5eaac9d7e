"""What an API server answers when a patch makes no object of its kind: the patch itself is the invalid value."""

import re
from typing import Any

import msgspec

from k9lite.api import errors

_JSON_ERROR = re.compile(r"json: cannot unmarshal (\w+).* of type (\S+)$")
_GO_KINDS = {"object": "map", "array": "slice", "number": "int64"}


def of_patched(patched: Any, why: str) -> errors.StatusError:
    """For JSON patches and merge patches: what they made of the object is shown."""
    return _invalid(msgspec.json.encode(patched).decode(), why)


def of_strategic(change: Any, why: str) -> errors.StatusError:
    """For strategic merge patches, which Kubernetes reads as a Go map and not as JSON."""
    return _invalid(go_text(change), _in_words_of_maps(why))


def _invalid(value: str, why: str) -> errors.StatusError:
    return errors.invalid_object("", "", "", [errors.invalid("patch", value, why)])


def _in_words_of_maps(why: str) -> str:
    """What the JSON decoder says of a wrong type, as the converter of maps says it."""
    wrong = _JSON_ERROR.match(why)
    if wrong is None:
        return why
    source, target = wrong.groups()
    source = _GO_KINDS.get(source, source)
    if target.startswith("map["):
        return f"cannot restore map from {source}"
    if target.startswith("[]"):
        return f"cannot restore slice from {source}"
    if "." in target:
        return f"cannot restore struct from: {source}"
    if (source, target) == ("int64", "string"):
        return "cannot convert int64 to string"
    return f"unrecognized type: {target}"


def go_text(value: Any) -> str:
    """JSON data as Go prints it: `map[spec:map[replicas:3]]`."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go_text, value))}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
