"""Quit, and the way in for another terminal."""

from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.keys.host import host_of
from k9lite.tui.screens.form import Form


async def ask_quit(context: ActionContext) -> None:
    if await context.app.push_screen_wait(Form("Leave k9lite?", host_of(context.app).farewell, ok="Quit")) is not None:
        context.app.exit()


def leave(context: ActionContext) -> None:
    context.app.exit()


def copy_kubeconfig(context: ActionContext) -> None:
    path = context.session.kubeconfig
    if path is None:
        context.app.notify("This cluster has no kubeconfig: nobody else can reach it", severity="warning")
        return
    command = f"export KUBECONFIG={path}"
    context.app.copy_to_clipboard(command)
    context.app.notify(f"Copied: {command}", markup=False)


HANDLERS: dict[str, Handler] = {"ask-quit": ask_quit, "quit": leave, "copy-kubeconfig": copy_kubeconfig}
