"""A numbered frame around one view, with a filter line that opens below it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from k9lite.api.object import Object
from k9lite.tui.display.text import clean
from k9lite.tui.session import filters
from k9lite.tui.session.place import Place


class FilterBar(Input, Place):
    """What is typed here filters `target` at once; Enter keeps it, Escape drops it."""

    typing = True

    def __init__(self, target: Place) -> None:
        super().__init__(placeholder="text   !inverse   -f fuzzy   -l app=web", compact=True)
        self.target = target
        self.place_name = target.place_name
        self.display = False

    @property
    def selected(self) -> Object[object] | None:
        return self.target.selected

    def move(self, lines: int) -> None:
        self.target.move(lines)

    def move_pages(self, pages: int) -> None:
        self.target.move_pages(pages)


class Pane(Vertical):
    """`content` is a widget that is also a Place. Without a number it is the only one on its screen."""

    def __init__(self, content: Widget, title: str, number: int = 0, *, id: str | None = None) -> None:
        super().__init__(id=id)
        assert isinstance(content, Place)
        self.content: Widget = content
        self.place: Place = content
        self.number = number
        self.bar = FilterBar(content)
        content.scope = "pane" if number and content.scope else content.scope
        self.title = f"{number} {title}" if number else title
        self.name_also()

    def compose(self) -> ComposeResult:
        yield self.content
        yield self.bar

    def name_also(self, others: Sequence[str] = ()) -> None:
        """Say in the title which panes could stand in this one's place."""
        also = [(f"  {clean(other)}", "$tone-muted not bold") for other in others]
        self.border_title = Content.assemble(clean(self.title), *also)

    def set_filter(self, text: str) -> None:
        """Filter by `text`, as if it had been typed."""
        self.bar.value = text
        self.bar.display = bool(text)

    def open_filter(self) -> None:
        self.bar.display = True
        self.screen.set_focus(self.bar)  # at once: what is typed next belongs in it

    def clear_filter(self) -> bool:
        """Whether there was one."""
        was_open = self.bar.display
        self.bar.value = ""
        self.bar.display = False
        self.screen.set_focus(self.content)
        return was_open

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        try:
            wanted = filters.parse(event.value)
        except ValueError as error:
            self.border_subtitle = Content(clean(str(error)))
            return
        self.border_subtitle = Content(clean(f"/{wanted.text}")) if wanted is not None else None
        self.place.filter_by(wanted)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.bar.display = bool(event.value)
        self.screen.set_focus(self.content)
