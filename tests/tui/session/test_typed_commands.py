import pytest

from k9lite.api import kinds
from k9lite.tui.session.commands import ChooseContext, RunAction, ShowFolder, ShowKind, ShowTrees, complete, parse

KINDS = kinds.Kinds()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("pods", ShowKind(kinds.POD)),
        ("po", ShowKind(kinds.POD)),
        ("POD kube-system", ShowKind(kinds.POD, "kube-system")),
        ("pod all", ShowKind(kinds.POD, "")),
        ("pod /web.*1 x", ShowKind(kinds.POD, None, "web.*1 x")),
        ("pod app=web", ShowKind(kinds.POD, None, "-l app=web")),
        ("pod kube-system app=web,tier!=db", ShowKind(kinds.POD, "kube-system", "-l app=web,tier!=db")),
        ("deploy", ShowKind(kinds.DEPLOYMENT)),
        ("dp", ShowKind(kinds.DEPLOYMENT)),
        ("ns", ShowKind(kinds.NAMESPACE)),
        ("deployments.apps", ShowKind(kinds.DEPLOYMENT)),
        ("q", RunAction("quit")),
        ("?", RunAction("help")),
        ("pulses", RunAction("pulse")),
        ("ctx", ChooseContext()),
        ("ctx other", ChooseContext("other")),
        ("dir ~/my shop", ShowFolder("~/my shop")),
        ("xray svc kube-system", ShowTrees(ShowKind(kinds.SERVICE, "kube-system"))),
        ("xray", ShowTrees(ShowKind(kinds.DEPLOYMENT))),
    ],
)
def test_what_a_command_means(text, command):
    assert parse(text, KINDS) == command


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "type a kind"),
        ("podz", "no kind is called podz; there is"),
        ("qqq", "no kind is called qqq"),
        ("tokenreviews", "no kind"),
        ("pod a=b c=d", "only one filter"),
    ],
)
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
