"""`k9lite clusters ls|rm`: the clusters that are kept on disk."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from k9lite.cli import options
from k9lite.cli.commands import Failure
from k9lite.engine.home import CLUSTERS, is_running, kept_clusters


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("clusters", "The clusters that are kept on disk (k9lite --name NAME makes one).")
    actions = parser.add_subparsers(dest="action", metavar="ls|rm", required=True)
    listing = actions.add_parser("ls", help="list them")
    remove = actions.add_parser("rm", help="remove one with everything in it")
    remove.add_argument("cluster", metavar="NAME")
    for takes_options in (parser, listing, remove):
        options.add_state_folder(takes_options)
    given = parser.parse_args(arguments)
    state_folder = options.settings_from(given).state_folder
    if given.action == "rm":
        _remove(state_folder, given.cluster)
        return 0
    for folder in kept_clusters(state_folder):
        print(f"{folder.name}  {'running' if is_running(folder) else 'stopped'}")
    return 0


def _remove(state_folder: Path, name: str) -> None:
    folder = state_folder / CLUSTERS / name
    if folder not in kept_clusters(state_folder):
        known = ", ".join(one.name for one in kept_clusters(state_folder)) or "none is kept"
        raise Failure(f"there is no cluster {name}: {known}")
    if is_running(folder):
        raise Failure(f"the cluster {name} is running; end it first")
    shutil.rmtree(folder)
    print(f"removed {name}")
