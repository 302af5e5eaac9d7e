"""What the actions do: `HANDLERS` has one for every id in the table of actions."""

from k9lite.tui.acts import (
    changing,
    commanding,
    copying,
    editing,
    entering,
    forwarding,
    going,
    leaving,
    looking,
    moving,
    nodes,
    rollouts,
    tables,
    time,
    undoing,
)
from k9lite.tui.place import Handler

HANDLERS: dict[str, Handler] = {
    **moving.HANDLERS,
    **going.HANDLERS,
    **commanding.HANDLERS,
    **tables.HANDLERS,
    **looking.HANDLERS,
    **changing.HANDLERS,
    **editing.HANDLERS,
    **entering.HANDLERS,
    **copying.HANDLERS,
    **undoing.HANDLERS,
    **rollouts.HANDLERS,
    **nodes.HANDLERS,
    **forwarding.HANDLERS,
    **time.HANDLERS,
    **leaving.HANDLERS,
}
