"""Whole commands: a cluster, a folder, and what is told of them."""

import json
from pathlib import Path

import pytest

from k9lite.__main__ import main
from k9lite.cli.samples import SAMPLES


def converge(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> tuple[int, dict]:
    code = main(["converge", str(folder), "--json", *options])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K9LITE_STATE_FOLDER", str(tmp_path / "state"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "manifests"
    path.mkdir()
    return path


def test_the_samples_converge(capsys):
    code, outcome = converge(capsys, SAMPLES)
    assert outcome | {"seconds": 0} == {
        "converged": True,
        "seconds": 0,
        "objects": {"ConfigMap": 1, "Deployment": 4, "Namespace": 1, "Secret": 1, "Service": 4},
        "pods": {"Running": 8},
        "errors": [],
        "stuck": [],
        "not_acted_on": [],
    }
    assert code == 0


def test_what_is_stuck_is_told_with_its_reason(capsys, folder):
    (folder / "a.yaml").write_bytes((SAMPLES / "_broken" / "image-typo.yaml").read_bytes())
    code, outcome = converge(capsys, folder, "--timeout", "1s")
    assert code == 1
    assert not outcome["converged"]
    assert [one["kind"] for one in outcome["stuck"]] == ["Deployment", "Pod", "Pod"]
    assert {one["reason"] for one in outcome["stuck"]} <= {"ErrImagePull", "ImagePullBackOff"}
    assert sum(outcome["pods"].values()) == 2


def test_errors_fail_even_if_the_rest_converges(capsys, folder):
    (folder / "a.yaml").write_bytes((SAMPLES / "node.yaml").read_bytes())
    (folder / "b.yaml").write_text("kind: [")
    code, outcome = converge(capsys, folder)
    assert code == 1
    assert not outcome["converged"]
    assert [(one["file"], one["line"]) for one in outcome["errors"]] == [("b.yaml", 1)]


def test_kinds_that_are_only_stored_are_named(capsys, folder):
    (folder / "a.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny-all}\nspec: {podSelector: {}}\n"
    )
    code, outcome = converge(capsys, folder)
    assert (code, outcome["not_acted_on"]) == (0, ["NetworkPolicy"])


NIGHTLY_JOB = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 0 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: nginx}]}}}}
"""


def test_a_cron_job_has_converged_before_its_first_time(capsys, folder):
    (folder / "a.yaml").write_text(NIGHTLY_JOB)
    code, outcome = converge(capsys, folder)
    assert (code, outcome["converged"], outcome["not_acted_on"]) == (0, True, [])


def test_an_empty_folder_has_converged(capsys, folder):
    assert converge(capsys, folder)[0] == 0
    assert main(["converge", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "objects: none"
