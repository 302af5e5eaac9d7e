"""The hash that names a pod template: in names of ReplicaSets and ControllerRevisions, and in labels of pods."""

from typing import Any

import msgspec

from k9lite.aio.randomness import NAME_ALPHABET

LONGEST_NAME = 253


def template_hash(template: Any, collisions: int | None) -> str:
    """Up to ten characters: FNV-1a in Kubernetes' alphabet, over the canonical JSON of `template`.

    `collisions` tells templates apart whose hashes are equal.
    """
    data = msgspec.json.encode(template, order="deterministic")
    if collisions is not None:
        data += collisions.to_bytes(8, "little")
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return "".join(NAME_ALPHABET[ord(digit) % len(NAME_ALPHABET)] for digit in str(value))


def hashed_name(name: str, hash: str) -> str:
    """`NAME-HASH`, with NAME cut so that the whole is a valid name."""
    return f"{name[: LONGEST_NAME - 1 - len(hash)].rstrip('.-')}-{hash}"
