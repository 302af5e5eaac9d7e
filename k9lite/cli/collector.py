"""Python's garbage collector, set for a process that holds a whole cluster."""

import gc

# By default every 700 new objects are looked through for cycles, and every so often all there are: with some thousand
# pods that takes a third of the time, in pauses of a quarter of a second. There are few cycles to be found.
YOUNG, MIDDLE, OLD = 20_000, 100, 100


def settle() -> None:
    """Call once everything that stays is there: it is never looked through again, and new objects less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
