import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k9lite.yaml_reader.parser import parse


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
    ("a: {{ .Values.x }}", 1, 5, "a key must be a word, not a list or a mapping"),
    ("? [a]\n: 1", 1, 3, "a key must be a word, not a list or a mapping"),
    ("~: 1", 1, 1, "a key must be a word, not null, a list or a mapping"),
    ("a: !!int b", 1, 4, "cannot decode `b` as a !!int"),
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
    ("{a: 1}{b: 2}", 1, 7, "did not find expected <document start>"),
    ("a: 1\n--- # b\n---\nb: {{x}}\n", 4, 5, "a key must be a word, not a list or a mapping"),
    ("a: 1\n---\nb:\n  'c\n\nd: 1", 6, 5, "found unexpected end of stream (while scanning a quoted scalar on line 4)"),
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


@pytest.mark.parametrize("line", ["a: 1\n", "--- a\n", "- a\n"])
def test_mistakes_without_end_are_cut_short(line):
    messages = [message for _, _, message in told(line * 5000)]
    assert len(messages) <= 101
    assert ("more than 100 mistakes" in messages) == (line == "--- a\n")


def test_aliases_cannot_nest_beyond_the_limit():
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 200)]
    assert [message for _, _, message in told("\n".join(lines))] == ["nested more than 100 levels deep"]


def test_all_mistakes_of_a_file_are_told_in_order():
    assert [line for line, _, _ in told("a: .inf\n---\nb: [\n  .nan, .nan\n]\n---\nc")] == [1, 4, 4, 7]


@pytest.mark.parametrize(
    ("text", "line", "column", "key", "first_line"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "a", 1),
        ("{a: 1, a: 3}", 1, 8, "a", 1),
        ("{y: 1, true: 3}", 1, 8, "true", 1),
        ("a: 1\n---\nb: {\n  c: 1,\n  c: 3}\n", 5, 3, "c", 4),
        ('{"a": 1} {"b": 1,"b": 3}', 1, 18, "b", 1),
    ],
)
def test_of_a_key_that_is_there_twice_the_last_one_counts(text, line, column, key, first_line):
    parsed = parse("f.yaml", text.encode())
    assert parsed.problems == ()
    assert parsed.duplicates == ((line, column, key, first_line),)
    assert str(parsed.warnings[0]).startswith(f'f.yaml:{line}:{column}: duplicate key "{key}" (')
    last = parsed.documents[-1].data
    assert last.get("b", last).get(key) == 3 if isinstance(last.get("b", last), dict) else last[key] == 3


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("", []),
        ("# nothing\n", []),
        ("---\n---\n", []),
        ("a: 1\n---\n---\nb: 2\n...\n", [{"a": 1}, {"b": 2}]),
        (b"\xef\xbb\xbfa: b\r\nc:\r\n  - d\r\n", [{"a": "b", "c": ["d"]}]),
        ("a: b".encode("utf-16"), [{"a": "b"}]),
        ('{\n\t"a": "\\ud83d\\ude00\\/",\n\t"b": [1.0, true, null]}', [{"a": "\U0001f600/", "b": [1, True, None]}]),
        ("a: !foo 1\nb: !foo {c: !!set {d}}\ne: !x [!!merge f]", [{"a": "1", "b": {"c": {"d": None}}, "e": ["f"]}]),
        (
            'a: &a {x: 1}\nb: {!!merge <<: *a, z: 1}\nc: {"<<": *a}\nd: {!!str <<: *a}',
            [{"a": {"x": 1}, "b": {"x": 1, "z": 1}, "c": {"<<": {"x": 1}}, "d": {"<<": {"x": 1}}}],
        ),
        ("&k key: a\nother: *k\n*k : b", [{"key": "b", "other": "key"}]),
        ('{"a": 1}{"b": 2}\n\n  {"c": [{}]}\n', [{"a": 1}, {"b": 2}, {"c": [{}]}]),
        ('{"a": "}{"}\n---\n{"b": 2}\n', [{"a": "}{"}, {"b": 2}]),
        ("a: 1\n---\n\ufeffb: 2\n\ufeff---\nc: 3", [{"a": 1}, {"b": 2}, {"c": 3}]),
        ("%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: 1\n", [{"a": 1}, {"b": 1}]),
        (
            "---   # first\na: 1 # b\tc\n--- {b: 2}\n--- # none\n---\r\nc: |\n  ---\n  x\r\n",
            [{"a": 1}, {"b": 2}, {"c": "---\nx\n"}],
        ),
        ("a: &a {x: 1}\nb: *a\nc: {x: 0, <<: *a, z: 1}\n", [{"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "z": 1}}]),
        ("a: {<<: [{x: 1}, {x: 2, w: 2}], w: 3}", [{"a": {"x": 1, "w": 3}}]),
        ("on: 1\n1: 2\n1.5: 3\n'2': 4", [{"true": 1, "1": 2, "1.5": 3, "2": 4}]),
        ("a: 'y'\nb: !!str 1\nc: |\n  x\n  y\nd: \"0644\"", [{"a": "y", "b": "1", "c": "x\ny\n", "d": "0644"}]),
    ],
)
def test_good_input(text, documents):
    assert data(text) == documents


def test_a_list_counts_as_its_items():
    text = "kind: List\napiVersion: v1\nitems:\n- kind: A\n- kind: List\n  items: [{kind: B}]\n- kind: C\n"
    assert [document["kind"] for document in data(text)] == ["A", "B", "C"]
    assert data("kind: List\nitems:\n") == data("kind: List\n") == data("{kind: List, items: []}") == []
    assert data("kind: PriorityList\nspec: {}") == [{"kind": "PriorityList", "spec": {}}]
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


DOCUMENTS = "kind: A\nx: [1]\n---\nkind: B\nw: {z: 2}\n---\nkind: C\n"


def test_only_the_documents_that_changed_are_read_again():
    before = parse("f.yaml", DOCUMENTS.encode())
    changed = DOCUMENTS.replace("[1]", "\n- 1\n- 2").encode()
    after = parse("f.yaml", changed, before)
    same = [old.data is new.data for old, new in zip(before.documents, after.documents, strict=True)]
    assert same == [False, True, True]
    assert after.documents == parse("f.yaml", changed).documents
    assert [document.find("w.z").line for document in after.documents] == [1, 7, 9]


def test_equal_documents_share_no_data():
    text = b"kind: A\nx: {}\n---\nkind: A\nx: {}\n---\nkind: A\nx: {}\n"
    first = parse("f.yaml", text)
    for parsed in (first, parse("f.yaml", text, first)):
        assert len({id(document.data) for document in parsed.documents}) == 3


def test_what_has_a_mistake_is_told_again_at_its_new_line():
    before = parse("f.yaml", b"a: 1\n---\nb: .nan\n---\nc: 1\n")
    after = parse("f.yaml", b"a: 1\n\n---\nb: .nan\n---\nc: 1\n", before)
    assert [problem.line for problem in after.problems] == [4]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(alphabet="ab:-[]{}&*!<>|#\n\t '\"?,%@~1.", max_size=60)))
def test_nothing_makes_it_fail(text):
    raw = text.encode() if isinstance(text, str) else text
    for problem in parse("f", raw).problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
