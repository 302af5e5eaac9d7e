"""Turns the cluster's clock as its Clock object, of which there is one, says."""

from typing import Protocol

from k9lite.aio.clock import INSTANT
from k9lite.api import kinds
from k9lite.api.k9lite_v1 import Clock, ClockSpec
from k9lite.api.object import Object
from k9lite.client.informer import Informers

NAME = "cluster"  # of the one Clock object

NAME = "cluster"  # of the one Clock there is


class Dial(Protocol):
    """What can be turned; both clocks of `aio.clock` can."""

    speed: float

    def pause(self) -> None:
        """Stop the time, and the work."""

    def resume(self) -> None:
        """Let both go on."""

    def step(self) -> None:
        """Let one piece of work be done although the time stands still."""


def follow_clock(informers: Informers, dial: Dial) -> None:
    """Apply every change of the Clock object to `dial`.

    No controller: their queues stand still with the clock, and could never set it going again.
    """

    def changed(old: Object[Clock] | None, new: Object[Clock] | None) -> None:
        _turn(dial, _spec(old), _spec(new))

    informers.of(kinds.CLOCK).add_handler(changed)


def _spec(clock: Object[Clock] | None) -> ClockSpec:
    return (clock.view.spec if clock is not None else None) or ClockSpec()


def _turn(dial: Dial, old: ClockSpec, new: ClockSpec) -> None:
    if new.speed != old.speed:
        dial.speed = new.speed or INSTANT
    if new.paused != old.paused:
        (dial.pause if new.paused else dial.resume)()
    for _ in range(new.steps - old.steps if new.paused and old.paused else 0):
        dial.step()
