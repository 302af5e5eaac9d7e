"""Labels and annotations in place, and taking back what was done last."""

from k9lite.tui.display.text import visible
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.screens.form import Answer, Field, Form
from k9lite.tui.writes import operations

MOST, LONGEST = 10, 120  # fields of a form, characters of a value that is edited in a line


async def undo_last(context: ActionContext) -> None:
    recorded = await context.session.action_log.undo()
    context.app.notify(f"Undone: {recorded.text}" if recorded is not None else "There is nothing to undo", markup=False)


def _change(field: str, title: str) -> Handler:
    async def change(context: ActionContext) -> None:
        obj = context.obj
        present = dict(obj.labels if field == "labels" else obj.annotations)
        offered = [name for name, value in present.items() if len(value) <= LONGEST and visible(value) == value][:MOST]
        fields = [Field("new", "New", example="name=value")]
        fields += [Field(f"value-{number}", name, present[name]) for number, name in enumerate(offered)]
        rest = len(present) - len(offered)
        text = "A value that is emptied is removed." if offered else "It has none yet."
        if rest:
            text += f" {rest} more, too long for a line, can be edited with e."
        answer = await context.app.push_screen_wait(Form(f"{title} {operations.label(obj)}", text, fields, ok="Set"))
        if answer is not None:
            values = changed(present, offered, answer)
            if values:
                await operations.set_metadata(context.cluster.client, obj, field, values)

    return change


def changed(present: dict[str, str], offered: list[str], answer: Answer) -> dict[str, str | None]:
    """The values that differ from those `present`; None for what is to be removed. Pure."""
    values: dict[str, str | None] = {}
    for number, name in enumerate(offered):
        value = answer[f"value-{number}"]
        if value != present[name]:
            values[name] = value or None
    name, equals, value = answer["new"].partition("=")
    if name.strip():
        values[name.strip()] = value.strip() if equals else ""
    return values


HANDLERS: dict[str, Handler] = {
    "undo-last": undo_last,
    "label": _change("labels", "Labels of"),
    "annotate": _change("annotations", "Annotations of"),
}
