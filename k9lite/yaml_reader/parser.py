"""A file's bytes to the documents in it and the problems with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import yaml

from k9lite.yaml_reader import syntax
from k9lite.yaml_reader.builder import Builder, GiveUp
from k9lite.yaml_reader.decoding import decode
from k9lite.yaml_reader.document import Document
from k9lite.yaml_reader.lists import objects
from k9lite.yaml_reader.problem import Problem
from k9lite.yaml_reader.report import DuplicateKey, FileReport
from k9lite.yaml_reader.splitting import Chunk, split

_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class _Read(NamedTuple):
    """What a chunk holds, as documents of a file where it begins; `nodes` counts the values in it."""

    documents: tuple[Document, ...]
    nodes: int

    def at(self, chunk: Chunk) -> "_Read":
        """The same, where the chunk stands now."""
        if all(document.lines_before == chunk.lines_before for document in self.documents):
            return self
        lines, columns = chunk.lines_before, chunk.columns_before
        moved = (replace(one, lines_before=lines, columns_before=columns) for one in self.documents)
        return _Read(tuple(moved), self.nodes)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """`file` as the user knows it. A file with problems is not applied, whatever documents could be made of it.

    duplicates: keys that are there twice, of which the last one counts
    chunks: what was read of each part of the text without mistakes, for the next time that the file is parsed
    """

    file: str
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    duplicates: tuple[DuplicateKey, ...] = ()
    chunks: Mapping[str, _Read] = field(default_factory=dict, compare=False, repr=False)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not keep the file from being applied, and yet can hardly be meant."""
        return tuple(
            Problem(
                self.file,
                one.line,
                one.column,
                f'duplicate key "{one.key}"',
                f"the first one is on line {one.first_line}; kubectl takes the last one, and so does k9lite",
            )
            for one in self.duplicates
        )


def parse(file: str, raw: bytes, before: ParsedFile | None = None) -> ParsedFile:
    """The objects in the bytes of a YAML or JSON file; a `kind: List` counts as its items. Never raises.

    before: the same file as it was; the data of documents that have not changed are taken from it
    """
    report = FileReport(file)
    read_before = before.chunks if before is not None else {}
    documents: list[Document] = []
    chunks: dict[str, _Read] = {}
    nodes = 0
    try:
        for chunk in split(decode(raw, report) or ""):
            report.lines_before, report.columns_before = chunk.lines_before, chunk.columns_before
            read = read_before.get(chunk.text) if chunk.text not in chunks else None  # no two documents share data
            reported = report.count
            read = _read(file, chunk, report, nodes) if read is None else read.at(chunk)
            nodes += read.nodes
            documents += read.documents
            if report.count == reported:
                chunks[chunk.text] = read
    except GiveUp:
        pass
    return ParsedFile(file, tuple(documents), report.problems, report.duplicates, chunks)


def _read(file: str, chunk: Chunk, report: FileReport, nodes: int) -> _Read:
    """nodes: how many values the file has had before"""
    loader = yaml.CSafeLoader(_join_surrogates(chunk.text))
    builder = Builder(report, nodes)
    values = []
    try:
        for value, place in builder.documents(loader.get_event):
            values.append((value, place))
    except yaml.MarkedYAMLError as error:
        syntax.report_error(error, chunk.text, report)
    except yaml.YAMLError as error:
        report.mistake(1, 1, str(error))
    finally:
        loader.dispose()
    found = (item for value, place in values for item in objects(value, place, report))
    documents = tuple(Document(file, data, place, *chunk[1:]) for data, place in found)
    return _Read(documents, builder.nodes - nodes)


def _join_surrogates(text: str) -> str:
    r"""JSON writes characters beyond U+FFFF as two escapes (`\ud83d\ude00`), which YAML does not know."""
    if "\\u" not in text and "\\U" not in text:
        return text
    return _SURROGATES.sub(lambda pair: bytes.fromhex(pair[1] + pair[2]).decode("utf-16-be"), text)
