import re

import pytest

from k9lite.api import kinds, selectors
from k9lite.api.errors import StatusError

PODS = {
    "bender": {"app": "bender-catalog", "env": "prod", "tier": "back", "size": "12"},
    "fry": {"app": "fry-web", "env": "prod", "size": "x"},
    "leela": {"app": "leela-web", "env": "dev", "size": "3", "empty": ""},
    "none": {},
}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "bender fry leela none"),
        ("env=prod", "bender fry"),
        ("env==prod", "bender fry"),
        ("env!=prod", "leela none"),
        ("app in (fry-web, leela-web)", "fry leela"),
        ("tier", "bender"),
        ("!tier", "fry leela none"),
        ("! tier", "fry leela none"),
        ("env notin (dev),app", "bender fry"),
        ("size>3", "bender"),
        ("size<12", "leela"),
        ("empty=", "leela"),
        ("empty in ()", "leela"),
        ("empty in (,x)", "leela"),
        ("in in (in)", ""),
        ("in", ""),
        (" env = prod , tier ", "bender"),
        ("env=prod,", None),
    ],
)
def test_labels(text: str, names: str | None) -> None:
    if names is None:
        with pytest.raises(StatusError):
            selectors.parse_labels(text)
        return
    matcher = selectors.parse_labels(text)
    assert " ".join(name for name, labels in PODS.items() if matcher.matches(labels)) == names
    assert selectors.parse_labels(matcher.text()) == matcher


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("app in (a", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("app in", "unable to parse requirement: found '' expected: '('"),
        ("app in )", "unable to parse requirement: found ')' expected: '('"),
        ("app in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
        ("app b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("=b", "found '=', expected: !, identifier, or 'end of string'"),
        ("a=(", "unable to parse requirement: found '(', expected: identifier"),
        (
            "a_/b",
            'unable to parse requirement: <nil>: Invalid value: "a_/b": prefix part a lowercase RFC 1123 subdomain '
            "must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
            "alphanumeric character (e.g. 'example.com', regex used for validation is "
            r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ),
        (
            "a in (b,-c)",
            'unable to parse requirement: values[0][a]: Invalid value: "-c": a valid label must be an empty string or '
            "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
        (
            "a>b",
            'unable to parse requirement: values[0]: Invalid value: "b": '
            "for 'Gt', 'Lt' operators, the value must be an integer",
        ),
    ],
)
def test_labels_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(StatusError, match=f"^{re.escape(message)}$") as raised:
        selectors.parse_labels(text)
    assert raised.value.reason == "BadRequest"


def test_selectors_of_specs() -> None:
    assert not selectors.label_selector(None).matches({})
    assert selectors.label_selector({}).matches({})
    spec = {
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["b", "a"]},
            {"key": "x", "operator": "Exists"},
        ],
    }
    matcher = selectors.label_selector(spec)
    assert matcher.text() == "app=web,tier in (a,b),x"
    assert matcher.matches({"app": "web", "tier": "a", "x": ""})
    assert not matcher.matches({"app": "web", "tier": "a"})
    assert not matcher.matches(None)
    assert not selectors.equal_labels({}).matches({})
    with pytest.raises(StatusError, match='"Is" is not a valid label selector operator'):
        selectors.label_selector({"matchExpressions": [{"key": "x", "operator": "Is"}]})


POD = {"metadata": {"name": "fry", "namespace": "default"}, "spec": {"nodeName": "n1"}, "status": {"phase": "Running"}}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("status.phase=Running,metadata.name!=fry", False),
        ("status.phase==Running", True),
        ("spec.host=n1", True),
        ("spec.hostNetwork=false", True),
        ("status.podIP=", True),
        ("spec.nodeName!=", True),
        (r"metadata.name!=a\,b\=c\\", True),
    ],
)
def test_fields(text: str, matches: bool) -> None:
    matcher = selectors.parse_fields(text, kinds.POD)
    assert matcher.on(kinds.POD)(POD) is matches
    assert selectors.parse_fields(matcher.text()) == matcher


@pytest.mark.parametrize(
    ("text", "name"), [("metadata.name=fry", "fry"), ("metadata.name!=fry", ""), ("status.phase=Running", ""), ("", "")]
)
def test_the_one_name_that_is_asked_for(text: str, name: str) -> None:
    assert selectors.parse_fields(text).name == name


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (kinds.POD, "spec.color=red", "field label not supported: spec.color"),
        (
            kinds.DEPLOYMENT,
            "spec.color=red",
            '"spec.color" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        (kinds.JOB, "a=b", 'field label "a" not supported for Job'),
        (kinds.POD, "metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"),
        (kinds.POD, r"metadata.name=a\b", r"invalid field selector: invalid escape sequence: \b"),
        (kinds.POD, "metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
    ],
)
def test_fields_that_cannot_be_selected_by(kind: kinds.Kind, text: str, message: str) -> None:
    with pytest.raises(StatusError, match=f"^{re.escape(message)}$"):
        selectors.parse_fields(text, kind)
