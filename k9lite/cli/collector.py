"""Python's garbage collector, set for a process that holds a whole cluster."""

import gc

# By default every 700 new objects are looked through for cycles, and every so often all there are: with some thousand
# pods that takes a third of the time, in pauses of a quarter of a second. There are few cycles to be found.
YOUNG, MIDDLE, OLD = 20_000, 100, 100


def relax() -> None:
    """Look through new objects less often. Call first of all: loading the program makes as many as a cluster does."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def settle() -> None:
    """Call once everything that stays is there: it is never looked through again."""
    relax()
    gc.freeze()
