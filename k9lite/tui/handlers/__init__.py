"""What the actions do: `HANDLERS` has one for every id in the table of actions."""

from k9lite.tui.handlers import (
    clipboard,
    clock,
    consoles,
    editor,
    inspection,
    labels_and_undo,
    movement,
    navigation,
    nodes,
    objects,
    port_forwards,
    quitting,
    rollouts,
    tables,
    typed_commands,
)
from k9lite.tui.keys.context import Handler

HANDLERS: dict[str, Handler] = {
    **movement.HANDLERS,
    **navigation.HANDLERS,
    **typed_commands.HANDLERS,
    **tables.HANDLERS,
    **inspection.HANDLERS,
    **objects.HANDLERS,
    **editor.HANDLERS,
    **consoles.HANDLERS,
    **clipboard.HANDLERS,
    **labels_and_undo.HANDLERS,
    **rollouts.HANDLERS,
    **nodes.HANDLERS,
    **port_forwards.HANDLERS,
    **clock.HANDLERS,
    **quitting.HANDLERS,
}
