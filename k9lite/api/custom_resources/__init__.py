"""CustomResourceDefinitions: the kinds they define, and the rules of their structural schemas. Pure functions."""

from k9lite.api.custom_resources.definitions import accepted_status, kinds_of
from k9lite.api.custom_resources.structural import fill_defaults, validate

__all__ = ["accepted_status", "fill_defaults", "kinds_of", "validate"]
