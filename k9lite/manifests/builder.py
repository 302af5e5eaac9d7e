"""YAML events to JSON data that remembers its places; iterative, bounded, and telling every mistake it meets.

Events, and not `yaml.load`: that crashes the interpreter on deep nesting, takes the last of two equal keys, and lets a
few hundred bytes of aliases grow into gigabytes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import msgspec
import yaml

from k9lite.manifests import scalars
from k9lite.manifests.document import Place

DEEPEST = 100  # containers within each other; real manifests need about 20
MOST_NODES = 1_000_000  # of a file, aliases counted as often as they are used
_MERGE = "<<"
_NO_BREAK_SPACE = "\u00a0"
_CONTAINER_TAGS = {None, "!", scalars.TAG + "map", scalars.TAG + "seq"}

Report = Callable[[int, int, str, str], None]  # line, column, message, hint


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
    """Builds the documents of one file from its events. Mistakes go to `report`; the nearest sense is made of them."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._nodes = 0
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
            self._report(line, column, str(error), "")
            value = text
        if is_key:
            self._key(value, line, column, merging=plain and text == _MERGE)
        else:
            self._value(_Value(value, Place(line, column, line, column)), event.anchor)

    def _key(self, key: str, line: int, column: int, *, merging: bool = False) -> None:
        frame = self._frames[-1]
        frame.key, frame.key_line, frame.key_column, frame.merging = key, line, column, merging
        if merging:
            return
        if key in frame.written:
            self._report(line, column, f'duplicate key "{key}"', f"the first one is on line {frame.written[key]}")
        frame.written[key] = line
        if key.startswith(_NO_BREAK_SPACE):
            self._report(line, column, "a no-break space where a blank is meant", "was this copied from a web page?")

    def _start(self, event: Any, data: Any, parts: Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        self._count(1, line, column)
        self._check_depth(1, line, column)
        if event.tag not in _CONTAINER_TAGS:
            self._report(
                line, column, f"unknown tag {scalars.short_tag(event.tag)}", "Kubernetes reads plain data only"
            )
        if self._waits_for_key():
            hint = "in a Helm template? Render it first; else put it in quotes" if type(data) is dict else ""
            self._give_up(line, column, "a key must be a word, not a list or a mapping", hint)
        self._frames.append(_Frame(data, parts, line, column, event.anchor, self._nodes - 1))

    def _end(self) -> None:
        frame = self._frames.pop()
        place = Place(frame.line, frame.column, frame.line, frame.column, frame.parts)
        self._value(_Value(frame.data, place, self._nodes - frame.nodes_before, frame.height), frame.anchor)

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
                self._report(frame.key_line, frame.key_column, "<< merges a mapping or a list of mappings", "")

    def _count(self, nodes: int, line: int, column: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            self._give_up(line, column, f"more than {MOST_NODES:,} values", "do aliases (*name) refer to each other?")

    def _check_depth(self, more: int, line: int, column: int) -> None:
        if len(self._frames) + more > DEEPEST:
            self._give_up(line, column, f"nested more than {DEEPEST} levels deep")

    def _give_up(self, line: int, column: int, message: str, hint: str = "") -> NoReturn:
        self._report(line, column, message, hint)
        raise GiveUp
