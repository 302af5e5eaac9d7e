import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.tui.editing.yaml_text import dump, paint, paint_description
from k9lite.yaml_reader.parser import parse

TRAPS = ["y", "no", "1e3", "0644", "0o644", "22:22", "null", "~", "2026-01-02"]  # text that YAML reads otherwise
TEXT = st.one_of(st.text(max_size=20), st.sampled_from(TRAPS))
NAMES = st.text("abcxyz", min_size=1)
DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**31), 2**31), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=10,
)


@given(st.dictionaries(NAMES, DATA, min_size=1, max_size=4))
def test_what_is_dumped_reads_back_as_the_same(data):
    parsed = parse("x.yaml", "\n".join(dump(data)).encode())
    assert [document.data for document in parsed.documents] == [data]


def test_managed_fields_are_left_out_unless_wanted():
    data = {"metadata": {"name": "web", "managedFields": [{"manager": "k9lite"}]}}
    assert dump(data) == ["metadata:", "  name: web"]
    assert "  managedFields:" in dump(data, managed_fields=True)


def test_times_are_quoted_as_kubectl_does():
    assert dump({"creationTimestamp": "2026-01-02T03:04:05Z"})[0] == 'creationTimestamp: "2026-01-02T03:04:05Z"'


@pytest.mark.parametrize(
    ("line", "tones"),
    [
        ("  replicas: 3", ["muted", "accent", "muted", "warn"]),
        ("- name: web", ["muted", "accent", "muted", ""]),
        ("  resources: {}", ["muted", "accent", "muted", "busy"]),
        ("  - web", ["muted", ""]),
        ("just text", [""]),
    ],
)
def test_lines_are_coloured_piece_by_piece(line, tones):
    pieces = paint(line)
    assert "".join(text for text, _ in pieces) == line
    assert [tone for _, tone in pieces] == tones


@given(st.text())
def test_painting_loses_no_text(line):
    assert "".join(text for text, _ in paint(line)) == line
    assert "".join(text for text, _ in paint_description(line)) == line
