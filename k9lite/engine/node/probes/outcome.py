"""What a probe makes of what it saw."""

from typing import NamedTuple


class Outcome(NamedTuple):
    """Whether a probe succeeded, and what it saw; `error`: it could not be done at all.

    `warning`: it succeeded, but there is something to be told.
    """

    success: bool
    text: str
    error: bool = False
    warning: bool = False
