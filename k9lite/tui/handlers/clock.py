"""The cluster's clock: pause, step, slower, faster."""

from collections.abc import Awaitable

from k9lite.api.k9lite_v1 import ClockSpec
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.writes import operations


def pause(context: ActionContext) -> Awaitable[None]:
    return operations.turn_clock(context.cluster.client, lambda spec: {"paused": not spec.paused})


def _step(spec: ClockSpec) -> dict[str, float]:
    """One more step; a clock that runs is paused first, or there would be nothing to step through."""
    return {"steps": spec.steps + 1} if spec.paused else {"paused": True}


def step(context: ActionContext) -> Awaitable[None]:
    return operations.turn_clock(context.cluster.client, _step)


def _change_speed(by: int) -> Handler:
    return lambda context: operations.turn_clock(
        context.cluster.client, lambda spec: {"speed": operations.next_speed(spec.speed, by)}
    )


HANDLERS: dict[str, Handler] = {"pause": pause, "step": step, "slower": _change_speed(-1), "faster": _change_speed(1)}
