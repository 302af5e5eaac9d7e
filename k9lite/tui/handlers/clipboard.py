"""Copy to the clipboard of the terminal, by OSC 52."""

from k9lite.tui.editing.yaml_text import dump
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.screens.menu import Menu
from k9lite.tui.writes import kubectl, operations

ABOUT, NEWLINE = 22, "\n"


async def copy(context: ActionContext) -> None:
    obj, last = context.obj, context.session.action_log.last
    offered = {
        "name": ("Its name", obj.name),
        "namespace": ("Its namespace", obj.namespace),
        "yaml": ("All of it, as YAML", "\n".join(dump(obj.data())) + "\n"),
        "get": ("To see its YAML", kubectl.look("get", obj, "-o", "yaml")),
        "describe": ("To describe it", kubectl.look("describe", obj)),
    }
    commands = [write.command for write in last.writes if write.command] if last is not None else []
    if last is not None and commands:
        offered["last"] = ("What you did last", "\n".join(commands))
    options = [(id, f"{about:<{ABOUT}}{text.partition(NEWLINE)[0]}") for id, (about, text) in offered.items() if text]
    chosen = await context.app.push_screen_wait(Menu(f"Copy of {operations.label(obj)}", options))
    if chosen is not None:
        about, text = offered[chosen]
        context.app.copy_to_clipboard(text)
        context.app.notify(f"Copied: {text if NEWLINE not in text else about}", markup=False)


HANDLERS: dict[str, Handler] = {"copy": copy}
