"""CustomResourceDefinitions: the kinds they define, and the rules of their structural schemas. Pure functions."""

from k9lite.api.custom_resources.acceptance import is_established, status_of
from k9lite.api.custom_resources.definitions import kinds_of
from k9lite.api.custom_resources.notices import notices
from k9lite.api.custom_resources.structural import embedded, fill_defaults, has_unknown_fields, validate

__all__ = [
    "embedded",
    "fill_defaults",
    "has_unknown_fields",
    "is_established",
    "kinds_of",
    "notices",
    "status_of",
    "validate",
]
