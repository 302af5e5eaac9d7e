"""A text area for YAML: colours, problems underlined where they are, indentation that goes on by itself."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from k9lite.tui.display.text import visible
from k9lite.tui.display.tones import CLASSES, Tone
from k9lite.tui.editing.fixes import Fix
from k9lite.tui.editing.yaml_text import paint
from k9lite.tui.session.place import Place
from k9lite.yaml_reader.problem import Problem

SYNTAX: dict[str, Tone] = {
    "yaml.field": "accent",
    "comment": "muted",
    "number": "warn",
    "boolean": "busy",
    "constant.builtin": "busy",
    "punctuation.delimiter": "muted",
    "punctuation.bracket": "muted",
    "punctuation.special": "muted",
    "type": "old",
    "error": "bad",
}
INDENT = 2
GRAMMAR = ("tree_sitter", "tree_sitter_yaml")  # the extra `editor`; without it lines are coloured one by one


class YamlArea(TextArea, Place):
    """`steer` is asked first whether a key that moves or ends a line is meant for a list of choices."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"yaml--problem", *CLASSES}
    DEFAULT_CSS = """
    YamlArea, YamlArea:focus { border: none; padding: 0; height: 1fr; background: $background; }
    YamlArea > .yaml--problem { text-style: underline; color: $tone-bad; }
    """
    place_name = "editor"

    def __init__(self, text: str, steer: Callable[[str], bool], line: int = 1) -> None:
        language = "yaml" if all(map(find_spec, GRAMMAR)) else None
        super().__init__(text, language=language, soft_wrap=False, show_line_numbers=True, tab_behavior="indent")
        self.indent_width = INDENT
        self._steer = steer
        self._problems: dict[int, list[int]] = {}
        self.cursor_location = (min(line, self.document.line_count) - 1, 0)

    @property
    def lines(self) -> Sequence[str]:
        return self.document.lines

    def on_mount(self) -> None:
        self.watch(self.app, "theme", self._theme_changed)
        self.call_after_refresh(self.scroll_cursor_visible, center=True)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Underline what they are about."""
        self._problems = {}
        for problem in problems:
            self._problems.setdefault(problem.line - 1, []).append(problem.column - 1)
        self._line_cache.clear()
        self.refresh()

    def go_to(self, row: int, column: int) -> None:
        self.move_cursor((min(row, self.document.line_count - 1), column), center=True)

    def repair(self, fix: Fix) -> None:
        self.replace(fix.text, (fix.row, fix.start), (fix.row, fix.end))

    def replace_all(self, text: str) -> None:
        """Another text, as one step that can be undone; the cursor stays where it is."""
        at = self.cursor_location
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(at)

    def insert_word(self, word: str, typed: int) -> None:
        """Write `word` in place of the `typed` characters before the cursor."""
        row, column = self.cursor_location
        self.replace(word, (row, column - typed), (row, column))

    def get_line(self, line_index: int) -> Text:
        text = visible(self.document.get_line(line_index))
        if self.is_syntax_aware:
            shown = Text(text, end="", no_wrap=True)
        else:
            shown = Text("", end="", no_wrap=True)
            for part, tone in paint(text):
                shown.append(part, self._toned(tone))
        for column in self._problems.get(line_index, ()):
            end = next((at for at in range(column, len(text)) if text[at] in " :" and at > column), len(text))
            shown.stylize(self.get_component_rich_style("yaml--problem", partial=True), column, max(end, column + 1))
        return shown

    def action_cursor_up(self, select: bool = False) -> None:
        if select or not self._steer("up"):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if select or not self._steer("down"):
            super().action_cursor_down(select)

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "tab") and self._steer(event.key):
            event.stop()
            event.prevent_default()
            return
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            row, column = self.cursor_location
            self.insert("\n" + _indentation(self.document.get_line(row)[:column]))
            return
        await super()._on_key(event)

    def _theme_changed(self) -> None:
        self.call_after_refresh(self._take_colours)

    def _take_colours(self) -> None:
        """Those of the dashboard's theme, for what the parser finds."""
        styles = {name: self.get_component_rich_style(f"tone--{tone}", partial=True) for name, tone in SYNTAX.items()}
        numbers = self.get_component_rich_style("tone--muted")
        self.register_theme(
            TextAreaTheme("k9lite", gutter_style=numbers, cursor_line_gutter_style=numbers, syntax_styles=styles)
        )
        self.theme = "css"  # or the same name would count as no change
        self.theme = "k9lite"
        self.notify_style_update()

    def _toned(self, tone: Tone) -> str:
        style = self.get_component_rich_style(f"tone--{tone}", partial=True) if tone else None
        return str(style) if style else ""


def _indentation(before: str) -> str:
    """That of the next line, after what stands before the cursor."""
    bare = before.strip()
    indent = len(before) - len(before.lstrip())
    while bare.startswith("- "):
        inner = bare[2:].lstrip()
        indent += len(bare) - len(inner)
        bare = inner
    return " " * (indent + (INDENT if bare.endswith(":") else 0))
