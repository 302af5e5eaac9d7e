"""The levels of a namespace, as its labels say them (pod-security-admission/api)."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from k9lite.api import errors
from k9lite.api.errors import FieldError

PRIVILEGED, BASELINE, RESTRICTED = NAMES = ("privileged", "baseline", "restricted")
LATEST = (1, 1_000_000)  # a minor version newer than all others
_PREFIX = "pod-security.kubernetes.io/"
_VERSION = re.compile(r"v1\.(0|[1-9][0-9]*)")


class Level(NamedTuple):
    """A level of the standards in the form that they had in one version of Kubernetes."""

    name: str = PRIVILEGED
    version: tuple[int, int] = LATEST

    def __str__(self) -> str:
        version = "latest" if self.version == LATEST else f"v{self.version[0]}.{self.version[1]}"
        return f"{self.name}:{version}"

    def is_stricter(self, other: "Level") -> bool:
        """Whether this level may refuse what the other one allows."""
        if self.name == PRIVILEGED or self == other:
            return False
        return self.version != other.version or NAMES.index(self.name) > NAMES.index(other.name)


class Policy(NamedTuple):
    """What a namespace refuses, what it notes for the audit, and what it warns about."""

    enforce: Level = Level()
    audit: Level = Level()
    warn: Level = Level()


def policy_of(labels: Mapping[str, str]) -> Policy:
    """The policy of a namespace with these labels. A level that cannot be read is enforced as the strictest one."""
    enforce = _level(labels, "enforce", RESTRICTED)
    audit, warn = _level(labels, "audit", PRIVILEGED), _level(labels, "warn", PRIVILEGED)
    if f"{_PREFIX}warn" not in labels and f"{_PREFIX}enforce" in labels and enforce.is_stricter(warn):
        warn = enforce
    return Policy(enforce, audit, warn)


def _level(labels: Mapping[str, str], mode: str, fallback: str) -> Level:
    name = labels.get(_PREFIX + mode, PRIVILEGED)
    return Level(name if name in NAMES else fallback, _version(labels.get(f"{_PREFIX}{mode}-version", "")) or LATEST)


def _version(text: str) -> tuple[int, int] | None:
    """None where `text` is no version."""
    if text in ("", "latest"):
        return LATEST
    match = _VERSION.fullmatch(text)
    return (1, int(match[1])) if match else None


def label_errors(labels: Mapping[str, str]) -> Iterator[FieldError]:
    """What is wrong with the labels that set the levels of a namespace."""
    for mode in ("enforce", "audit", "warn"):
        for label, is_valid, rule in (
            (_PREFIX + mode, lambda value: value in NAMES, f"must be one of {', '.join(NAMES)}"),
            (f"{_PREFIX}{mode}-version", _version, 'must be "latest" or "v1.x"'),
        ):
            if label in labels and not is_valid(labels[label]):
                yield errors.invalid(f"metadata.labels[{label}]", labels[label], rule)
