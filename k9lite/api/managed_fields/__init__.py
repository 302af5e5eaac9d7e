"""Who owns which field of an object, and server-side apply (structured-merge-diff, util/managedfields)."""

from k9lite.api.managed_fields.ownership import LAST_APPLIED, Convert, apply, update

__all__ = ["LAST_APPLIED", "Convert", "apply", "update"]
