"""What is done to a table: sort, mark, widen, narrow, save, copy."""

import time
from collections.abc import Callable, Sequence

from k9lite.tui.display.text import width
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.widgets.browsing import BrowsingTable
from k9lite.tui.widgets.kind_table import KindTable


def _table(act: Callable[[BrowsingTable], None]) -> Handler:
    def on_table(context: ActionContext) -> None:
        if isinstance(context.place, BrowsingTable):
            act(context.place)

    return on_table


def _sort(label: str) -> Handler:
    return _table(lambda table: table.sort_again(label))


def _faults(table: BrowsingTable) -> None:
    table.faults_only = not table.faults_only


def widen(context: ActionContext) -> None:
    if isinstance(context.place, KindTable):
        context.place.widen()


def refresh(context: ActionContext) -> None:
    """Everything is live anyway; this draws all of it anew."""
    if isinstance(context.place, KindTable):
        context.place.refill()
    context.app.screen.refresh(layout=True)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """The rows as lines of text, each column as wide as it needs to be."""
    sizes = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, sizes, strict=True)) for row in rows
    )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def save(context: ActionContext) -> None:
    """Write the table, as it is shown, to a file in the state folder."""
    table, folder = context.place, context.session.state
    if not isinstance(table, BrowsingTable) or folder is None:
        context.app.notify("There is no folder to save it in", severity="warning")
        return
    file = folder / "tables" / f"{table.place_name}-{time.strftime('%Y%m%d-%H%M%S')}.txt"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(aligned([row[1:] for row in table.texts()]))
    except OSError as error:
        context.app.notify(f"{file}: {error.strerror}", severity="error", markup=False)
    else:
        context.app.notify(f"Saved as {file}", markup=False)


def _copy(text: Callable[[ActionContext], str]) -> Handler:
    def copy(context: ActionContext) -> None:
        copied = text(context)
        context.app.copy_to_clipboard(copied)
        context.app.notify(f"Copied: {copied}", markup=False)

    return copy


HANDLERS: dict[str, Handler] = {
    "sort-name": _sort("NAME"),
    "sort-age": _sort("AGE"),
    "sort-status": _sort("STATUS"),
    "sort-namespace": _sort("NAMESPACE"),
    "column-left": _table(lambda table: table.pick_column(-1)),
    "column-right": _table(lambda table: table.pick_column(1)),
    "sort-column": _table(BrowsingTable.sort_by_picked),
    "columns-back": _table(lambda table: table.move_columns(-1)),
    "columns-on": _table(lambda table: table.move_columns(1)),
    "columns-right": _table(lambda table: table.move_columns(1)),
    "faults-only": _table(_faults),
    "mark": _table(BrowsingTable.mark),
    "mark-range": _table(BrowsingTable.mark_range),
    "unmark": _table(BrowsingTable.unmark),
    "wide": widen,
    "refresh": refresh,
    "save-table": save,
    "copy-name": _copy(lambda context: "\n".join(obj.name for obj in context.objects)),
    "copy-namespace": _copy(lambda context: context.obj.namespace),
}
