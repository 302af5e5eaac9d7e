import pytest

from k9lite.settings import KeySetting, SettingsError
from k9lite.tui.keys.keymap import read_key, remapped


def wanted(**keys):
    return {
        id.replace("_", "-"): KeySetting((key,), f"settings.toml:{number}")
        for number, (id, key) in enumerate(keys.items(), 1)
    }


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ctrl-x", "ctrl+x"),
        ("ctrl+x", "ctrl+x"),
        ("shift-f", "F"),
        ("F", "F"),
        ("?", "question_mark"),
        ("f5", "f5"),
        ("enter", "enter"),
        ("ctrl-shift-a", "ctrl+shift+a"),
        ("hyper-x", None),
        ("nonsense", None),
        ("-", "minus"),
    ],
)
def test_how_keys_are_written(written, key):
    assert read_key(written) == key


def test_an_action_gets_its_key():
    table = {action.id: action for action in remapped(wanted(wide="f5"))}
    assert table["wide"].keys == ("f5",)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"wyde": "f5"}, "settings.toml:1: there is no action wyde; did you mean wide?"),
        ({"wide": "nonsense"}, "settings.toml:1: wide: there is no key nonsense"),
        ({"wide": "d"}, "settings.toml:1: wide: d is the key of describe already"),
    ],
)
def test_mistakes_are_told_with_their_line(keys, says):
    with pytest.raises(SettingsError) as error:
        remapped(wanted(**keys))
    assert says in str(error.value)


def test_one_key_may_mean_two_things_in_views_that_never_meet():
    assert remapped(wanted(cordon="s"))  # scale is `s` too, but not on nodes
