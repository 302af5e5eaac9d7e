"""The dashboard: a thin Textual App that puts screens over a cluster's client and lets the table of actions act."""

from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from k9lite.aio.clock import Clock
from k9lite.api.errors import StatusError
from k9lite.client.protocol import Client
from k9lite.manifests.state import FolderState
from k9lite.manifests.sync import FolderSync
from k9lite.tui import actions, themes
from k9lite.tui.acts import HANDLERS
from k9lite.tui.feed import Feed
from k9lite.tui.place import At, Place, Session, place_of
from k9lite.tui.screens.overview import Overview
from k9lite.tui.status import Status
from k9lite.tui.widgets.header import Facts


class Dashboard(App[None]):
    """The dashboard over `client`.

    clock: the cluster's; ages and countdowns follow it
    folder: of manifests, which the dashboard keeps in step with the cluster while it is open
    name: of the cluster; kubeconfig: where another terminal finds the way in, if there is one
    """

    TITLE = "k9lite"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/overview.tcss"]  # a first screen brings none
    BINDINGS: ClassVar[list[BindingType]] = list(actions.bindings())
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        client: Client,
        clock: Clock,
        folder: Path | None = None,
        *,
        name: str = "k9lite",
        kubeconfig: Path | None = None,
    ) -> None:
        super().__init__()
        self.feed = Feed(client, clock, self._crashed)
        self.session = Session(self.feed, name, kubeconfig)
        facts = Facts(name, kubeconfig)
        self._overview = Overview(self.feed, facts)
        self._status = Status(self.feed, facts, self._overview.header.show)
        self._folder = FolderSync(client, clock, folder, self._folder_changed) if folder is not None else None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.TONE_DEFAULTS

    def on_mount(self) -> None:
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.DARK.name
        self.title = f"k9lite {self.session.name}"
        self._status.start()
        if self._folder is not None:
            self.feed.tasks.start(self._folder.run(), "folder")

    def get_default_screen(self) -> Screen[Any]:
        return self._overview

    async def on_unmount(self) -> None:
        if self._folder is not None:
            await self._folder.close()
        self._status.close()
        await self.feed.close()

    def _folder_changed(self, state: FolderState) -> None:
        self._overview.manifests.show(state)
        self._status.folder_changed(state)

    # Actions

    @property
    def place(self) -> Place:
        """Where the focus is."""
        return place_of(self.screen.focused)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "perform":
            return True
        return actions.BY_ID[str(parameters[0])].is_bound(self.place, self.feed.has_own_kinds)

    def action_perform(self, id: str) -> None:
        """Do what the action `id` says to what is under the cursor."""
        work = HANDLERS[id](At(self, self.session, self.place))
        if work is not None:
            self.run_worker(self._carry_out(work), group="actions", exit_on_error=True)

    async def _carry_out(self, work: Any) -> None:
        try:
            await work
        except StatusError as error:
            self.notify(error.message, severity="error", markup=False)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        for action in actions.bound(self.place, self.feed.has_own_kinds):
            yield SystemCommand(action.label, action.tooltip, lambda id=action.id: self.action_perform(id))
        for theme in themes.THEMES:
            yield SystemCommand(f"Theme {theme.name}", "Change the colours", lambda name=theme.name: self._dress(name))

    def _dress(self, theme: str) -> None:
        self.theme = theme

    def _crashed(self, name: str, error: BaseException) -> None:
        self.notify(f"{name}: {error}", severity="error", markup=False)
