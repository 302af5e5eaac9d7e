"""The one table of what keys do. Bindings, footer, help and the command palette are made from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.binding import Binding

from k9lite.api import workloads
from k9lite.api.object import Object
from k9lite.tui.display import states
from k9lite.tui.session.place import Place

SCALED = tuple(kind.plural for kind in workloads.SCALING)
ROLLED_OUT = tuple(kind.plural for kind in workloads.ROLLING_OUT)
LOGGED = ("pods", *(kind.plural for kind in workloads.SELECTING), "services")
PAGES = ("describe", "yaml")
TEXTS = (*PAGES, "logs", "story")
ANYWHERE: tuple[str, ...] = ()
TABLES, ROWS = ("pane", "view"), ("pane", "view", "container")  # scopes
ALONE = ("editor",)  # views in which only their own actions have keys: letters are text there


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do.

    views: where its key is bound; empty for everywhere
    except_in: where it has none all the same, because its key means something else there
    scopes: the scopes of places where it is bound (see Place); empty for all
    when: what must hold for the object under the cursor
    on_object: whether it needs an object under the cursor
    own: whether it needs the API group k9lite.dev, which a real cluster has not
    hint: place in the footer, lowest first; 0 is left to the help
    group: the heading under which help lists it
    """

    id: str
    keys: tuple[str, ...]
    label: str
    tooltip: str
    group: str
    views: tuple[str, ...] = ANYWHERE
    except_in: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    when: Callable[[Object[Any]], object] | None = None
    on_object: bool = True
    own: bool = False
    hint: int = 0

    def belongs(self, view: str, has_own_kinds: bool) -> bool:
        """Whether its key has a meaning in the view."""
        wanted = view in self.views if self.views or view in ALONE else view not in self.except_in
        return wanted and (has_own_kinds or not self.own)

    def is_bound(self, place: Place, has_own_kinds: bool) -> bool:
        """Whether its key does something now."""
        if not self.is_at(place, has_own_kinds):
            return False
        selected = place.selected if self.on_object else None
        return not self.on_object or (selected is not None and (self.when is None or bool(self.when(selected))))

    def is_at(self, place: Place, has_own_kinds: bool) -> bool:
        """Whether its key has a meaning at `place`, whatever the cursor is on."""
        fits = (place.has_objects or not self.on_object) and (not self.scopes or place.scope in self.scopes)
        return fits and self.belongs(place.place_name, has_own_kinds)


def _act(id: str, keys: str, label: str, tooltip: str, group: str, **more: Any) -> Action:
    return Action(id, tuple(keys.split()), label, tooltip, group, **more)


def _free(id: str, keys: str, label: str, tooltip: str, group: str, **more: Any) -> Action:
    """An action that needs no object."""
    return _act(id, keys, label, tooltip, group, on_object=False, **more)


CHANGE, LOOK, NODES, NETWORK, TIME, MOVE, GO, LIST, EDIT, LEAVE = (
    "Change",
    "Look",
    "Nodes and faults",
    "Network",
    "Time",
    "Move",
    "Go",
    "Table",
    "Editor",
    "Dashboard",
)

