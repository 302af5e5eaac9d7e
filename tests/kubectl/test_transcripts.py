"""kubectl sessions as they went with a real Kubernetes, step by step, with every kubectl that is installed."""

import difflib
import re
import shlex
import subprocess
import time
import uuid
from pathlib import Path

import pytest
from serving import Kubectl, Served, installed
from transcripts import FOLDER, Step, Transcript, normalised, read, worded_otherwise

# A cluster converges: what only looks is repeated until it sees what is expected, or for so many seconds.
LOOKING = {"get", "describe", "explain", "diff", "auth", "top", "events", "rollout", "wait", "logs", "version"}
CHANGING = re.compile(r"rollout (undo|restart|pause|resume)")
PATIENCE, PAUSE = 30.0, 0.2
UNRECORDED = {"1.28", "1.30"}  # these word some answers in their own way, which nobody wrote down
KUBECTLS = [one for one in installed() if one.version not in UNRECORDED]
SCOPED = {"-A", "-n", "--raw"}
TRANSCRIPTS = sorted(FOLDER.glob("[0-9]*.txt"))
OTHERWISE = worded_otherwise()


class Session:
    """One namespace, one folder, one kubectl."""

    def __init__(self, served: Served, kubectl: Kubectl, folder: Path) -> None:
        self.namespace = f"t{uuid.uuid4().hex[:8]}"
        self._kubectl = [str(kubectl.path), "--kubeconfig", served.kubeconfig, "--cache-dir", str(folder / ".cache")]
        self._folder = folder
        self._patience = PATIENCE

    def run(self, command: str) -> list[str]:
        words = shlex.split(command)[1:]
        scope = [] if SCOPED & set(words) else ["-n", self.namespace]
        done = subprocess.run(
            [*self._kubectl, *scope, *words],
            cwd=self._folder,
            text=True,
            timeout=90,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        failed = [f"exit {done.returncode}"] if done.returncode else []
        return normalised(done.stdout, self.namespace) + failed

    def answer(self, step: Step) -> list[str]:
        """What the step is answered, in the end."""
        looks = shlex.split(step.command)[1] in LOOKING and not CHANGING.search(step.command)
        deadline = time.monotonic() + self._patience
        while True:
            answer = self.run(step.command)
            if answer == step.answer or not looks:
                return answer
            if time.monotonic() > deadline:
                self._patience = 1.0  # whoever failed once shall not make the test last for ever
                return answer
            time.sleep(PAUSE)


def replay(transcript: Transcript, session: Session, version: str) -> list[str]:
    """The differences, as text."""
    differences = []
    for step in transcript.steps:
        if (version, transcript.name, step.command) in OTHERWISE:
            session.run(step.command)  # once: what follows may build on it, but the answer never becomes the same
            continue
        answer = session.answer(step)
        if answer != step.answer:
            lines = difflib.unified_diff(step.answer, answer, "Kubernetes", "k9lite", lineterm="", n=1)
            differences.append("\n".join([f"$ {step.command}", *lines]))
    return differences


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kubectl", KUBECTLS or [None], ids=lambda one: one.version if one else "none")
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_every_step_is_answered_as_kubernetes_does(path, kubectl, request, tmp_path):
    if kubectl is None:
        pytest.skip("there is no kubectl on this machine")
    served = request.getfixturevalue("default_images" if path.name.startswith("08") else "any_images")
    transcript, session = read(path), Session(served, kubectl, tmp_path)
    for name, text in transcript.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    session.run(f"kubectl create namespace {session.namespace}")
    session.run("kubectl wait --for=create serviceaccount/default")
    differences = replay(transcript, session, kubectl.version)
    session.run("kubectl delete services --all")  # the next one wants their node ports
    session.run(f"kubectl delete namespace {session.namespace} --wait=false")
    assert not differences, "\n\n".join(differences)
