import pytest

from k9lite.tui.session import filters

ROW, LABELS = "web-7d9f-x1 Running worker-1", {"app": "web", "tier": "front"}


@pytest.mark.parametrize(
    ("text", "admitted"),
    [
        ("web", True),
        ("WEB", True),
        ("^web.*worker", True),
        ("db", False),
        ("!db", True),
        ("!web", False),
        ("-f wbrun", True),
        ("-f wbz", False),
        ("-l app=web", True),
        ("-l app in (web,db),tier!=back", True),
        ("-l app=db", False),
        ("(.+)+!", False),  # a backtracking engine looks for it until the end of time
        ("(?:.*.*)*=", False),
        ("-f ------", False),
        ("web(", False),  # half typed: read as text
    ],
)
def test_what_a_filter_admits(text, admitted):
    found = filters.parse(text)
    assert found is not None
    assert found.admits(ROW, LABELS) is admitted


@pytest.mark.parametrize("text", ["", "  ", "!", "-l", "-f "])
def test_nothing_typed_filters_nothing(text):
    assert filters.parse(text) is None


def test_a_wrong_label_selector_says_so():
    with pytest.raises(ValueError, match="unable to parse"):
        filters.parse("-l a=(")


@pytest.mark.parametrize(
    ("text", "spans"), [("e", ((1, 2), (4, 5))), ("-f wbe", ((0, 1), (2, 3), (4, 5))), ("-f wz", ()), ("!x", ())]
)
def test_matches_are_found_for_highlighting(text, spans):
    found = filters.parse(text)
    assert found is not None
    assert found.spans("web-e") == spans
