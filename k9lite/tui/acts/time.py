"""The cluster's clock: pause, step, slower, faster."""

from k9lite.api import kinds
from k9lite.api.k9lite_v1 import ClockSpec
from k9lite.tui import operations
from k9lite.tui.place import At, Handler


def _spec(at: At) -> ClockSpec:
    clock = at.feed.of(kinds.CLOCK).get(operations.CLOCK_NAME)
    return (clock.view.spec if clock is not None else None) or ClockSpec()


async def _turn(at: At, **changes: float) -> None:
    await operations.turn_clock(at.feed.client, at.feed.of(kinds.CLOCK).get(operations.CLOCK_NAME), **changes)


async def pause(at: At) -> None:
    await _turn(at, paused=not _spec(at).paused)


async def step(at: At) -> None:
    """One more step; a clock that runs is paused first, or there would be nothing to step through."""
    spec = _spec(at)
    await (_turn(at, steps=spec.steps + 1) if spec.paused else _turn(at, paused=True))


def _change_speed(step: int) -> Handler:
    async def change(at: At) -> None:
        await _turn(at, speed=operations.next_speed(_spec(at).speed, step))

    return change


HANDLERS: dict[str, Handler] = {"pause": pause, "step": step, "slower": _change_speed(-1), "faster": _change_speed(1)}
