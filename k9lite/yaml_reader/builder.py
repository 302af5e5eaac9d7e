"""YAML events to JSON data that remembers its places; iterative, bounded, and telling every mistake it meets.

Events, and not `yaml.load`: that crashes the interpreter on deep nesting, hides that a key is there twice, and lets a
few hundred bytes of aliases grow into gigabytes. Tags that are not YAML's own mean nothing, as in kubectl.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn, Protocol

import msgspec
import yaml

from k9lite.yaml_reader import scalars
from k9lite.yaml_reader.document import Place

DEEPEST = 100  # containers within each other; real manifests need about 20
MOST_NODES = 1_000_000  # of a file, aliases counted as often as they are used
_MERGE = "<<"
_NO_BREAK_SPACE = "\u00a0"


class Report(Protocol):
    """Takes what is wrong; lines and columns count from 1."""

    def mistake(self, line: int, column: int, message: str, hint: str = "") -> None:
        """What keeps the file from being applied."""

    def duplicate(self, line: int, column: int, key: str, first_line: int) -> None:
        """A key that its mapping has already: the last one counts."""


class GiveUp(Exception):
    """The file is too deep or too large to go on with; it has been reported."""


class _Value(NamedTuple):
    """What was built: `nodes` in it, and how many containers deep (`height`)."""

    data: Any
    place: Place
    nodes: int = 1
    height: int = 0


@dataclass(slots=True)
class _Frame:
    """A container whose end has not come yet. In a mapping, `key` is the one that waits for its value."""

    data: Any
    parts: Any
    line: int
    column: int
    anchor: str | None
    nodes_before: int
    height: int = 1
    key: str | None = None
    key_line: int = 0
    key_column: int = 0
    merging: bool = False
    written: dict[str, int] = field(default_factory=dict)  # the lines of the keys that were not merged in


class Builder:
    """Builds documents from their events. Mistakes go to `report`; the nearest sense is made of them.

    nodes: the values that the file has had before
    """

    def __init__(self, report: Report, nodes: int = 0) -> None:
        self._report = report
        self.nodes = nodes
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Value] = {}
        self._root: _Value | None = None

    def documents(self, next_event: Callable[[], Any]) -> Iterator[tuple[Any, Place]]:
        """The value and place of each document. Passes on yaml.YAMLError; GiveUp when a limit was met."""
        while True:
            event = next_event()
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent():
                    self._start(event, {}, {})
                case yaml.SequenceStartEvent():
                    self._start(event, [], [])
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._end()
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentStartEvent():
                    self._root = None
                    self._anchors.clear()
                case yaml.DocumentEndEvent():
                    if self._root is not None:
                        yield self._root.data, self._root.place
                case yaml.StreamEndEvent():
                    return

    def _waits_for_key(self) -> bool:
        frame = self._frames[-1] if self._frames else None
        return frame is not None and frame.key is None and type(frame.data) is dict

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        self._count(1, line, column)
        text: str = event.value
        plain, quoted = event.implicit
        is_key = self._waits_for_key()
        try:
            value = scalars.resolve(text) if plain else text if quoted else scalars.tagged(event.tag, text)
            if is_key:
                value = scalars.key(value)
        except scalars.ScalarError as error:
            self._report.mistake(line, column, str(error))
            value = text
        if not is_key:
            self._value(_Value(value, Place(line, column, line, column)), event.anchor)
            return
        if event.anchor is not None:
            self._anchors[event.anchor] = _Value(value, Place(line, column, line, column))
        self._key(value, line, column, merging=text == _MERGE and (plain or event.tag == scalars.MERGE_TAG))

    def _key(self, key: str, line: int, column: int, *, merging: bool = False) -> None:
        frame = self._frames[-1]
        frame.key, frame.key_line, frame.key_column, frame.merging = key, line, column, merging
        if merging:
            return
        if key in frame.written:
            self._report.duplicate(line, column, key, frame.written[key])
        frame.written[key] = line
        if key.startswith(_NO_BREAK_SPACE):
            why = "a no-break space where a blank is meant"
            self._report.mistake(line, column, why, "was this copied from a web page?")

    def _start(self, event: Any, data: Any, parts: Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        self._count(1, line, column)
        self._check_depth(1, line, column)
        if self._waits_for_key():
            hint = "in a Helm template? Render it first; else put it in quotes" if type(data) is dict else ""
            self._give_up(line, column, "a key must be a word, not a list or a mapping", hint)
        self._frames.append(_Frame(data, parts, line, column, event.anchor, self.nodes - 1))

    def _end(self) -> None:
        frame = self._frames.pop()
        place = Place(frame.line, frame.column, frame.line, frame.column, frame.parts)
        self._value(_Value(frame.data, place, self.nodes - frame.nodes_before, frame.height), frame.anchor)

    def _value(self, value: _Value, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._frames:
            self._root = value
            return
        frame = self._frames[-1]
        frame.height = max(frame.height, value.height + 1)
        if frame.key is None:
            frame.data.append(value.data)
            frame.parts.append(value.place)
            return
        if frame.merging:
            self._merge(frame, value)
        else:
            frame.data[frame.key] = value.data
            line, column, _, _, parts = value.place
            frame.parts[frame.key] = Place(line, column, frame.key_line, frame.key_column, parts)
        frame.key = None

    def _alias(self, event: Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        value = self._anchors.get(event.anchor)
        if value is None:
            inside = any(frame.anchor == event.anchor for frame in self._frames)
            self._give_up(line, column, f"alias *{event.anchor} {'contains itself' if inside else 'has no anchor'}")
        self._count(value.nodes, line, column)
        self._check_depth(value.height, line, column)
        if not self._waits_for_key():
            self._value(value._replace(data=msgspec.to_builtins(value.data)), None)
            return
        try:
            self._key(scalars.key(value.data), line, column)
        except scalars.ScalarError as error:
            self._give_up(line, column, str(error))

    def _merge(self, frame: _Frame, value: _Value) -> None:
        """`<<: *a` or `<<: [*a, *b]`. As in kubectl, keys written before it give way, keys after it win."""
        parts: Any = value.place.parts
        is_list = type(value.data) is list
        sources = list(zip(value.data, parts, strict=True)) if is_list else [(value.data, value.place)]
        for data, place in reversed(sources):
            if type(data) is dict:
                frame.data.update(data)
                frame.parts.update(place.parts)
            else:
                self._report.mistake(frame.key_line, frame.key_column, "<< merges a mapping or a list of mappings")

    def _count(self, nodes: int, line: int, column: int) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            self._give_up(line, column, f"more than {MOST_NODES:,} values", "do aliases (*name) refer to each other?")

    def _check_depth(self, more: int, line: int, column: int) -> None:
        if len(self._frames) + more > DEEPEST:
            self._give_up(line, column, f"nested more than {DEEPEST} levels deep")

    def _give_up(self, line: int, column: int, message: str, hint: str = "") -> NoReturn:
        self._report.mistake(line, column, message, hint)
        raise GiveUp
