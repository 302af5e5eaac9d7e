"""The bytes of a file to its text."""

import codecs
import re

from k9lite.yaml_reader.builder import Report

LARGEST = 16 << 20  # bytes of a file; an object of the API may have 3 MiB

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
# Files that were joined have the byte order mark of each of them, at the beginning of a document.
_INNER_MARK = re.compile(r"^(---[^\n]*\n)\ufeff|^\ufeff(?=---)", re.MULTILINE)


def decode(raw: bytes, report: Report) -> str | None:
    """The text without byte order marks; None when it is none, which has been reported."""
    if len(raw) > LARGEST:
        report.mistake(1, 1, f"the file is larger than {LARGEST >> 20} MiB")
        return None
    encoding = next((name for bom, name in _ENCODINGS if raw.startswith(bom)), "utf-8")
    binary = "is this a binary file?"
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        report.mistake(line, column, f"not {encoding.upper()} text", binary)
        return None
    if "\ufeff" in text:
        text = _INNER_MARK.sub(lambda match: match[1] or "", text)
    if bad := _FORBIDDEN.search(text):
        line, column = text.count("\n", 0, bad.start()) + 1, bad.start() - text.rfind("\n", 0, bad.start())
        report.mistake(line, column, f"control character U+{ord(bad.group()):04X}", binary)
        return None
    return text
