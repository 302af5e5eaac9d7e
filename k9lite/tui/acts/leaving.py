"""Quit, and the way in for another terminal."""

from k9lite.tui.place import At, Handler
from k9lite.tui.screens.form import Form
from k9lite.tui.shell import shell


async def ask_quit(at: At) -> None:
    if await at.app.push_screen_wait(Form("Leave k9lite?", shell(at.app).farewell, ok="Quit")) is not None:
        at.app.exit()


def leave(at: At) -> None:
    at.app.exit()


def copy_kubeconfig(at: At) -> None:
    path = at.session.kubeconfig
    if path is None:
        at.app.notify("This cluster has no kubeconfig: nobody else can reach it", severity="warning")
        return
    command = f"export KUBECONFIG={path}"
    at.app.copy_to_clipboard(command)
    at.app.notify(f"Copied: {command}", markup=False)


HANDLERS: dict[str, Handler] = {"ask-quit": ask_quit, "quit": leave, "copy-kubeconfig": copy_kubeconfig}
