"""Which objects have left the folder; pure but for remembering since when."""

import re
from collections.abc import Collection, Mapping, Set
from functools import lru_cache

from k9lite.manifests.resolving import Ref
from k9lite.manifests.scanning import ROOT

ABSENCE = 2.0  # seconds: an editor that saves by delete-and-create needs milliseconds, a change of branch a second


def gone(owned: Mapping[Ref, str], present: Set[Ref], unclear: Mapping[str, bytes]) -> list[Ref]:
    """Those of the `owned` objects that no file describes any more.

    owned: the objects that were applied, with the file each came from ("" where that is not known)
    present: the objects that the files describe now
    unclear: the files (with their content) that say nothing certain: empty, or with mistakes; and folders (with a slash
        at their end) that cannot be read. What came from one of them stays, and so does what is named in one: it may
        have moved there.
    """
    if owned.keys() <= present:
        return []
    closed = tuple("" if name == ROOT else name for name in unclear if name.endswith("/"))
    missing = [
        ref
        for ref, file in owned.items()
        if ref not in present and file not in unclear and not (closed and file.startswith(closed))
    ]
    if not missing or not unclear:
        return missing
    named = frozenset().union(*(_words(raw) for raw in unclear.values()))
    return [ref for ref in missing if owned[ref] and ref.name.encode() not in named]


@lru_cache(maxsize=64)  # asked again at every look, while a file stays as it is
def _words(raw: bytes) -> frozenset[bytes]:
    """Whatever in a file could be the name of an object; some names have colons in them."""
    return frozenset(re.findall(rb"[-.\w]+", raw)) | frozenset(re.findall(rb"[-.:\w]+", raw))


def absences(before: Mapping[Ref, float], absent: Collection[Ref], now: float) -> dict[Ref, float]:
    """Since when each of the absent objects is gone; what came back is forgotten."""
    return {ref: before.get(ref, now) for ref in absent}


def due(absent_since: Mapping[Ref, float], now: float) -> list[Ref]:
    """What has been gone for long enough to be pruned."""
    return [ref for ref, since in absent_since.items() if now - since >= ABSENCE]
