import pytest

from k9lite.__main__ import main
from k9lite.cli.options import duration
from k9lite.cli.samples import SAMPLES


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("k9lite 0.")


def test_the_samples_have_no_mistakes(capsys):
    assert main(["check", str(SAMPLES)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "11 objects in 5 files: no mistakes\n"


BROKEN = """\
indentation.yaml:7:2: did not find expected key
labels-differ.yaml:12:7: spec.template.metadata.labels: Invalid value: {"app":"labels-are-different"}: `selector` does
misspelt.yaml:8:3: unknown field "spec.replica" (did you mean `replicas`?)
misspelt.yaml:20:11: unknown field "spec.template.spec.containers[0].imagePullPolcy" (did you mean `imagePullPolicy`?)
twice.yaml:5:3: ConfigMap default/twice is described again in twice.yaml:9
twice.yaml:12:3: ConfigMap default/twice is described again in twice.yaml:2
unknown-kind.yaml:3:1: no matches for kind "Deploymnet" in version "apps/v1" (did you mean `Deployment`?)
wrong-type.yaml:10:7: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32
"""


def test_the_broken_samples_are_told_by_line(capsys):
    assert main(["check", str(SAMPLES / "_broken")]) == 1
    told = capsys.readouterr().out.splitlines()
    expected = BROKEN.splitlines()
    assert [line[: len(start)] for line, start in zip(told, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("metadata: {name: a, namespace: shop}", 'a.yaml:3:21: namespaces "shop" not found'),
        ("metadata: {name: a}\nspec: {containers: []}", "a.yaml:4:8: spec.containers: Required value"),
        (
            "metadata: {name: a}\nspec:\n  restartPolicy: always\n  containers: [{name: a, image: b}]",
            'a.yaml:5:3: spec.restartPolicy: Unsupported value: "always"',
        ),
        ("metadata: {name: A_b}\nspec: {containers: [{name: a, image: b}]}", "a.yaml:3:12: metadata.name: Invalid"),
        ("metadata: {name: a}\nspec: {containers: {name: a}}", "a.yaml:4:8: json: cannot unmarshal object"),
    ],
)
def test_what_an_api_server_would_refuse(place, capsys, text, told):
    (place / "a.yaml").write_text(f"apiVersion: v1\nkind: Pod\n{text}\n")
    assert main(["check", "."]) == 1
    assert told in capsys.readouterr().out


def test_what_an_api_server_would_warn_of_is_no_mistake(place, capsys):
    env = "env: [{name: A, value: v}, {name: A, value: w}]"
    spec = f"spec:\n  containers:\n    - name: a\n      image: b\n      {env}\n"
    (place / "a.yaml").write_text(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n{spec}")
    assert main(["check", "."]) == 0
    message = 'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'
    assert capsys.readouterr().out == f"a.yaml:8:34: warning: {message}\n"


def test_check_of_nothing(capsys):
    assert main(["check", "nowhere"]) == 2
    assert capsys.readouterr().err == "k9lite: there is no folder nowhere\n"


@pytest.mark.parametrize("command", ["check", "converge", "serve", "dashboard"])
def test_a_folder_without_a_name_is_a_mistake_of_the_shell(capsys, command):
    assert main([""] if command == "dashboard" else [command, ""]) == 2
    assert capsys.readouterr().err == "k9lite: the name of the folder is empty\n"


def test_a_command_that_is_misspelt_is_taken_for_a_folder_and_told(capsys):
    assert main(["sevre"]) == 2
    assert capsys.readouterr().err == "k9lite: there is no folder sevre; did you mean the command `serve`?\n"


def test_init_writes_the_samples_once(place, capsys):
    assert main(["init"]) == 0
    assert (place / "manifests" / "node.yaml").read_bytes() == (SAMPLES / "node.yaml").read_bytes()
    assert (place / "manifests" / "_broken" / "twice.yaml").is_file()
    capsys.readouterr()
    assert main(["init"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_wrong_options_are_told_with_what_is_right(capsys):
    with pytest.raises(SystemExit):
        main(["converge", ".", "--speed", "fast"])
    assert "must be 0.1 to 100, or instant, not fast" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "value"), [("60s", 60), ("1.5m", 90), ("250ms", 0.25), ("7", 7), ("0s", 0)])
def test_durations(text, value):
    assert duration(text) == value
