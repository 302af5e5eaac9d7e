"""Random values that depend on what they are for, not on the order in which they are drawn."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # Kubernetes' own: no vowels, nothing that looks alike


class Randomness:
    """A seed; every value is a hash of it with a purpose, a key and a counter, so that runs can be replayed."""

    def __init__(self, seed: int | str) -> None:
        self.seed = str(seed)

    def _digest(self, purpose: str, key: str, counter: int) -> bytes:
        return blake2b(f"{self.seed}\0{purpose}\0{key}\0{counter}".encode(), digest_size=16).digest()

    def number(self, purpose: str, key: str = "", counter: int = 0) -> int:
        """An integer in [0, 2**64)."""
        return int.from_bytes(self._digest(purpose, key, counter)[:8])

    def fraction(self, purpose: str, key: str = "", counter: int = 0) -> float:
        """A float in [0, 1)."""
        return (self.number(purpose, key, counter) >> 11) / (1 << 53)

    def choice(self, items: Sequence[T], purpose: str, key: str = "", counter: int = 0) -> T:
        """One of `items`, each as likely as the others; `items` must not be empty."""
        return items[self.number(purpose, key, counter) % len(items)]

    def uuid(self, purpose: str, key: str = "", counter: int = 0) -> str:
        """A version 4 UUID."""
        digest = self._digest(purpose, key, counter)
        text, variant = digest.hex(), "89ab"[digest[8] >> 4 & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def suffix(self, length: int, purpose: str, key: str = "", counter: int = 0) -> str:
        """`length` characters as Kubernetes appends them to generated names."""
        number = self.number(purpose, key, counter)
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(NAME_ALPHABET))
            letters.append(NAME_ALPHABET[index])
        return "".join(letters)
