import pytest

from k9lite.api import kinds
from k9lite.tui.commands import Contexts, Do, Folder, Trees, View, complete, parse

KINDS = kinds.Kinds()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("pods", View(kinds.POD)),
        ("po", View(kinds.POD)),
        ("POD kube-system", View(kinds.POD, "kube-system")),
        ("pod all", View(kinds.POD, "")),
        ("pod /web.*1 x", View(kinds.POD, None, "web.*1 x")),
        ("pod app=web", View(kinds.POD, None, "-l app=web")),
        ("pod kube-system app=web,tier!=db", View(kinds.POD, "kube-system", "-l app=web,tier!=db")),
        ("deploy", View(kinds.DEPLOYMENT)),
        ("dp", View(kinds.DEPLOYMENT)),
        ("ns", View(kinds.NAMESPACE)),
        ("deployments.apps", View(kinds.DEPLOYMENT)),
        ("q", Do("quit")),
        ("?", Do("help")),
        ("pulses", Do("pulse")),
        ("ctx", Contexts()),
        ("ctx other", Contexts("other")),
        ("dir ~/my shop", Folder("~/my shop")),
        ("xray svc kube-system", Trees(View(kinds.SERVICE, "kube-system"))),
        ("xray", Trees(View(kinds.DEPLOYMENT))),
    ],
)
def test_what_a_command_means(text, command):
    assert parse(text, KINDS) == command


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "type a kind"), ("podz", "no kind is called podz; there is"), ("qqq", "no kind is called qqq"),
     ("tokenreviews", "no kind"), ("pod a=b c=d", "only one filter")],
)  # fmt: skip
def test_what_is_not_understood_is_said(text, says):
    with pytest.raises(ValueError, match=says):
        parse(text, KINDS)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("po", "pods"),
        ("deploy", "deployments"),
        ("svc", "services"),
        ("qu", "quit"),
        ("pods kube", "pods kube-system"),
        ("xray dep", "xray deployments"),
        ("pul", "pulses"),
    ],
)
def test_how_a_command_completes(text, first):
    assert complete(text, KINDS, ["default", "kube-system"])[0] == first


def test_every_kind_that_can_be_listed_is_offered_by_its_whole_name():
    for kind in KINDS:
        assert (kind.plural in complete(kind.plural, KINDS, ())) == kind.stored