ACTIONS: tuple[Action, ...] = (
    _act("scale", "s", "Scale", "Set the number of replicas", CHANGE, views=SCALED, hint=2),
    _act("scale-up", "plus equals_sign", "Scale up", "One replica more, at once", CHANGE, views=SCALED, hint=3),
    _act("scale-down", "minus", "Scale down", "One replica less, at once", CHANGE, views=SCALED, hint=4),
    _act("restart", "r", "Restart", "Replace all pods, a few at a time", CHANGE, views=ROLLED_OUT, hint=6),
    _act("undo", "ctrl+l", "Roll back", "Go back to the previous revision", CHANGE, views=("deployments",), hint=7),
    _act(
        "undo-to",
        "ctrl+l",
        "Roll back",
        "Let its deployment go back to this revision",
        CHANGE,
        views=("replicasets",),
        hint=7,
    ),
    _act(
        "history",
        "H",
        "History",
        "Its revisions, what each changed, and back to any",
        CHANGE,
        views=("deployments",),
        hint=8,
    ),
    _act("history-back", "ctrl+l", "Roll back", "Go back to this revision", CHANGE, views=("history",), hint=1),
    _free(
        "history-compare",
        "v",
        "Compare",
        "With the revision before it, or with what is now",
        CHANGE,
        views=("history",),
        hint=2,
    ),
    _act(
        "pause-rollout",
        "R",
        "Pause rollout",
        "Let changes of its template wait, or go on",
        CHANGE,
        views=("deployments",),
    ),
    _act("set-image", "i", "Set image", "Another image, chosen from those known", CHANGE, views=ROLLED_OUT, hint=5),
    _act("delete", "ctrl+d", "Delete", "Delete it, after a question", CHANGE, hint=12),
    _act(
        "kill",
        "ctrl+k",
        "Kill",
        "Delete it without its grace period, after a question",
        CHANGE,
        views=("pods",),
        hint=13,
    ),
    _act(
        "load-image",
        "I",
        "Load image",
        "Make the image it waits for present on the nodes",
        CHANGE,
        views=("pods", "containers"),
        own=True,
        when=states.lacks_image,
        hint=1,
    ),
    _act(
        "edit",
        "e",
        "Edit",
        "Edit the manifest that it comes from, or the object itself",
        CHANGE,
        except_in=("manifests",),
        hint=8,
    ),
    _free("edit-file", "e", "Edit", "Edit this file", CHANGE, views=("manifests",), hint=1),
    _free("apply-file", "a", "Apply", "Apply this file as it is written now", CHANGE, views=("manifests",), hint=2),
    _free("create", "ctrl+n", "Create", "A new object, from a template or a paste", CHANGE),
    _act("edit-live", "E", "Edit live", "Edit the object in the cluster; its manifest stays", CHANGE),
    _act("label", "t", "Label", "Set or remove its labels", CHANGE, except_in=("logs",)),
    _act("annotate", "T", "Annotate", "Set or remove its annotations", CHANGE),
    _free("undo-last", "U", "Undo", "Take back what you did last, where that can be", CHANGE, hint=17),
    _act("copy", "C", "Copy", "Its name, its YAML, or the kubectl command that does the same", LOOK),
    _act("choose", "enter", "Open", "Look at it closely", LOOK, hint=1),
    _act("describe", "d", "Describe", "Everything about it, in words", LOOK, hint=10),
    _act("yaml", "y", "YAML", "The object as the cluster has it", LOOK, hint=11),
    _act("logs", "l", "Logs", "What its containers write", LOOK, views=(*LOGGED, "containers"), hint=6),
    _act(
        "previous",
        "p",
        "Previous logs",
        "What its containers wrote before their last restart",
        LOOK,
        views=("pods", "containers"),
        hint=8,
    ),
    _act("shell", "s", "Shell", "Type commands in one of its containers", LOOK, views=("pods", "containers"), hint=7),
    _act("attach", "a", "Attach", "Talk to the process of one of its containers", LOOK, views=("pods", "containers")),
    _free("console-end", "ctrl+d", "End of input", "Tell the process that no more will come", LOOK, views=("console",)),
    _act("versions", "V", "Versions", "The states it was in, and what each changed", LOOK),
    _act("tree", "X", "Tree", "What it consists of, down to containers, and how each is", LOOK),
    _free("pulse", "Z", "Pulse", "How much is how, and how much happens, as it goes on", LOOK),
    _free(
        "search",
        "slash",
        "Search",
        "Look for text or a pattern; n and shift-n go from match to match",
        LOOK,
        views=PAGES,
        hint=1,
    ),
    _free(
        "filter-log",
        "slash",
        "Filter",
        "Show only lines with a text or pattern; !inverse",
        LOOK,
        views=("logs", "story"),
        hint=1,
    ),
    _free("log-wrap", "w", "Wrap", "Let wide lines go on below, or not", LOOK, views=("logs",), hint=2),
    _free("log-timestamps", "t", "Timestamps", "Show when each line was written", LOOK, views=("logs",), hint=3),
    _free("log-since", "s", "Since", "How far back to read", LOOK, views=("logs",), hint=4),
    _free("next-match", "n", "Next match", "The next line that has what `/` looks for", LOOK, views=TEXTS, hint=5),
    _free("previous-match", "N", "Previous match", "The line before that has it", LOOK, views=TEXTS, hint=6),
    _free("map", "M", "Map", "Every node and pod at one look", NODES, hint=19),
    _free("cell-left", "left h", "Left", "The pod before", NODES, scopes=("map",)),
    _free("cell-right", "right", "Right", "The next pod", NODES, scopes=("map",)),
    _act("cordon", "c", "Cordon", "Let no new pod onto it", NODES, views=("nodes",), hint=3),
    _act("uncordon", "u", "Uncordon", "Let pods onto it again", NODES, views=("nodes",), hint=4),
    _act("drain", "r", "Drain", "Cordon it and evict its pods", NODES, views=("nodes",), hint=5),
    _act("faults", "x", "Faults", "Break or mend it on purpose", NODES, views=("nodes", "pods"), own=True, hint=2),
    _act(
        "forward",
        "F",
        "Forward",
        "Open a local port that leads to it",
        NETWORK,
        views=("pods", "deployments", "services"),
        hint=5,
    ),
    _free("forwards", "f", "Forwards", "The local ports that are open", NETWORK, hint=15),
    _free("stop-forward", "ctrl+d", "Stop", "Close this local port", NETWORK, views=("forwards",), hint=1),
    _free("pause", "comma", "Pause", "Stop or start the cluster's clock", TIME, own=True, hint=16),
    _free("step", "full_stop", "Step", "While paused: let one controller do one thing", TIME, own=True),
    _free("slower", "less_than_sign", "Slower", "Slow the cluster's clock down", TIME, own=True),
    _free("faster", "greater_than_sign", "Faster", "Speed the cluster's clock up", TIME, own=True),
    _free("up", "up k", "Up", "The row above", MOVE),
    _free("down", "down j", "Down", "The row below", MOVE),
    _free("page-up", "pageup ctrl+b", "Page up", "A page up", MOVE),
    _free("page-down", "pagedown ctrl+f", "Page down", "A page down", MOVE),
    _free("top", "home g", "Top", "The first row", MOVE),
    _free("bottom", "end G", "Bottom", "The last row", MOVE),
    _free("next-pane", "tab", "Next pane", "Go to the next pane", MOVE, hint=20),
    _free("previous-pane", "shift+tab", "Previous pane", "Go to the pane before", MOVE),
    *(_free(f"pane-{n}", str(n), f"Pane {n}", f"Go to pane {n}", MOVE, scopes=("", "pane")) for n in range(1, 7)),
    _free("maximise", "m", "Maximise", "One pane in all the room there is, or all of them again", MOVE, hint=21),
    _free(
        "command",
        "colon",
        "Command",
        "Any kind: pod, deploy kube-system, po /web, xray KIND, dir PATH, ctx, q",
        GO,
        hint=13,
    ),
    _act("owner", "J", "Owner", "Go to what made it", GO),
    _act("node", "o", "Node", "Go to the node it is on", GO, views=("pods",)),
    _free("history-previous", "left_square_bracket", "Back", "The view before this one", GO),
    _free("history-next", "right_square_bracket", "Forward", "The view after this one", GO),
    _free("history-last", "minus", "Last view", "Where you were before, and there again", GO, except_in=SCALED),
    _free("namespace-0", "0", "All namespaces", "Show the objects of all namespaces", GO, scopes=TABLES),
    *(
        _free(
            f"namespace-{n}",
            str(n),
            f"Namespace {n}",
            "One of those used most, as the title says",
            GO,
            scopes=("view",),
        )
        for n in range(1, 10)
    ),
    _free(
        "filter",
        "slash",
        "Filter",
        "Show only what matches: text, !inverse, -f fuzzy, -l labels",
        LIST,
        except_in=TEXTS,
        hint=14,
    ),
    _free("sort-name", "N", "Sort by name", "Again: the other way round", LIST, except_in=TEXTS),
    _free("sort-age", "A", "Sort by age", "Again: the other way round", LIST, except_in=TEXTS),
    _free("sort-status", "S", "Sort by status", "Again: the other way round", LIST, except_in=TEXTS),
    _free("sort-namespace", "P", "Sort by namespace", "Again: the other way round", LIST, scopes=TABLES),
    _free("column-left", "shift+left", "Column left", "Pick the column to the left", LIST, scopes=ROWS),
    _free("column-right", "shift+right", "Column right", "Pick the column to the right", LIST, scopes=ROWS),
    _free(
        "sort-column", "O", "Sort by column", "Sort by the picked column; again: the other way round", LIST, scopes=ROWS
    ),
    _free("columns-back", "left h", "Columns back", "See the columns further to the left", LIST, scopes=ROWS),
    _free("columns-on", "right", "Columns on", "See the columns further to the right", LIST, scopes=ROWS),
    _free(
        "columns-right",
        "l",
        "Columns on",
        "As the arrow, where `l` is not for logs",
        LIST,
        scopes=ROWS,
        except_in=(*LOGGED, "containers"),
    ),
    _free("wide", "ctrl+w", "Wide", "Every column there is, or the usual ones", LIST, scopes=TABLES),
    _free("faults-only", "ctrl+z", "Faults only", "Show only what needs a look, or all again", LIST, scopes=ROWS),
    _free("mark", "space", "Mark", "Choose it for what is done to several at once", LIST, scopes=TABLES),
    _free("mark-range", "ctrl+@ ctrl+space", "Mark range", "From the nearest mark to here", LIST, scopes=TABLES),
    _free("unmark", "ctrl+backslash", "Unmark", "Take all marks away", LIST, scopes=TABLES),
    _free("refresh", "ctrl+r", "Refresh", "Draw all of it anew; it is live anyway", LIST, scopes=ROWS),
    _free("save-table", "ctrl+s", "Save table", "Write it, as it is shown, to a file", LIST, scopes=ROWS),
    _act("copy-name", "c", "Copy name", "To the clipboard", LIST, scopes=ROWS, except_in=("nodes",)),
    _act("copy-namespace", "n", "Copy namespace", "To the clipboard", LIST, scopes=TABLES),
    _free("editor-save", "ctrl+s", "Save", "Show what changes, then save", EDIT, views=("editor",), hint=1),
    _free(
        "editor-complete", "ctrl+@ ctrl+space", "Complete", "What fits at the cursor", EDIT, views=("editor",), hint=2
    ),
    _free("editor-next", "ctrl+n", "Next problem", "Go to the next problem", EDIT, views=("editor",), hint=3),
    _free("editor-fix", "ctrl+r", "Repair", "Do what the nearest problem proposes", EDIT, views=("editor",), hint=4),
    _free("editor-external", "ctrl+o", "$EDITOR", "Go on in your own editor", EDIT, views=("editor",), hint=5),
    _free(
        "editor-leave",
        "escape",
        "Leave",
        "Back, after a question if something is not saved",
        EDIT,
        views=("editor",),
        hint=6,
    ),
    _free("back", "escape q", "Back", "Clear the filter, or go back", LEAVE),
    _free("help", "question_mark", "Help", "What every key does here", LEAVE),
    _free("copy-kubeconfig", "K", "Copy kubeconfig", "Copy `export KUBECONFIG=...` for another terminal", LEAVE),
    _free("ask-quit", "ctrl+c", "Quit", "Leave, after a question", LEAVE),
    _free("quit", "ctrl+q", "Quit", "Leave at once", LEAVE, hint=18),
)
# While something is typed, these still act.
WHILE_TYPING = ("up", "down", "page-up", "page-down", "next-pane", "previous-pane", "back", "console-end")
YIELDING = ("ask-quit",)  # its key copies selected text where there is some

