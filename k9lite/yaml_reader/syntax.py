"""What libyaml says against a text, with its place and what it mostly means."""

import re

import yaml

from k9lite.yaml_reader.problem import Repair
from k9lite.yaml_reader.report import FileReport

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
)
_REPAIRS = (
    ("character that cannot start any token", Repair("indent with blanks")),
    ("could not find expected ':'", Repair("end the key above")),
)


def report_error(error: yaml.MarkedYAMLError, text: str, report: FileReport) -> None:
    """text: of the chunk that is being read"""
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    last_line = text.rstrip().count("\n") + 1
    if line > last_line:  # what is missing was expected long before the end of the file
        line, column = last_line, len(text.rstrip().rpartition("\n")[2]) + 1
    message = error.problem or "not YAML"
    if error.context and context and context.line + 1 < line:
        message += f" ({error.context} on line {context.line + 1 + report.lines_before})"
    hint = next((hint for part, hint in _SYNTAX_HINTS if part in message), "")
    repair = next((repair for part, repair in _REPAIRS if part in message), None)
    report.mistake(line, column, message, _missing_blank(text.splitlines()[:line][-2:], message) or hint, repair)


def _missing_blank(lines: list[str], message: str) -> str:
    """What makes text of a key or of a list's item; YAML complains only one line later."""
    if "mapping values are not allowed" not in message:
        return ""
    for pattern, sign in _NO_BLANK_AFTER:
        if above := next((line for line in lines if pattern.match(line)), ""):
            return f"a {sign} needs a blank after it: `{above.strip()}`"
    return ""
