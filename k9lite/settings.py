"""The user's settings: a file, then the environment, then the command line; the last one that says something wins."""

import dataclasses
import difflib
import math
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import platformdirs

from k9lite.aio.clock import FASTEST, INSTANT, SLOWEST

PREFIX = "K9LITE_"
FILE_NAME = "settings.toml"
UNNAMED = "k9lite"
MOST_NODES = 250  # each node has an address range of its own
PODS_PER_NODE, MOST_PODS_PER_NODE = 110, 8191  # a kubelet's maxPods; what half of a cluster's range has room for


def default_state_folder() -> Path:
    """Where k9lite keeps its files if nobody says otherwise."""
    try:
        return platformdirs.user_state_path("k9lite")
    except RuntimeError:  # neither HOME nor an entry among the users
        return Path(tempfile.gettempdir(), f"k9lite-{os.getuid()}")


class SettingsError(Exception):
    """What is wrong with the settings, one line per mistake, each with the place it is in."""


@dataclass(frozen=True, slots=True)
class KeySetting:
    """The keys that the user wants for an action, as written, and where it says so."""

    keys: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Settings:
    """name: of a cluster that is kept on disk; without one the cluster ends with the program
    nodes: workers besides the control plane; None: as many as a kept cluster has, else 2
    pods_per_node: the most that a node runs; a kept cluster stays with what it was made with
    speed: of the cluster's clock, `INSTANT` skips simulated work
    keys: of the dashboard's actions, by their names
    images: which names can be pulled; bare: start without the bundled images; seed: of everything random
    api: whether other programs (kubectl) can reach the cluster; api_port: where, None takes the first that is free
    """

    name: str = ""
    nodes: int | None = None
    pods_per_node: int = PODS_PER_NODE
    speed: float = 1.0
    images: Literal["catalogue", "any"] = "catalogue"
    bare: bool = False
    seed: str = ""
    api: bool = True
    api_port: int | None = None
    state_folder: Path = dataclasses.field(default_factory=default_state_folder)
    keys: Mapping[str, KeySetting] = dataclasses.field(default_factory=dict)

    @property
    def cluster_name(self) -> str:
        """What the cluster and its nodes are called."""
        return self.name or UNNAMED


def read_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?", text):
        raise ValueError("must be up to 40 lower case letters, digits and dashes")
    return text


def read_nodes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_NODES:
        raise ValueError(f"must be a number of worker nodes from 1 to {MOST_NODES}")
    return int(text)


def read_pods_per_node(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PODS_PER_NODE:
        raise ValueError(f"must be a number of pods from 1 to {MOST_PODS_PER_NODE}")
    return int(text)


def read_speed(text: str) -> float:
    if text == "instant":
        return INSTANT
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = math.nan
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"must be {SLOWEST:g} to {FASTEST:g}, or instant")
    return speed


def read_images(text: str) -> str:
    if text not in ("catalogue", "any"):
        raise ValueError("must be catalogue or any")
    return text


def read_bool(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError("must be true or false")
    return text.lower() in ("true", "1")


def read_port(text: str) -> int:
    """0 takes any port that is free."""
    if not text.isdecimal() or not int(text) <= 65535:
        raise ValueError("must be a port from 1 to 65535, or 0 for any that is free")
    return int(text)


def read_folder(text: str) -> Path:
    """Absolute, so that what is told of it holds in every folder."""
    if not text:
        raise ValueError("must be the name of a folder")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:  # ~ of nobody that there is
        raise ValueError("must be a folder that can be found") from None


READERS: Mapping[str, Callable[[str], Any]] = {
    "name": read_name,
    "nodes": read_nodes,
    "pods_per_node": read_pods_per_node,
    "speed": read_speed,
    "images": read_images,
    "bare": read_bool,
    "seed": str,
    "api": read_bool,
    "api_port": read_port,
    "state_folder": read_folder,
}


def default_file() -> Path:
    """Where the settings file is, if there is one."""
    try:
        return platformdirs.user_config_path("k9lite") / FILE_NAME
    except RuntimeError:  # nobody's settings
        return default_state_folder() / FILE_NAME


def load(file: Path, environment: Mapping[str, str], **defaults: Any) -> Settings:
    """What `file` (which need not exist) and the environment say. SettingsError names every mistake."""
    mistakes: list[str] = []
    values = defaults | _from_file(file, mistakes) | _from_environment(environment, mistakes)
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return Settings(**values)


def clash(settings: Settings) -> str:
    """Why two of the settings cannot both be meant; empty when they can."""
    if settings.bare and settings.images == "any":
        return "bare starts without images, and images=any has every image: only one of them can be meant"
    if settings.api_port is not None and not settings.api:
        return "there is no API to listen on port " + str(settings.api_port)
    return ""


def _from_file(file: Path, mistakes: list[str]) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        mistakes.append(f"{file}: {error.strerror}")
        return {}
    except UnicodeDecodeError:
        mistakes.append(f"{file}: not UTF-8 text")
        return {}
    except tomllib.TOMLDecodeError as error:
        message, at, place = str(error).removesuffix(")").partition(" (at line ")
        mistakes.append(f"{file}:{place.replace(', column ', ':')}: {message}" if at else f"{file}: {error}")
        return {}
    values: dict[str, Any] = {}
    for name, value in content.items():
        if name == "keys":
            values["keys"] = _keys(value, file, text, mistakes)
            continue
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        _read(name, shown, f"{file}:{_line(text, name)}", name, values, mistakes)
    return values


def _keys(table: Any, file: Path, text: str, mistakes: list[str]) -> dict[str, KeySetting]:
    """`[keys]`: an action and its key, or a list of keys."""
    if not isinstance(table, dict):
        mistakes.append(f"{file}:{_line(text, 'keys')}: keys must be a table, such as [keys]")
        return {}
    settings = {}
    for action, value in table.items():
        keys = value if isinstance(value, list) else [value]
        where = f"{file}:{_line(text, action)}"
        if all(isinstance(key, str) and key for key in keys) and keys:
            settings[action] = KeySetting(tuple(keys), where)
        else:
            mistakes.append(f"{where}: {action} must be a key or a list of keys, not {value}")
    return settings


def _line(text: str, name: str) -> int:
    """The line on which the file sets `name`."""
    key = re.search(rf"^\s*\[*[\"']?{re.escape(name)}[\"']?\s*[=.\]]", text, re.MULTILINE)
    return text.count("\n", 0, key.end() if key else 0) + 1


def _from_environment(environment: Mapping[str, str], mistakes: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if variable.startswith(PREFIX) and text:  # an empty one is as good as unset
            name = variable.removeprefix(PREFIX).lower()
            _read(name, text, "environment", variable, values, mistakes)
    return values


def _read(name: str, text: str, where: str, shown: str, values: dict[str, Any], mistakes: list[str]) -> None:
    setting = name.replace("-", "_")  # as options are written
    reader = READERS.get(setting)
    if reader is None:
        close = difflib.get_close_matches(setting, READERS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(READERS)}"
        mistakes.append(f"{where}: unknown setting {shown} ({hint})")
        return
    if setting in values:
        mistakes.append(f"{where}: {shown} is set twice")
        return
    try:
        values[setting] = reader(text)
    except ValueError as error:
        mistakes.append(f"{where}: {shown} {error}, not {text}")
