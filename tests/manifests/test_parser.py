import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k9lite.manifests.parser import parse


def told(text: str | bytes) -> list[tuple[int, int, str]]:
    raw = text.encode() if isinstance(text, str) else text
    return [(p.line, p.column, p.message) for p in parse("f.yaml", raw).problems]


def data(text: str | bytes) -> list[dict]:
    parsed = parse("f.yaml", text.encode() if isinstance(text, str) else text)
    assert parsed.problems == ()
    return [document.data for document in parsed.documents]


BAD = [
    ("a: [", 1, 5, "did not find expected node content"),
    ("a: b: c", 1, 5, "mapping values are not allowed in this context"),
    ("a:\n\tb: 1", 2, 1, "found character that cannot start any token"),
    ("k: 'abc\n", 1, 8, "found unexpected end of stream"),
    ("k: 'abc\nl: 1\n\n", 2, 5, "found unexpected end of stream (while scanning a quoted scalar on line 1)"),
    ("a: 1\nb: 2\na: 3\n", 3, 1, 'duplicate key "a"'),
    ("{a: 1, a: 2}", 1, 8, 'duplicate key "a"'),
    ("{y: 1, true: 2}", 1, 8, 'duplicate key "true"'),
    ("a: {{ .Values.x }}", 1, 5, "a key must be a word, not a list or a mapping"),
    ("? [a]\n: 1", 1, 3, "a key must be a word, not a list or a mapping"),
    ("~: 1", 1, 1, "a key must be a word, not null, a list or a mapping"),
    ("a: !foo 1", 1, 4, "unknown tag !foo"),
    ("a: !!set {b}", 1, 4, "unknown tag !!set"),
    ("a: &a [*a]", 1, 8, "alias *a contains itself"),
    ("a: *b", 1, 4, "alias *b has no anchor"),
    ("a: .nan", 1, 4, ".nan is not a number that JSON can hold"),
    ("- 1", 1, 1, "an object is a mapping with apiVersion and kind; this is a list"),
    ("hello", 1, 1, "an object is a mapping with apiVersion and kind; this is text"),
    ("<<: 1", 1, 1, "<< merges a mapping or a list of mappings"),
    (b"a: 1\n\x00\x01", 2, 1, "control character U+0000"),
    (b"a: \xc3\x28", 1, 4, "not UTF-8 text"),
    (b"\x7fELF\x02\x01", 1, 1, "control character U+007F"),
    ("[" * 50_000 + "]" * 50_000, 1, 101, "nested more than 100 levels deep"),
    ("a:\n\u00a0\u00a0b: 1\n", 2, 1, "a no-break space where a blank is meant"),
    ('{"a": 1}{"b": 2}', 1, 9, "did not find expected <document start>"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), BAD)
def test_bad_input_is_told_with_its_place(text, line, column, message):
    assert told(text) == [(line, column, message)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("- name:a\n  image: b", "a colon needs a blank after it: `- name:a`"),
        ("-name: a\n image: b", "a dash needs a blank after it: `-name: a`"),
        ("image: nginx:1: 2", "text with a colon in it needs quotes; or is the indentation wrong?"),
        ("a: http://b\n  c: d", "text with a colon in it needs quotes; or is the indentation wrong?"),
    ],
)
def test_a_missing_blank_is_pointed_out_where_it_is_missing(text, hint):
    assert [problem.hint for problem in parse("f.yaml", text.encode()).problems] == [hint]


def test_alias_bombs_are_defused():
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    assert [message for _, _, message in told("\n".join(lines))] == ["more than 1,000,000 values"]


@pytest.mark.parametrize("line", ["a: 1\n", "--- a\n", "- !foo 1\n", "- a\n"])
def test_mistakes_without_end_are_cut_short(line):
    messages = [message for _, _, message in told(line * 5000)]
    assert len(messages) <= 101
    assert ("more than 100 mistakes" in messages) == (line != "- a\n")


def test_aliases_cannot_nest_beyond_the_limit():
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 200)]
    assert [message for _, _, message in told("\n".join(lines))] == ["nested more than 100 levels deep"]


def test_all_mistakes_of_a_file_are_told_in_order():
    assert [line for line, _, _ in told("a: 1\na: 2\nb: !x 1\nb: 2\n")] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("", []), ("# nothing\n", []), ("---\n---\n", []), ("a: 1\n---\n---\nb: 2\n...\n", [{"a": 1}, {"b": 2}]),
        (b"\xef\xbb\xbfa: b\r\nc:\r\n  - d\r\n", [{"a": "b", "c": ["d"]}]),
        ("a: b".encode("utf-16"), [{"a": "b"}]),
        ('{\n\t"a": "\\ud83d\\ude00\\/",\n\t"b": [1.0, true, null]}', [{"a": "\U0001f600/", "b": [1, True, None]}]),
        ("a: &a {x: 1}\nb: *a\nc: {x: 0, <<: *a, z: 1}\n", [{"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "z": 1}}]),
        ("a: {<<: [{x: 1}, {x: 2, w: 2}], w: 3}", [{"a": {"x": 1, "w": 3}}]),
        ("on: 1\n1: 2\n1.5: 3\n'2': 4", [{"true": 1, "1": 2, "1.5": 3, "2": 4}]),
        ("a: 'y'\nb: !!str 1\nc: |\n  x\n  y\nd: \"0644\"", [{"a": "y", "b": "1", "c": "x\ny\n", "d": "0644"}]),
    ],
)  # fmt: skip
def test_good_input(text, documents):
    assert data(text) == documents


def test_a_list_counts_as_its_items():
    text = "kind: List\napiVersion: v1\nitems:\n- kind: A\n- kind: List\n  items: [{kind: B}]\n- kind: C\n"
    assert [document["kind"] for document in data(text)] == ["A", "B", "C"]
    typed = data("kind: PodList\napiVersion: v1\nitems:\n- metadata: {name: a}\n")
    assert typed == [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]


def test_aliased_values_are_not_shared():
    (document,) = data("a: &a {x: []}\nb: *a\n")
    document["b"]["x"].append(1)
    assert document["a"] == {"x": []}


PLACES = """\
kind: Pod
spec:
  containers:
  - name: c
    image: "x"
    resources:
      limits: {cpu: 1}
data:
  app.conf: |
    hello
"""


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("", (1, 1), (1, 1)),
        ("kind", (1, 1), (1, 7)),
        ("spec.containers[0]", (4, 5), (4, 5)),
        ("spec.containers[0].image", (5, 5), (5, 12)),
        ("spec.containers[0].resources.limits[cpu]", (7, 16), (7, 21)),
        ("spec.containers[0].imagePullPolicy", (4, 5), (4, 5)),
        ("spec.containers[7].image", (3, 3), (4, 3)),
        ("data.app.conf", (9, 3), (9, 13)),
        ("data[app.conf]", (9, 3), (9, 13)),
        ("metadata.name", (1, 1), (1, 1)),
    ],
)
def test_every_field_has_its_place(path, key, value):
    place = parse("f.yaml", PLACES.encode()).documents[0].find(path)
    assert ((place.key_line, place.key_column), (place.line, place.column)) == (key, value)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(alphabet="ab:-[]{}&*!<>|#\n\t '\"?,%@~1.", max_size=60)))
def test_nothing_makes_it_fail(text):
    raw = text.encode() if isinstance(text, str) else text
    for problem in parse("f", raw).problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
