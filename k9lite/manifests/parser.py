"""A file's bytes to the documents in it and the problems with it."""

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml

from k9lite.manifests.builder import Builder, GiveUp
from k9lite.manifests.document import Document, Place
from k9lite.manifests.problem import Problem

LARGEST = 16 << 20  # bytes of a file; an object of the API may have 3 MiB
MOST_PROBLEMS = 100  # of a file
_MOST_LISTS = 10  # a List within a List...

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_NO_BLANK_AFTER = ((re.compile(r"\s*(- )?[A-Za-z]+:[^\s:/]*$"), "colon"), (re.compile(r"\s*-[A-Za-z]+:"), "dash"))
# What libyaml says, and what it mostly means.
_SYNTAX_HINTS = (
    ("character that cannot start any token", "tabs cannot indent YAML; text that starts with %, @ or ` needs quotes"),
    ("mapping values are not allowed", "text with a colon in it needs quotes; or is the indentation wrong?"),
    ("did not find expected key", "check the indentation of this line and the ones above"),
    ("did not find expected '-' indicator", "the items of a list must all start in the same column"),
    ("could not find expected ':'", "a key needs a colon and a blank after it; is the line above a key without one?"),
    ("unexpected end of stream", "a quote is never closed"),
    ("expected node content", "a bracket is never closed, or text that starts with one needs quotes"),
    ("did not find expected ',' or", "a bracket is never closed, or a comma is missing"),
    ("alphabetic or numeric character", "text that starts with * or & needs quotes"),
    ("found unknown escape character", "a backslash needs single quotes around the text, or another backslash"),
    ("document start", "put --- on a line of its own between two objects"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """`file` as the user knows it. A file with problems is not applied, whatever documents could be made of it."""

    file: str
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def parse(file: str, raw: bytes) -> ParsedFile:
    """The objects in the bytes of a YAML or JSON file; a `kind: List` counts as its items. Never raises."""
    problems: list[Problem] = []

    def report(line: int, column: int, message: str, hint: str) -> None:
        if len(problems) > MOST_PROBLEMS:
            raise GiveUp
        if len(problems) == MOST_PROBLEMS:
            message, hint = f"more than {MOST_PROBLEMS} mistakes", "the others are not told"
        problems.append(Problem(file, line, column, message, hint))

    found: list[tuple[Any, Place]] = []
    text = _decode(raw, report)
    if text is not None:
        loader = yaml.CSafeLoader(_join_surrogates(text))
        try:
            for value, place in Builder(report).documents(loader.get_event):
                found.append((value, place))
        except GiveUp:
            pass
        except yaml.MarkedYAMLError as error:
            _report_syntax(error, text, report)
        except yaml.YAMLError as error:
            report(1, 1, str(error), "")
        finally:
            loader.dispose()
    documents: list[Document] = []
    with suppress(GiveUp):
        for value, place in found:
            documents += _documents(file, value, place, report)
    return ParsedFile(file, tuple(documents), tuple(sorted(problems, key=lambda p: (p.line, p.column))))


def _decode(raw: bytes, report: Any) -> str | None:
    if len(raw) > LARGEST:
        report(1, 1, f"the file is larger than {LARGEST >> 20} MiB", "")
        return None
    encoding = next((name for bom, name in _ENCODINGS if raw.startswith(bom)), "utf-8")
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        report(
            before.count(b"\n") + 1,
            error.start - before.rfind(b"\n"),
            f"not {encoding.upper()} text",
            "is this a binary file?",
        )
        return None
    if bad := _FORBIDDEN.search(text):
        before_bad = text[: bad.start()]
        line, column = before_bad.count("\n") + 1, bad.start() - before_bad.rfind("\n")
        report(line, column, f"control character U+{ord(bad.group()):04X}", "is this a binary file?")
        return None
    return text


def _join_surrogates(text: str) -> str:
    r"""JSON writes characters beyond U+FFFF as two escapes (`\ud83d\ude00`), which YAML does not know."""
    if "\\u" not in text and "\\U" not in text:
        return text
    return _SURROGATES.sub(lambda pair: bytes.fromhex(pair[1] + pair[2]).decode("utf-16-be"), text)


def _report_syntax(error: yaml.MarkedYAMLError, text: str, report: Any) -> None:
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    last_line = text.rstrip().count("\n") + 1
    if line > last_line:  # what is missing was expected long before the end of the file
        line, column = last_line, len(text.rstrip().rpartition("\n")[2]) + 1
    message = error.problem or "not YAML"
    if error.context and context and context.line + 1 < line:
        message += f" ({error.context} on line {context.line + 1})"
    hint = next((hint for part, hint in _SYNTAX_HINTS if part in message), "")
    report(line, column, message, _missing_blank(text.splitlines()[:line][-2:], message) or hint)


def _missing_blank(lines: list[str], message: str) -> str:
    """What makes text of a key or of a list's item; YAML complains only one line later."""
    if "mapping values are not allowed" not in message:
        return ""
    for pattern, sign in _NO_BLANK_AFTER:
        if above := next((line for line in lines if pattern.match(line)), ""):
            return f"a {sign} needs a blank after it: `{above.strip()}`"
    return ""


def _documents(file: str, value: Any, place: Place, report: Any) -> list[Document]:
    """The objects of one YAML document: none when it is empty, several when it is a list of objects."""
    todo, documents = [(value, place, "", "", 0)], []
    while todo:
        value, place, api_version, kind, level = todo.pop()
        if value is None:
            continue
        if not isinstance(value, dict) or not isinstance(place.parts, dict):
            what = "a list" if isinstance(value, list) else "text"
            report(place.line, place.column, f"an object is a mapping with apiVersion and kind; this is {what}", "")
            continue
        document = Document(file, {"apiVersion": api_version, "kind": kind} | value if kind else value, place)
        items, item_places = value.get("items"), place.parts.get("items")
        if document.kind.endswith("List") and isinstance(items, list) and item_places and level < _MOST_LISTS:
            kind = document.kind.removesuffix("List")
            api_version = document.api_version if kind else ""
            pairs = zip(items, item_places.parts or (), strict=True)
            todo += reversed([(item, at, api_version, kind, level + 1) for item, at in pairs])
        else:
            documents.append(document)
    return documents
