"""`k9lite [DIR]`: the dashboard over a fresh cluster that follows DIR."""

import argparse
import asyncio
import io
import logging
import os
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from k9lite.aio.clock import LiveClock
from k9lite.aio.tasks import TaskSet
from k9lite.cli import options, remote, samples, signals, troubles
from k9lite.cli.commands import COMMANDS, Failure
from k9lite.cli.running import running
from k9lite.engine.http.server import HttpServer
from k9lite.manifests.state import FolderState
from k9lite.manifests.sync import FolderSync
from k9lite.settings import Settings, SettingsError
from k9lite.tui.app import LAST, Dashboard
from k9lite.tui.keys.actions import Action
from k9lite.tui.keys.keymap import remapped

log = logging.getLogger(__name__)

NO_SCREEN = ("dumb", "unknown")
USUAL_SIZE = (24, 80)  # lines, columns
KEPT = "The cluster stops; what it holds is kept on disk."
ELSEWHERE = "The cluster runs in another process and goes on."
NOTICE = 15.0  # seconds that the place of the samples stays on screen


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("", "A Kubernetes cluster that you can watch converge.")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = "".join(f"  k9lite {name:12}{text}\n" for name, text in COMMANDS.items())
    parser.epilog = f"commands, each with --help:\n{commands}"
    parser.add_argument("folder", metavar="DIR", nargs="?", help="default: ./manifests, else a copy of the samples")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--attach", action="store_true", help="show a cluster that `k9lite serve` runs; see --name")
    options.add_cluster_options(parser)
    given = parser.parse_args(arguments)
    settings = options.settings_from(given)
    keys_of(settings)  # what is wrong with them is said before anything starts
    followed = None if given.folder is None else options.folder(given.folder).resolve()
    check_terminal()
    if given.attach:
        return _go_on(settings, asyncio.run(_attached(settings, followed)))
    folder = followed or samples.chosen(settings.state_folder).resolve()
    notice = f"The manifests are in {folder}" if given.folder is None else ""
    code = _go_on(settings, asyncio.run(_dashboard(settings, folder, notice)))
    if notice:
        print(notice)
    return code


def _go_on(settings: Settings, app: Dashboard) -> int:
    """Show the clusters that the user leaves for, one after the other."""
    while app.next_cluster:
        settings = replace(settings, name=app.next_cluster)
        app = asyncio.run(_attached(settings, None))
    return app.return_code or 0


def check_terminal() -> None:
    """Failure without a terminal. One that does not say how large it is (a serial line) gets the usual size."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream and stream.isatty() for stream in streams):
        raise Failure("the dashboard needs a terminal; without one, `k9lite serve` runs the same cluster")
    if (name := os.environ.get("TERM", "").lower()) in NO_SCREEN:
        raise Failure(
            f"a terminal that says TERM={name} has no screen; `k9lite serve` runs the same cluster without one"
        )
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # what it cannot show still takes one cell
    for exported in ("COLUMNS", "LINES"):  # of some other terminal, or of this one before it was resized
        os.environ.pop(exported, None)
    if 0 in termios.tcgetwinsize(sys.stdout):
        termios.tcsetwinsize(sys.stdout, USUAL_SIZE)


def keys_of(settings: Settings) -> tuple[Action, ...]:
    """The dashboard's actions with the user's keys; Failure names what clashes."""
    try:
        return remapped(settings.keys)
    except SettingsError as error:
        raise Failure(str(error)) from None


class _Shown:
    """What is told to the dashboard, once there is one."""

    app: Dashboard | None = None

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def folder_changed(self, state: FolderState) -> None:
        if self.app is not None:
            self.app.folder_changed(state)

    def trouble(self, text: str) -> None:
        """From any thread."""
        if self.app is not None:
            tell = partial(self.app.notify, text, severity="error", markup=False, timeout=NOTICE)
            self._loop.call_soon_threadsafe(tell)


async def _dashboard(settings: Settings, folder: Path, notice: str) -> Dashboard:
    shown = _Shown()
    async with running(settings, folder, shown.folder_changed, shown.trouble, HttpServer) as run:
        serving = run.cluster.serving
        kubeconfig = serving.kubeconfig if serving else None
        app = shown.app = Dashboard(
            run.cluster.client,
            run.cluster.clock,
            run.sync,
            name=settings.cluster_name,
            kubeconfig=kubeconfig,
            state=settings.state_folder,
            keys=keys_of(settings),
            clusters=lambda: remote.others(settings, kubeconfig),
            farewell=KEPT if settings.name else LAST,
        )
        if notice:
            app.notify(notice, markup=False, timeout=NOTICE)
        await app.run_async()
        return app


async def _attached(settings: Settings, folder: Path | None) -> Dashboard:
    """The dashboard over a cluster in another process; DIR, where one is given, is applied to it."""
    path = remote.kubeconfig(settings)
    shown, clock = _Shown(), LiveClock(time.time())
    tasks = TaskSet(lambda name, error: log.error("%s cannot go on", name, exc_info=error))
    with troubles.told(settings.state_folder, shown.trouble), signals.heeded():
        async with remote.connected(path) as client:
            sync = FolderSync(client, clock, folder, shown.folder_changed) if folder else None
            if sync:
                tasks.start(sync.run(), "the folder")
            app = shown.app = Dashboard(
                client,
                clock,
                sync,
                name=settings.cluster_name,
                kubeconfig=path,
                state=settings.state_folder,
                keys=keys_of(settings),
                clusters=lambda: remote.others(settings, path),
                farewell=ELSEWHERE,
            )
            try:
                await app.run_async()
            finally:
                await tasks.close()
                if sync:
                    await sync.close()
                clock.close()
            return app
