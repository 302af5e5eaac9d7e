import math
from pathlib import Path

import pytest

from k9lite import settings
from k9lite.settings import Settings, SettingsError, clash, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_nothing_said_is_the_default(file):
    assert load(file, {}) == Settings()


def test_the_environment_wins_over_the_file_and_both_over_defaults(file):
    file.write_text('nodes = 5\nspeed = "instant"\nbare = true\nstate-folder = "/tmp/k"\n')
    assert load(file, {"K9LITE_NODES": "3", "HOME": "/"}, seed="x", nodes=9) == Settings(
        nodes=3, speed=math.inf, bare=True, state_folder=Path("/tmp/k"), seed="x"
    )


@pytest.mark.parametrize(
    ("text", "environment", "mistake"),
    [
        ("\nnods = 5\n", {}, "{file}:2: unknown setting nods (did you mean nodes?)"),
        ("nodes = 0\n", {}, "{file}:1: nodes must be a number of worker nodes from 1 to 250, not 0"),
        ("speed = 1000\n", {}, "{file}:1: speed must be 0.1 to 100, or instant, not 1000"),
        ("bare = 7\n", {}, "{file}:1: bare must be true or false, not 7"),
        ('images = "some"\n', {}, "{file}:1: images must be catalogue or any, not some"),
        ('state-folder = "a"\nstate_folder = "b"\n', {}, "{file}:2: state_folder is set twice"),
        ("", {"K9LITE_SPED": "2"}, "environment: unknown setting K9LITE_SPED (did you mean speed?)"),
    ],
)
def test_mistakes_have_a_place(file, text, environment, mistake):
    file.write_text(text)
    with pytest.raises(SettingsError) as error:
        load(file, environment)
    assert str(error.value) == mistake.format(file=file)


def test_all_mistakes_are_told(file):
    file.write_text("a = 1\nb = 2\n")
    with pytest.raises(SettingsError) as error:
        load(file, {})
    assert len(str(error.value).splitlines()) == 2


def test_what_is_not_toml_is_told_with_its_line(file):
    file.write_text("nodes = 5\nspeed = \n")
    with pytest.raises(SettingsError) as error:
        load(file, {})
    assert str(error.value) == f"{file}:2:9: Invalid value"
    file.write_text("nodes = [")
    with pytest.raises(SettingsError, match="end of document"):
        load(file, {})


def test_an_empty_variable_says_nothing(file):
    assert load(file, {"K9LITE_NODES": "", "K9LITE_NAME": ""}) == Settings()


def test_settings_that_exclude_each_other():
    assert clash(Settings(bare=True, images="any"))
    assert not clash(Settings(bare=True))


@pytest.mark.parametrize(("text", "speed"), [("2", 2.0), ("0.1x", 0.1), ("instant", math.inf)])
def test_speeds(text, speed):
    assert settings.read_speed(text) == speed
