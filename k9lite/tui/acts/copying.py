"""Copy to the clipboard of the terminal, by OSC 52."""

from k9lite.tui import kubectl, operations
from k9lite.tui.place import At, Handler
from k9lite.tui.screens.menu import Menu
from k9lite.tui.yaml_text import dump


async def copy(at: At) -> None:
    obj, last = at.obj, at.session.deeds.last
    offered = {
        "name": ("its name", obj.name),
        "namespace": ("its namespace", obj.namespace),
        "yaml": ("the object as YAML", "\n".join(dump(obj.data())) + "\n"),
        "get": ("kubectl get", kubectl.look("get", obj, "-o", "yaml")),
        "describe": ("kubectl describe", kubectl.look("describe", obj)),
    }
    commands = [write.command for write in last.writes if write.command] if last is not None else []
    if last is not None and commands:
        offered["last"] = (f"kubectl for what you did last: {last.text}", "\n".join(commands))
    options = [(id, f"{about}  {text if len(text) < 60 else ''}") for id, (about, text) in offered.items() if text]
    chosen = await at.app.push_screen_wait(Menu(f"Copy of {operations.label(obj)}", options))
    if chosen is not None:
        about, text = offered[chosen]
        at.app.copy_to_clipboard(text)
        at.app.notify(f"Copied: {text if chr(10) not in text else about}", markup=False)


HANDLERS: dict[str, Handler] = {"copy": copy}
