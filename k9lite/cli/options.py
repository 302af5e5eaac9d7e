"""The options that commands share, and how they become settings."""

import argparse
import difflib
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from k9lite import settings
from k9lite.cli.commands import COMMANDS, Failure
from k9lite.settings import Settings, SettingsError

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parser(command: str, description: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"k9lite {command}".rstrip(), description=description, allow_abbrev=False)


def add_cluster_options(options: argparse.ArgumentParser) -> None:
    """What kind of cluster to start. Each may also stand in the settings file or the environment (K9LITE_NODES=5)."""
    group = options.add_argument_group("the cluster")
    group.add_argument(
        "--name", metavar="NAME", type=_typed(settings.read_name), help="keep the cluster on disk, under this name"
    )
    group.add_argument("--nodes", metavar="N", type=_typed(settings.read_nodes), help="worker nodes (default 2)")
    group.add_argument(
        "--pods-per-node",
        metavar="N",
        type=_typed(settings.read_pods_per_node),
        help=f"how many pods a node runs at most (default {settings.PODS_PER_NODE})",
    )
    group.add_argument(
        "--speed",
        metavar="S",
        type=_typed(settings.read_speed),
        help="of the cluster's clock: 0.1 to 100, or instant, which skips simulated work",
    )
    group.add_argument("--bare", action="store_true", default=None, help="start without the bundled images")
    group.add_argument(
        "--images",
        metavar="WHICH",
        type=_typed(settings.read_images),
        help="catalogue: well-known public images can be pulled (default); any: every well-formed name can",
    )
    group.add_argument("--seed", metavar="TEXT", help="make every random name and choice come out the same again")
    group.add_argument(
        "--no-api", dest="api", action="store_false", default=None, help="keep other programs, such as kubectl, out"
    )
    group.add_argument(
        "--api-port", metavar="PORT", type=_typed(settings.read_port), help="default: the first free one from 6443 on"
    )
    group.add_argument(
        "--state-folder", metavar="DIR", type=_typed(settings.read_folder), help="where k9lite keeps its files"
    )


def _typed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def typed(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}, not {text}") from None

    return typed


def add_which(options: argparse.ArgumentParser) -> None:
    """Which of the clusters on this machine is meant; may stand before and after an action."""
    options.add_argument(
        "--name", metavar="NAME", default=argparse.SUPPRESS, type=_typed(settings.read_name), help="of the cluster"
    )
    add_state_folder(options)


def add_state_folder(options: argparse.ArgumentParser) -> None:
    """Where clusters are looked for."""
    options.add_argument(
        "--state-folder",
        metavar="DIR",
        default=argparse.SUPPRESS,
        type=_typed(settings.read_folder),
        help="where k9lite keeps its files",
    )


def duration(text: str) -> float:
    """`90`, `60s`, `1.5m` in seconds."""
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    try:
        value = float(text.removesuffix(unit)) * _UNITS.get(unit, 1.0)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a duration such as 60s or 2m, not {text}")
    return value


def settings_from(options: argparse.Namespace, **defaults: Any) -> Settings:
    """The settings of the file and the environment over the command's own defaults; the options over all of them."""
    try:
        loaded = settings.load(settings.default_file(), os.environ, **defaults)
    except SettingsError as error:
        raise Failure(str(error)) from None
    given = {name: value for name in settings.READERS if (value := getattr(options, name, None)) is not None}
    merged = replace(loaded, **given)
    if why := settings.clash(merged):
        raise Failure(why)
    return merged


def folder(text: str) -> Path:
    """DIR as the user gave it; Failure with advice when it is no folder."""
    if not text:  # "$DIR" of a shell that knows no DIR
        raise Failure("the name of the folder is empty")
    path = Path(text)
    if path.is_dir():
        return path
    if path.exists():
        raise Failure(f"{text} is a file; k9lite follows folders: try {path.parent}")
    close = difflib.get_close_matches(text, COMMANDS, n=1)
    raise Failure(f"there is no folder {text}" + (f"; did you mean the command `{close[0]}`?" if close else ""))
