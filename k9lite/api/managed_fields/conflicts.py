"""Conflicts of server-side apply: fields that someone else owns with another value."""

from k9lite.api.errors import CONFLICT, Cause, StatusError
from k9lite.api.managed_fields.entries import Identity
from k9lite.api.managed_fields.sets import Set, paths


def error(conflicts: dict[Identity, Set]) -> StatusError:
    """The Conflict that names every field and its manager."""
    owned_paths = [(identity, path) for identity in sorted(conflicts) for path in paths(conflicts[identity])]
    causes = [Cause("FieldManagerConflict", f"conflict with {identity}", path) for identity, path in owned_paths]
    if len(owned_paths) == 1:
        identity, path = owned_paths[0]
        return StatusError(CONFLICT, f"Apply failed with 1 conflict: conflict with {identity}: {path}", causes=causes)
    lines = [
        line
        for identity in sorted(conflicts)
        for line in (f"conflicts with {identity}:", *(f"- {path}" for path in paths(conflicts[identity])))
    ]
    message = f"Apply failed with {len(owned_paths)} conflicts: " + "\n".join(lines)
    return StatusError(CONFLICT, message, causes=causes)
