from itertools import combinations

import pytest

from k9lite.tui.handlers import HANDLERS
from k9lite.tui.keys.actions import ACTIONS, at_place, bindings, hints, key_name
from k9lite.tui.session.place import Place

TEXTS = ("manifests", "nodes", "story", "describe", "yaml", "logs", "forwards", "history", "editor", "help")
TABLES = ("nodes", "deployments", "pods", "services", "replicasets", "statefulsets", "daemonsets", "jobs", "configmaps")
PLACES = [(view, "") for view in TEXTS] + [(view, scope) for view in TABLES for scope in ("pane", "view")]
PLACES.append(("containers", "container"))


def place(view, scope=""):
    made = Place()
    made.place_name, made.scope = view, scope
    return made


def test_every_action_has_its_handler():
    assert {action.id for action in ACTIONS} == set(HANDLERS)


@pytest.mark.parametrize(("view", "scope"), PLACES)
def test_a_key_means_one_thing_at_a_place(view, scope):
    """Two actions may share a key where only one of them can apply: stopping a forward needs no object."""
    for one, other in combinations(at_place(place(view, scope), True), 2):
        shared = set(one.keys) & set(other.keys)
        assert not shared or one.on_object != other.on_object, (view, one.id, other.id)


def test_what_needs_k9lite_is_hidden_on_another_cluster():
    assert {"pause", "faults", "load-image"} <= {action.id for action in ACTIONS if action.own}
    assert not any(action.own for action in hints(place("nodes"), False))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("ctrl+d", "ctrl-d"),
        ("F", "shift-f"),
        ("question_mark", "?"),
        ("comma", ","),
        ("shift+tab", "shift-tab"),
    ],
)
def test_keys_are_named_as_people_write_them(key, name):
    assert key_name(key) == name


def test_every_binding_can_be_remapped_by_its_id():
    ids = [binding.id for binding in bindings()]
    assert len(set(ids)) == len(ids) == len(ACTIONS)
