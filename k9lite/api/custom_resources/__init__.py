"""CustomResourceDefinitions: the kinds they define, and the rules of their structural schemas. Pure functions."""

from k9lite.api.custom_resources.acceptance import is_established, status_of
from k9lite.api.custom_resources.definitions import kinds_of
from k9lite.api.custom_resources.structural import fill_defaults, validate

__all__ = ["fill_defaults", "is_established", "kinds_of", "status_of", "validate"]
