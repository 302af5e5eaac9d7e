"""The repairs that the editor offers: each leaves nothing to complain about."""

import pytest

from k9lite.api.kinds import Kinds
from k9lite.manifests.checking import check_text
from k9lite.tui.editing.fixes import fix
from k9lite.yaml_reader.problem import Problem, Repair

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  containers:\n  - name: a\n    image: b\n"
DEPLOYMENT = """\
apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: x
spec:
  selector:
    matchLabels: {app: x}
  template:
    metadata:
      labels: {app: x}
    spec:
      containers:
      - name: a
        image: b
"""


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        (CONFIG + '  resourceVersion: "5"\n', CONFIG + "\n"),
        (CONFIG + "dats:\n  a: b\n", CONFIG + "data:\n  a: b\n"),
        (CONFIG + "data:\n  a: true\n", CONFIG + 'data:\n  a: "true"\n'),
        (CONFIG + "data: {a: 5, b: c}\n", CONFIG + 'data: {a: "5", b: c}\n'),
        (CONFIG + "data:\n\ta: b\n", CONFIG + "data:\n  a: b\n"),
        (CONFIG.replace("metadata:", "metadata"), CONFIG),
        (CONFIG.replace("ConfigMap", "Configmap"), CONFIG),
        (POD + "  restartPolicy: always\n", POD + "  restartPolicy: Always\n"),
        (POD + '  priority: "5"\n', POD + "  priority: 5\n"),
        (CONFIG + "---\n" + DEPLOYMENT, CONFIG + "---\n" + DEPLOYMENT.replace("extensions/v1beta1", "apps/v1")),
    ],
)
def test_repairs(text, repaired):
    lines = text.split("\n")
    problem = check_text("x.yaml", text, Kinds(), ["default"])[0]
    found = fix(lines, problem)
    assert found is not None, problem
    line = lines[found.row]
    lines[found.row] = line[: found.start] + found.text + line[found.end :]
    assert "\n".join(lines) == repaired
    assert not check_text("x.yaml", repaired, Kinds(), ["default"])


REMOVAL = Repair("remove the line")


@pytest.mark.parametrize(
    "problem",
    [
        Problem("x", 99, 1, "m", "h", REMOVAL),
        Problem("x", 1, 1, "m", "h", REMOVAL),
        Problem("x", 1, 500, "m", "h", REMOVAL),
        Problem("x", 2, 1, "m", "remove this line"),
        Problem("x", 2, 1, "m", "h", Repair("indent with blanks")),
        Problem("x", 2, 1, "m", "h", Repair("end the key above")),
        Problem("x", 2, 1, "m", "h", Repair("remove quotes")),
    ],
)
def test_nothing_uncertain_is_offered(problem):
    assert fix(["# a comment", "key: value"], problem) is None
