"""Moving about: rows, pages, panes, filter, sorting, back."""

from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.screens.overview import Overview
from k9lite.tui.screens.split import SplitScreen
from k9lite.tui.widgets.pane import Pane

FAR = 1_000_000  # rows; more than there are


def _by(lines: int) -> Handler:
    return lambda context: context.place.move(lines)


def _by_pages(pages: int) -> Handler:
    return lambda context: context.place.move_pages(pages)


def _to_pane(number: int) -> Handler:
    def go(context: ActionContext) -> None:
        if isinstance(context.app.screen, Overview):
            context.app.screen.focus_pane(number)

    return go


def _along_panes(step: int) -> Handler:
    def go(context: ActionContext) -> None:
        if not context.place.complete(step) and isinstance(context.app.screen, Overview | SplitScreen):
            context.app.screen.focus_next_pane(step)

    return go


def _pane(context: ActionContext) -> Pane | None:
    """The pane that has the focus."""
    focused = context.app.screen.focused
    chain = focused.ancestors_with_self if focused is not None else ()
    return next((node for node in chain if isinstance(node, Pane)), None)


def maximise(context: ActionContext) -> None:
    if isinstance(context.app.screen, Overview):
        context.app.screen.maximise_pane()


def filter(context: ActionContext) -> None:
    pane = _pane(context)
    if pane is not None:
        pane.open_filter()


def back(context: ActionContext) -> None:
    """Stop typing; else drop the filter; where there is none, leave the screen."""
    pane = _pane(context)
    if context.place.leave():
        return
    if pane is not None and pane.clear_filter():
        return
    if not isinstance(context.app.screen, Overview):
        context.app.pop_screen()


HANDLERS: dict[str, Handler] = {
    "up": _by(-1),
    "down": _by(1),
    "page-up": _by_pages(-1),
    "page-down": _by_pages(1),
    "top": _by(-FAR),
    "bottom": _by(FAR),
    "next-pane": _along_panes(1),
    "previous-pane": _along_panes(-1),
    **{f"pane-{number}": _to_pane(number) for number in range(1, 7)},
    "maximise": maximise,
    **dict.fromkeys(("filter", "filter-log", "search"), filter),
    "back": back,
}
