"""The dashboard: a thin Textual App that puts screens over a cluster's client and lets the table of actions act."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar, cast

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingsMap
from textual.command import CommandPalette
from textual.driver import Driver
from textual.screen import Screen

from k9lite.aio.clock import Clock
from k9lite.api.errors import StatusError
from k9lite.client.port_forward import PortForward, PortForwards
from k9lite.client.protocol import Client
from k9lite.manifests.state import FolderState
from k9lite.manifests.sync import FolderSync
from k9lite.tui import restoring
from k9lite.tui.display import themes
from k9lite.tui.display.text import clean
from k9lite.tui.handlers import HANDLERS, navigation, typed_commands
from k9lite.tui.keys import actions
from k9lite.tui.keys.actions import ACTIONS, Action
from k9lite.tui.keys.context import ActionContext, Session
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.summary import ClusterSummary
from k9lite.tui.live.summary_updater import SummaryUpdater
from k9lite.tui.resilient_app import ResilientApp
from k9lite.tui.restoring import Memory
from k9lite.tui.screens.dialog import Palette
from k9lite.tui.screens.overview import Overview
from k9lite.tui.session.commands import ShowKind
from k9lite.tui.session.place import Place, place_of
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.forwards import Forwards
from k9lite.tui.widgets.header import Header
from k9lite.tui.widgets.table import Table
from k9lite.tui.writes.recording_client import RecordingClient
from k9lite.tui.writes.undo import ActionLog

log = logging.getLogger(__name__)

SAVE_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"  # xterm's: of the terminal's window
LONGEST_TITLE, LONGEST_NOTICE = 80, 500  # characters
LAST = "The cluster and everything that runs in it stops."
PALETTE = Binding("ctrl+p", "command_palette", "Palette", show=False, priority=True)


class Dashboard(ResilientApp):
    """The dashboard over `client`.

    clock: the cluster's; ages and countdowns follow it
    folder: of manifests, kept in step with the cluster by whoever runs it; tell `folder_changed` of its states
    state: the folder for what is kept from one time to the next; keys: the actions, with the keys of the user
    name: of the cluster; kubeconfig: where another terminal finds the way in, if there is one
    clusters: gives the names of the others that run; farewell: what becomes of this one when the dashboard ends
    next_cluster: where the user wants to go on
    """

    TITLE = "k9lite"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/overview.tcss"]  # a first screen brings none
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        client: Client,
        clock: Clock,
        folder: FolderSync | None = None,
        *,
        name: str = "k9lite",
        kubeconfig: Path | None = None,
        state: Path | None = None,
        keys: tuple[Action, ...] = ACTIONS,
        clusters: Callable[[], list[str]] = list,
        farewell: str = LAST,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.clusters, self.farewell = clusters, farewell
        self.next_cluster = ""
        self.actions, self._by_id = keys, {action.id: action for action in keys}
        self._bindings = BindingsMap([*actions.bindings(keys), PALETTE])
        self.memory = Memory(state, folder.state.folder if folder is not None else None)
        action_log = ActionLog()
        self.cluster = LiveCluster(RecordingClient(client, action_log), clock, self._crashed)
        forwards = PortForwards(client, self.cluster.informers, clock, self._forward_changed)
        self.session = Session(
            self.cluster,
            name,
            kubeconfig,
            forwards,
            folder,
            action_log,
            state=state,
            commands=self.memory.habits.commands,
        )
        self.session.namespaces.used.update(self.memory.layout.namespaces)
        self.summary = summary = ClusterSummary(name, kubeconfig)
        self._overview = Overview(self.cluster, summary, hints=self.memory.is_new_user)
        self._summary_updater = SummaryUpdater(self.cluster, summary, self._show_summary)
        self._folder = folder
        self.cluster.informers.connection.changed = self._connection_changed

    def notify(self, message: str, *, timeout: float | None = None, **more: Any) -> None:
        """Names and messages of the cluster may hold anything."""
        lines = [clean(line, LONGEST_NOTICE) for line in message[:LONGEST_NOTICE].split("\n")]
        super().notify("\n".join(lines), timeout=timeout, **more)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.TONE_DEFAULTS

    def on_mount(self) -> None:
        for theme in themes.THEMES:
            self.register_theme(theme)
        known = {theme.name for theme in themes.THEMES}
        self.theme = self.memory.habits.theme if self.memory.habits.theme in known else themes.DARK.name
        self._say(SAVE_TITLE)
        self._summary_updater.start()
        self.call_after_refresh(self._restore)
        if self._folder is not None:
            self.folder_changed(self._folder.state)

    def get_default_screen(self) -> Screen[Any]:
        return self._overview

    def _restore(self) -> None:
        """Go back to where the user was last time."""
        layout = self.memory.layout
        restoring.arrange(self._overview, layout)
        kind = self.cluster.client.kinds.named(layout.view) if layout.view else None
        if kind is not None:
            navigation.go(self._action_context(), ShowKind(kind, layout.namespace))
        self.run_worker(self._open_forwards(), group="forwards")

    async def _open_forwards(self) -> None:
        for target, kept in restoring.targets(self.memory.layout, self.session):
            try:
                await self.session.forwards.open(target, kept.port, kept.local_port)
            except OSError as error:
                self.notify(f"localhost:{kept.local_port}: {error.strerror}", severity="warning", markup=False)

    def exit(self, *args: Any, **more: Any) -> None:
        """Leave, and remember how things were."""
        self.memory.habits.theme = self.theme
        restoring.note(self._overview, self.screen_stack[-1], self.session, self.memory.layout)
        try:
            self.memory.save()
        except OSError as error:
            log.warning("the dashboard cannot be remembered: %s", error)
        super().exit(*args, **more)

    def leave_for(self, cluster: str) -> None:
        """End, and go on with another cluster."""
        self.next_cluster = cluster
        self.exit()

    def _say(self, sequence: str) -> None:
        """Tell the terminal something beyond what is drawn."""
        if self._driver is not None:
            self._driver.write(sequence)

    async def on_unmount(self) -> None:
        self._say(RESTORE_TITLE)
        self._summary_updater.close()
        await self.session.forwards.close()
        await self.cluster.close()

    def folder_changed(self, state: FolderState) -> None:
        """To be told of every new state of the folder."""
        if not self.is_running:
            return  # its last state is shown first
        self._overview.manifests.show(state)
        self._summary_updater.folder_changed(state)

    # Actions

    @property
    def place(self) -> Place:
        """Where the focus is."""
        return place_of(self.screen.focused)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "perform":
            return True
        id, place = str(parameters[0]), self.place
        if self.screen.is_modal or (place.typing and id not in actions.WHILE_TYPING):
            return False
        return self._by_id[id].is_bound(place, self.cluster.has_own_kinds)

    def action_perform(self, id: str) -> None:
        """Do what the action `id` says to what is under the cursor."""
        self.memory.habits.keys_pressed += 1
        context = self._action_context()
        if self._by_id[id].on_object and context.selected is None:
            return  # its row has vanished since the key was pressed
        with self._refusals_told():
            work = HANDLERS[id](context)
            if work is not None:
                self.run_worker(self._carry_out(work), group="actions")

    def _action_context(self) -> ActionContext:
        return ActionContext.at(self, self.session, self.place)

    async def _carry_out(self, work: Awaitable[None]) -> None:
        with self._refusals_told(), self.session.action_log.action():
            await work

    @contextmanager
    def _refusals_told(self) -> Iterator[None]:
        """What the cluster refuses, or does not answer, is told to the user in its own words."""
        try:
            yield
        except StatusError as error:
            self.notify(error.message, severity="error", markup=False)
        except (ConnectionError, TimeoutError) as error:
            self.notify(f"The cluster does not answer: {error}", severity="error", markup=False)

    def action_command_palette(self) -> None:
        """Like Textual's, but without an id, which the palette that is just closing would still hold."""
        if not CommandPalette.is_open(cast("App[object]", self)):
            self.push_screen(Palette())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action: what can be done here at once, the others when they are looked for."""
        place = place_of(screen.focused)
        for action in self.actions:
            name = f"{action.label}  {actions.key_name(action.keys[0])}"
            anywhere = not (action.views or action.scopes or action.on_object)
            if anywhere or action.is_bound(place, self.cluster.has_own_kinds):
                yield SystemCommand(name, action.tooltip, lambda id=action.id: self.action_perform(id))
            elif action.views:
                help = f"{action.tooltip}. On {', '.join(action.views)}"
                yield SystemCommand(name, help, lambda action=action: self._lead_to(action), discover=False)
        for theme in themes.THEMES:
            yield SystemCommand(f"Theme {theme.name}", "Change the colours", lambda name=theme.name: self._dress(name))

    def _lead_to(self, action: Action) -> None:
        """Go to where the action can be done; there, its key does it."""
        found = (self.cluster.client.kinds.named(view) for view in action.views)
        kind = next((kind for kind in found if kind is not None), None)
        if kind is not None:
            navigation.go(self._action_context(), ShowKind(kind))
        key, views = actions.key_name(action.keys[0]), ", ".join(action.views)
        self.notify(f"{action.label} is {key} on {views}", markup=False)

    def _dress(self, theme: str) -> None:
        self.theme = theme

    def _forward_changed(self, forward: PortForward) -> None:
        self.cluster.frames.request(self._show_forwards)

    def on_command_bar_entered(self, event: CommandBar.Entered) -> None:
        typed_commands.command(self._action_context(), event.text)

    def on_table_moved(self, event: Table.Moved) -> None:
        for footer in self.screen.query(Footer):
            footer.cursor_moved(event.table)

    def _show_summary(self) -> None:
        title = clean(f"k9lite {self.summary.name}: {self.summary.health.word}", LONGEST_TITLE)
        if title != self.title:
            self.title = title
            self._say(f"\x1b]2;{title}\x07")
        for header in self.screen.query(Header):
            header.show()

    def _show_forwards(self) -> None:
        self.summary.forwards = tuple(forward.local_port for forward in self.session.forwards)
        self._show_summary()
        for table in self.screen.query(Forwards):
            table.refill()

    def _crashed(self, name: str, error: BaseException) -> None:
        log.error("%s failed", name, exc_info=error)

    def _connection_changed(self) -> None:
        self.summary.lost_at = self.cluster.informers.connection.lost_at
        self.set_class(self.summary.lost_at is not None, "-stale")
        self.cluster.frames.request(self._show_summary)
