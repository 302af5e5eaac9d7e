"""What limits a list or a watch: label selectors and field selectors."""

from k9lite.api.selectors.fields import FieldMatcher, parse_fields
from k9lite.api.selectors.labels import (
    EVERYTHING,
    NOTHING,
    LabelMatcher,
    Requirement,
    equal_labels,
    label_selector,
    parse_labels,
    workload_selector,
)

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "FieldMatcher",
    "LabelMatcher",
    "Requirement",
    "equal_labels",
    "label_selector",
    "parse_fields",
    "parse_labels",
    "workload_selector",
]
