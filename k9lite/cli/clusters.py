"""`k9lite clusters ls|rm|repair`: the clusters that are kept on disk."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from k9lite.cli import options
from k9lite.cli.commands import Failure
from k9lite.engine.home import CLUSTERS, Salvaged, is_running, kept_clusters, repair


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("clusters", "The clusters that are kept on disk (k9lite --name NAME makes one).")
    actions = parser.add_subparsers(dest="action", metavar="ls|rm|repair", required=True)
    listing = actions.add_parser("ls", help="list them")
    remove = actions.add_parser("rm", help="remove one with everything in it")
    remove.add_argument("cluster", metavar="NAME")
    repairing = actions.add_parser("repair", help="start one again that is damaged, with what can be read of it")
    repairing.add_argument("cluster", metavar="NAME")
    for takes_options in (parser, listing, remove, repairing):
        options.add_state_folder(takes_options)
    given = parser.parse_args(arguments)
    clusters = options.settings_from(given).state_folder / CLUSTERS
    if given.action == "rm":
        _remove(clusters, given.cluster)
        return 0
    if given.action == "repair":
        _repair(clusters, given.cluster)
        return 0
    kept = kept_clusters(clusters)
    for folder in kept:
        print(f"{folder.name}  {'running' if is_running(folder) else 'stopped'}")
    if not kept:
        print("no cluster is kept; `k9lite --name NAME` makes one", file=sys.stderr)
    return 0


def _kept(clusters: Path, name: str) -> Path:
    """The folder of a cluster. Failure when there is none of that name."""
    folder = clusters / name
    if folder not in kept_clusters(clusters):
        known = ", ".join(one.name for one in kept_clusters(clusters)) or "none is kept"
        raise Failure(f"there is no cluster {name}: {known}")
    return folder


def _repair(clusters: Path, name: str) -> None:
    try:
        salvaged = repair(_kept(clusters, name))
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None
    for text in losses(salvaged):
        print(text)


def losses(salvaged: Salvaged) -> list[str]:
    """What is left of a damaged cluster, in lines."""
    lines = [f"kept {salvaged.kept} objects", *(f"lost {lost}" for lost in salvaged.lost)]
    if salvaged.missing:
        lines.append(f"lost {salvaged.missing} objects whose names cannot be read")
    if salvaged.pages:
        lines.append(f"lost the last writes ({salvaged.pages} pages of them)")
    return lines


def _remove(clusters: Path, name: str) -> None:
    folder = _kept(clusters, name)
    if is_running(folder):
        raise Failure(f"the cluster {name} is running; end it first")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from None
    print(f"removed {name}")
