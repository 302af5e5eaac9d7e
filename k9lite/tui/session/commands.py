"""What is typed after `:`, a kind with a namespace, a filter or labels, or a word; and how it completes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from k9lite.api.kinds import Kind, Kinds

ALL = "all"  # every namespace
# Words for actions, by the ids of those.
WORDS: Mapping[str, str] = {
    "q": "quit",
    "quit": "quit",
    "q!": "quit",
    "exit": "quit",
    "help": "help",
    "h": "help",
    "?": "help",
    "pulses": "pulse",
    "pulse": "pulse",
    "pu": "pulse",
    "map": "map",
    "forwards": "forwards",
    "pf": "forwards",
}
CONTEXTS = ("ctx", "context", "contexts")
OFFERED = ("contexts", "dir", "forwards", "help", "map", "pulses", "quit", "xray")
ALIASES: Mapping[str, str] = {"dp": "deployments", "sec": "secrets"}  # k9s' own, beyond those of kubectl
MOST = 8  # completions


@dataclass(frozen=True)
class ShowKind:
    """Show a kind; `namespace` None keeps the one there is, empty means all."""

    kind: Kind[Any]
    namespace: str | None = None
    filter: str = ""


@dataclass(frozen=True)
class RunAction:
    """Do an action that needs no object."""

    id: str


@dataclass(frozen=True)
class ShowTrees:
    """Show what all objects of a kind consist of."""

    view: ShowKind


@dataclass(frozen=True)
class ShowFolder:
    """Show the manifests in a folder, or of the folder that is followed."""

    path: str = ""


@dataclass(frozen=True)
class ChooseContext:
    """Show the clusters there are, or go to one."""

    name: str = ""


Command = ShowKind | RunAction | ShowTrees | ShowFolder | ChooseContext


def parse(text: str, kinds: Kinds) -> Command:
    """ValueError says what is not understood."""
    words = text.split()
    if not words:
        raise ValueError("type a kind, such as pods, or q")
    name, rest = words[0].lower(), text.strip()[len(words[0]) :].strip()
    if name in WORDS:
        return RunAction(WORDS[name])
    if name in CONTEXTS:
        return ChooseContext(rest)
    if name == "dir":
        return ShowFolder(rest)
    if name == "xray":
        return ShowTrees(_view(words[1:] or ["deployments"], kinds))
    return _view(words, kinds)


def _view(words: list[str], kinds: Kinds) -> ShowKind:
    name = words[0].lower()
    kind = _kind(name, kinds)
    if kind is None:
        close = complete(name[:2], kinds, ())
        raise ValueError(f"no kind is called {words[0]}" + (f"; there is {', '.join(close[:3])}" if close else ""))
    namespace, filters = None, []
    for position, word in enumerate(words[1:], 1):
        if word.startswith("/"):
            filters.append(" ".join(words[position:])[1:])
            break
        if "=" in word:
            filters.append(f"-l {word}")
        else:
            namespace = "" if word == ALL else word
    if len(filters) > 1:
        raise ValueError("only one filter at a time")
    return ShowKind(kind, namespace, filters[0] if filters else "")


def _kind(name: str, kinds: Kinds) -> Kind[Any] | None:
    kind = kinds.named(ALIASES.get(name, name))
    return kind if kind is not None and kind.stored else None


def complete(text: str, kinds: Kinds, namespaces: Iterable[str]) -> list[str]:
    """Whole lines that `text` may become, the likeliest first."""
    head, space, tail = text.lstrip().rpartition(" ")
    if head == "xray":
        return [f"xray {name}" for name in complete(tail, kinds, ()) if name not in OFFERED]
    if space:
        return [f"{head} {name}" for name in sorted({*namespaces, ALL}) if name.startswith(tail)][:MOST]
    tail = tail.lower()
    if not tail:
        return []
    short = [kind.plural for kind in kinds if kind.stored and tail in (*kind.short_names, kind.singular)]
    plurals = sorted(kind.plural for kind in kinds if kind.stored and kind.plural.startswith(tail))
    words = [word for word in OFFERED if word.startswith(tail)]
    return list(dict.fromkeys([*short, *plurals, *words]))[:MOST]
