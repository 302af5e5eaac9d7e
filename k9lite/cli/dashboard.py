"""`k9lite [DIR]`: the dashboard over a fresh cluster that follows DIR."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from k9lite.cli import options, samples
from k9lite.cli.commands import COMMANDS
from k9lite.cli.running import running
from k9lite.manifests.state import FolderState
from k9lite.settings import Settings
from k9lite.tui.app import Dashboard

NOTICE = 15.0  # seconds that the place of the samples stays on screen


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("", "A Kubernetes cluster that you can watch converge.")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = "".join(f"  k9lite {name:10}{text}\n" for name, text in COMMANDS.items())
    parser.epilog = f"commands, each with --help:\n{commands}"
    parser.add_argument("folder", metavar="DIR", nargs="?", help="default: ./manifests, else a copy of the samples")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    options.add_cluster_options(parser)
    given = parser.parse_args(arguments)
    settings = options.settings_from(given)
    folder = samples.chosen(given.folder, settings.state_folder).resolve()
    notice = f"The manifests are in {folder}" if given.folder is None else ""
    code = asyncio.run(_dashboard(settings, folder, notice))
    if notice:
        print(notice)
    return code


async def _dashboard(settings: Settings, folder: Path, notice: str) -> int:
    app: Dashboard | None = None

    def changed(state: FolderState) -> None:
        if app is not None:
            app.folder_changed(state)

    async with running(settings, folder, changed) as run:
        serving = run.cluster.serving
        app = Dashboard(
            run.cluster.client, run.cluster.clock, run.sync, name=settings.name,
            kubeconfig=serving.kubeconfig if serving else None,
        )  # fmt: skip
        if notice:
            app.notify(notice, markup=False, timeout=NOTICE)
        await app.run_async()
        return app.return_code or 0
