"""The keys that the user wants in place of the built-in ones."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual.keys import KEY_ALIASES, Keys

from k9lite.settings import KeySetting, SettingsError
from k9lite.tui.keys.actions import ACTIONS, KEY_NAMES, Action

VIEWS = (
    "pods",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "services",
    "nodes",
    "manifests",
    "story",
    "containers",
    "describe",
    "yaml",
    "logs",
    "forwards",
    "history",
    "console",
    "editor",
)
CHARACTERS = {written: name for name, written in KEY_NAMES.items() if len(written) == 1 and written.isascii()}
NAMES = {key.value for key in Keys} | set(KEY_ALIASES) | {"space"}


def remapped(wanted: Mapping[str, KeySetting], actions: Sequence[Action] = ACTIONS) -> tuple[Action, ...]:
    """The actions with the keys that `wanted` gives by their ids. SettingsError names every mistake and its place."""
    mistakes: list[str] = []
    table = tuple(
        _with_keys(action, wanted[action.id], mistakes) if action.id in wanted else action for action in actions
    )
    known = [action.id for action in actions]
    for id, setting in wanted.items():
        if id not in known:
            close = difflib.get_close_matches(id, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            mistakes.append(f"{setting.where}: there is no action {id}{hint}")
    mistakes += _clashes(table, wanted)
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return table


def _with_keys(action: Action, setting: KeySetting, mistakes: list[str]) -> Action:
    keys = []
    for written in setting.keys:
        key = read_key(written)
        if key is None:
            mistakes.append(
                f"{setting.where}: {action.id}: there is no key {written}; write it as in ctrl-x, shift-f, ?"
            )
        else:
            keys.append(key)
    return replace(action, keys=tuple(keys))


def read_key(written: str) -> str | None:
    """Textual's name of a key as people write it, `ctrl-x` or `shift-f`; None where there is none."""
    parts = written.replace("+", "-").split("-") if len(written) > 1 else [written]
    *modifiers, key = parts
    if modifiers == ["shift"] and len(key) == 1 and key.isalpha():
        return key.upper()
    if len(key) == 1 and not key.isalnum():
        key = CHARACTERS.get(key, "")
    if not key or (len(key) > 1 and key not in CHARACTERS.values() and key not in NAMES):
        return None
    if any(modifier not in ("ctrl", "alt", "shift") for modifier in modifiers):
        return None
    return "+".join((*sorted(modifiers), key))


def _clashes(table: Sequence[Action], wanted: Mapping[str, KeySetting]) -> list[str]:
    """What shares a key with another action in some view, because of what the user wants."""
    found: dict[str, None] = {}
    for action in table:
        if action.id not in wanted:
            continue
        for other in table:
            both = set(action.keys) & set(other.keys)
            if other is not action and both and _meet(action, other):
                key = sorted(both)[0]
                found[f"{wanted[action.id].where}: {action.id}: {key} is the key of {other.id} already"] = None
    return list(found)


def _meet(one: Action, other: Action) -> bool:
    """Whether there is a view in which both have their keys."""
    if one.scopes and other.scopes and not set(one.scopes) & set(other.scopes):
        return False
    return any(one.belongs(view, True) and other.belongs(view, True) for view in VIEWS)
