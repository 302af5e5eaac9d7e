"""What is done about a folder, as a table: what it says, what was done before, and what follows."""

from dataclasses import dataclass, field

import pytest

from k9lite.api.kinds import CONFIG_MAP, NAMESPACE, Kind
from k9lite.manifests.applying import Action, Step
from k9lite.manifests.deciding import Applied, decide
from k9lite.manifests.resolving import Manifest, Ref, Resolved
from k9lite.manifests.scanning import ScannedFile, Snapshot
from k9lite.yaml_reader.document import Document, Place
from k9lite.yaml_reader.parser import ParsedFile
from k9lite.yaml_reader.problem import Problem

NOW = 100.0
_NAMED = (("ConfigMap", "one"), ("ConfigMap", "two"), ("Namespace", "shop"))
ONE, TWO, SHOP = (Ref("", kind, "", name) for kind, name in _NAMED)


def manifest(ref: Ref, file: str = "a.yaml", value: int = 1) -> Manifest:
    kind: Kind = NAMESPACE if ref.kind == "Namespace" else CONFIG_MAP
    return Manifest(ref, kind, Document(file, {"data": {"x": value}}, Place(1, 1, 1, 1)))


def applied(ref: Ref, action: Action = Action.CREATE, *, value: int = 1, retry: bool = False) -> Applied:
    made = manifest(ref, value=value)
    return Applied(made, Step(action, ref, made.place, retry=retry))


@dataclass
class Case:
    """apply, prune, wait: what is expected."""

    says: tuple[Manifest, ...] = ()
    done: tuple[Applied, ...] = ()
    owned: dict[Ref, str] = field(default_factory=dict)
    absent: dict[Ref, float] = field(default_factory=dict)
    unclear: bytes | None = None
    options: dict = field(default_factory=dict)
    apply: tuple[Ref, ...] = ()
    prune: tuple[Ref, ...] = ()
    wait: float | None = None


SAVED = {"saved": {"a.yaml"}}
CASES = {
    "what is new is applied": Case((manifest(ONE),), apply=(ONE,)),
    "what is as it was is not": Case((manifest(ONE),), (applied(ONE),)),
    "what has changed is": Case((manifest(ONE, value=2), manifest(TWO)), (applied(ONE), applied(TWO)), apply=(ONE,)),
    "everything is when it is asked for": Case(
        (manifest(ONE),), (applied(ONE),), options={"everything": True}, apply=(ONE,)
    ),
    "needed things come first, then what was saved": Case(
        (manifest(ONE, "b.yaml"), manifest(TWO), manifest(SHOP, "b.yaml")), options=SAVED, apply=(SHOP, TWO, ONE)
    ),
    "drift waits for a save": Case((manifest(ONE),), (applied(ONE),), options={"drifted": {ONE}}),
    "a save takes back what drifted": Case(
        (manifest(ONE), manifest(TWO)), (applied(ONE), applied(TWO)), options=SAVED | {"drifted": {ONE}}, apply=(ONE,)
    ),
    "a refusal waits for a save": Case((manifest(ONE),), (applied(ONE, Action.REFUSED),)),
    "a save tries again what was refused": Case(
        (manifest(ONE),), (applied(ONE, Action.REFUSED),), options=SAVED, apply=(ONE,)
    ),
    "a passing refusal is tried again without one": Case(
        (manifest(ONE),), (applied(ONE, Action.REFUSED, retry=True),), apply=(ONE,)
    ),
    "what left is absent at first": Case(owned={ONE: "a.yaml"}, wait=2.0),
    "and pruned later": Case(owned={ONE: "a.yaml"}, absent={ONE: NOW - 2}, prune=(ONE,)),
    "namespaces go last": Case(
        owned={SHOP: "a.yaml", ONE: "a.yaml"}, absent={SHOP: NOW - 9, ONE: NOW - 3}, prune=(ONE, SHOP)
    ),
    "the next moment is that of the first": Case(
        owned={ONE: "a.yaml", TWO: "a.yaml"}, absent={ONE: NOW - 0.5, TWO: NOW - 1.5}, wait=0.5
    ),
    "what came back is forgotten": Case((manifest(ONE),), (applied(ONE),), {ONE: "a.yaml"}, {ONE: NOW - 9}),
    "what a broken file had stays": Case(owned={ONE: "a.yaml"}, absent={ONE: NOW - 9}, unclear=b"a: ["),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_to_be_done(case: Case):
    files = {}
    if case.unclear is not None:
        broken = ParsedFile("a.yaml", (), (Problem("a.yaml", 1, 1, "broken"),))
        files["a.yaml"] = ScannedFile(case.unclear, 0.0, broken)
    resolved = Resolved(case.says, (), frozenset(manifest.ref for manifest in case.says))
    done = {one.manifest.ref: one for one in case.done}
    plan = decide(Snapshot((1, 1), files), resolved, case.owned, done, case.absent, NOW, **case.options)
    assert tuple(manifest.ref for manifest in plan.apply) == case.apply
    assert (plan.prune, plan.wait) == (case.prune, case.wait)
