"""A dialog that asks: a question, a few fields, and two buttons of which Cancel comes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.validation import Integer
from textual.widgets import Button, Input, Label, Select

from k9lite.tui.display.text import clean
from k9lite.tui.screens.dialog import Dialog
from k9lite.tui.widgets.yes_no import YesNo

Answer = dict[str, str]


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `choices` are offered as (text, value); `switch` asks for yes ("yes") or no ("").

    most: the largest number that is taken, where a number is asked for; 0 is the smallest
    example: shown where nothing is written yet
    """

    name: str
    label: str
    value: str = ""
    number: bool = False
    most: int = 2**31 - 1
    switch: bool = False
    choices: Sequence[tuple[str, str]] = ()
    example: str = ""


class Form(Dialog[Answer | None]):
    """Gives the answers by the names of the fields; None when cancelled."""

    CSS_PATH = "form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(
        self, title: str, text: str = "", fields: Sequence[Field] = (), *, ok: str = "OK", danger: bool = False
    ) -> None:
        super().__init__()
        self._title, self._text, self._fields, self._ok, self._danger = title, text, fields, ok, danger

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Label(Content(clean(self._title)), id="title")
            if self._text:
                yield Label(Content("\n".join(clean(line) for line in self._text.split("\n"))), id="text")
            for field in self._fields:
                with Horizontal(classes="field"):
                    yield Label(Content(clean(field.label)))
                    yield self._input(field)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._ok, id="ok", variant="error" if self._danger else "primary", compact=True)

    def _input(self, field: Field) -> Input | YesNo | Select[str]:
        if field.switch:
            return YesNo(field.value == "yes", id=field.name)
        if field.choices:
            offered = [(Content(clean(text)), value) for text, value in field.choices]
            return Select(offered, value=field.value, allow_blank=False, compact=True, id=field.name)
        return Input(
            field.value,
            placeholder=field.example,
            type="integer" if field.number else "text",
            validators=[Integer(0, field.most)] if field.number else (),
            valid_empty=True,
            compact=True,
            id=field.name,
        )

    def on_mount(self) -> None:
        """What asks for nothing but a yes, or destroys something, has the focus on Cancel."""
        first = self._fields[0].name if self._fields and not self._danger else "cancel"
        self.query_one(f"#{first}").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._answer()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "ok":
            self._answer()
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _answer(self) -> None:
        wrong = [field for field in self._fields if not self._is_valid(field)]
        for field in wrong:
            self.app.notify(f"{field.label}: a number from 0 to {field.most}", severity="warning", markup=False)
        if not wrong:
            self.dismiss({field.name: self._value(field) for field in self._fields})

    def _is_valid(self, field: Field) -> bool:
        widget = self.query_one(f"#{field.name}")
        return not isinstance(widget, Input) or widget.is_valid

    def _value(self, field: Field) -> str:
        widget = self.query_one(f"#{field.name}")
        if isinstance(widget, YesNo):
            return "yes" if widget.value else ""
        if isinstance(widget, Select):
            return str(widget.value)
        assert isinstance(widget, Input)
        return widget.value