KEY_NAMES = {
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "ctrl+backslash": "ctrl-\\",
    "escape": "esc",
    "enter": "⏎",
    "ctrl+@": "ctrl-space",
}


def key_name(key: str) -> str:
    """A key as people write it: `ctrl-d`, `?`, `shift-f`."""
    if len(key) == 1 and key.isupper():
        return f"shift-{key.lower()}"
    return KEY_NAMES.get(key, key.replace("+", "-"))


def bindings(table: Sequence[Action] = ACTIONS) -> list[Binding]:
    """One binding per action; which of those that share a key is meant, the place decides.

    They have priority, so that a key typed ahead meets the place that the key before it has led to.
    """
    return [
        Binding(
            ",".join(action.keys),
            f"perform('{action.id}')",
            action.label,
            show=False,
            id=action.id,
            tooltip=action.tooltip,
            priority=action.id not in YIELDING,
        )
        for action in table
    ]


def bound(place: Place, has_own_kinds: bool, table: Sequence[Action] = ACTIONS) -> list[Action]:
    """What can be done at `place`."""
    return [action for action in table if action.is_bound(place, has_own_kinds)]


def at_place(place: Place, has_own_kinds: bool, table: Sequence[Action] = ACTIONS) -> list[Action]:
    """What has a key at `place`, whatever the cursor is on."""
    return [action for action in table if action.is_at(place, has_own_kinds)]


def hints(place: Place, has_own_kinds: bool, table: Sequence[Action] = ACTIONS) -> list[Action]:
    """What is worth a place in the footer at `place`, the most useful first.

    What only some objects allow is shown while the cursor is on one of those.
    """
    worth = [action for action in at_place(place, has_own_kinds, table) if action.hint]
    fitting = [action for action in worth if action.when is None or action.is_bound(place, has_own_kinds)]
    return sorted(fitting, key=lambda action: action.hint)
