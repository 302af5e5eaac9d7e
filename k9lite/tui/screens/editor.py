"""The editor: a manifest or a live object, with completion, what the field at the cursor means, and what is wrong."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static, TextArea

from k9lite.api import kinds
from k9lite.api.kinds import Kinds
from k9lite.manifests.checking import check_text
from k9lite.tui.display.text import clean
from k9lite.tui.editing.completion import Explanation, choices, explain
from k9lite.tui.editing.fixes import Fix, fix
from k9lite.tui.editing.sources import Source
from k9lite.tui.editing.yaml_cursor import Spot, spot
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.widgets.choices import Choices
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.yaml_area import YamlArea
from k9lite.yaml_reader.document import Document
from k9lite.yaml_reader.parser import parse
from k9lite.yaml_reader.problem import Problem

PAUSE = 0.15  # seconds without a key until the text is checked
UNASKED = 2  # letters of a word, from which on choices are offered unasked
LISTED = 4  # problems that are listed; all are underlined


class Editor(Screen[None]):
    """Edits `source`; `text` is what to start from, `on_disk` what the source reads now; `line` counts from 1."""

    CSS_PATH = "editor.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "screen.copy_text", show=False)]

    def __init__(
        self, cluster: LiveCluster, source: Source, text: str, line: int = 1, *, on_disk: str | None = None
    ) -> None:
        super().__init__()
        self.source, self.original = source, text
        self.on_disk = text if on_disk is None else on_disk
        self.area = YamlArea(text, self.steer, line)
        self.problems: tuple[Problem, ...] = ()
        self._cluster = cluster
        self._choices, self._footer = Choices(), Footer(cluster)
        self._told, self._wrong = Static(id="told"), Static(id="wrong")
        self._timer: Timer | None = None
        self._taken = False  # whether the last change was a choice
        self._documents: tuple[Document, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(Content(clean(f"Edit {self.source.title}")), id="title")
        if self.source.warning:
            yield Static(Content(clean(self.source.warning)), id="warning")
        yield self.area
        yield self._wrong
        yield self._told
        yield self._footer
        yield self._choices

    def on_mount(self) -> None:
        self.area.focus()
        self._check_soon()

    @property
    def changed(self) -> bool:
        return self.area.text != self.original

    @property
    def spot(self) -> Spot:
        row, column = self.area.cursor_location
        return spot(self.area.lines, row, column)

    # As the text and the cursor change

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self._check_soon()
        taken, self._taken = self._taken, False
        if not taken and (self._choices.display or len(self.spot.word) >= UNASKED):
            self.complete()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        self._explain()

    def complete(self) -> None:
        """Offer what fits at the cursor."""
        offered = choices(self._cluster.client.kinds, self.spot)
        at = self.area.cursor_screen_offset + Offset(-len(self.spot.word), 1)
        self._choices.offer(offered, at.x, at.y)

    def steer(self, key: str) -> bool:
        """Whether `key` was meant for the choices."""
        if not self._choices.display:
            return False
        if key in ("up", "down"):
            self._choices.move(1 if key == "down" else -1)
            return True
        chosen = self._choices.chosen
        self._choices.offer(())
        if key in ("enter", "tab") and chosen is not None:
            self._taken = True
            self.area.insert_word(chosen.text, len(self.spot.word))
        return True

    def _explain(self) -> None:
        here = self.spot
        document = next((doc for doc in self._documents if doc.line > here.first_line), None)
        found = explain(self._cluster.client.kinds, here, document.data if document else None)
        self._told.update(_explanation(found) if found else Content(""))

    # What is wrong

    def _check_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE, lambda: self.run_worker(self._check(), group="check", exclusive=True))

    async def _check(self) -> None:
        text, file = self.area.text, self.source.file
        known = Kinds(list(self._cluster.client.kinds))
        namespaces = [namespace.name for namespace in self._cluster.of(kinds.NAMESPACE)]
        self.problems = await asyncio.to_thread(check_text, file, text, known, namespaces)
        self._documents = parse(file, text.encode()).documents or self._documents
        self.area.show_problems(self.problems)
        self._wrong.update(_listed(self.problems))
        self._wrong.display = bool(self.problems)
        self._explain()

    def next_problem(self) -> Problem | None:
        """The first one behind the cursor, else the first of all; the cursor goes there."""
        here = tuple(self.area.cursor_location)
        behind = [problem for problem in self.problems if (problem.line - 1, problem.column - 1) > here]
        found = next(iter(behind or self.problems), None)
        if found is not None:
            self.area.go_to(found.line - 1, found.column - 1)
        return found

    def offered_fix(self) -> Fix | None:
        """The repair of a problem on the cursor's line, else of the first problem that has one."""
        row = self.area.cursor_location[0]
        nearest = sorted(self.problems, key=lambda problem: problem.line - 1 != row)
        return next((found for problem in nearest if (found := fix(self.area.lines, problem))), None)


def _explanation(found: Explanation) -> Content:
    default = f"   default {clean(found.default)}" if found.default else ""
    return Content.assemble(
        (clean(found.path), "$tone-accent"), (f"   {clean(found.type)}{default}   ", "$tone-muted"), clean(found.text)
    )


def _listed(problems: tuple[Problem, ...]) -> Content:
    lines = [
        Content.assemble(
            (f"✗ {clean(problem.file)}:{problem.line}:{problem.column} ", "$tone-bad"),
            clean(problem.message),
            (f"  {clean(problem.hint)}" if problem.hint else "", "$tone-warn"),
        )
        for problem in problems[:LISTED]
    ]
    if len(problems) > LISTED:
        lines.append(Content.styled(f"  and {len(problems) - LISTED} more", "$tone-muted"))
    return Content("\n").join(lines)
