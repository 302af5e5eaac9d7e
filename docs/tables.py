"""Writes the tables of README that are made from code: `python docs/tables.py`. A test says when they are stale."""

import re
from collections.abc import Callable
from pathlib import Path

from k9lite.api.kinds import Kinds
from k9lite.tui.keys.actions import ACTIONS, key_name

README = Path(__file__).parent.parent / "README.md"


def kinds_table() -> str:
    """Each API group with the kinds that k9lite acts on, and those that it only stores."""
    groups: dict[str, dict[str, bool]] = {}
    for kind in Kinds():
        if kind.stored:
            acted_on = groups.setdefault(kind.group or "core", {})
            acted_on[kind.kind] = acted_on.get(kind.kind, False) or kind.acted_on
    rows = ["| API group | acted on | stored |", "|---|---|---|"]
    for group in sorted(groups, key=lambda name: (name != "core", name)):
        names = sorted(groups[group].items())
        acted = ", ".join(name for name, acted_on in names if acted_on)
        stored = ", ".join(name for name, acted_on in names if not acted_on)
        rows.append(f"| {group} | {acted or '–'} | {stored or '–'} |")
    return "\n".join(rows)


def keys_table() -> str:
    """The actions by the heading that help lists them under, each with its first key."""
    groups: dict[str, dict[str, None]] = {}
    for action in ACTIONS:
        key = key_name(action.keys[0]).replace("|", "\\|")
        groups.setdefault(action.group, {})[f"`{key}` {action.label}"] = None
    rows = ["| | |", "|---|---|"]
    rows += [f"| {group} | {', '.join(entries)} |" for group, entries in groups.items()]
    return "\n".join(rows)


TABLES: dict[str, Callable[[], str]] = {"kinds": kinds_table, "keys": keys_table}


def renewed(text: str) -> str:
    """`text` with every marked table as the code has it now."""
    for name, table in TABLES.items():
        marked = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(\n<!-- end of {name} -->)", re.DOTALL)
        text = marked.sub(lambda match, table=table: match[1] + table() + match[2], text)
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
