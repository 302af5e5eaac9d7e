from textual.app import App

from k9lite.tui.display.lines import Line, line
from k9lite.tui.session import filters
from k9lite.tui.widgets.lines import Lines


class LinesApp(App):
    def __init__(self, **more):
        super().__init__()
        self.lines = Lines(**more)

    def compose(self):
        yield self.lines


def shown(app):
    return [
        strip.text[:28].rstrip()  # without the scrollbar
        for strip in app.screen._compositor.render_strips()
    ]


def numbered(first, last):
    return [Line(f"line {number}") for number in range(first, last)]


async def test_it_follows_the_end_until_the_user_looks_elsewhere():
    app = LinesApp()
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        app.lines.add(numbered(0, 100))
        app.lines.paint()
        await pilot.pause()
        assert shown(app)[-1] == "line 99"
        app.lines.scroll_to(y=10, animate=False)
        await pilot.pause()
        app.lines.add(numbered(100, 110))
        app.lines.paint()
        await pilot.pause()
        assert shown(app)[0] == "line 10"


async def test_it_keeps_a_bounded_number_and_counts_what_it_drops():
    app = LinesApp(kept=50)
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        app.lines.add(numbered(0, 50))
        app.lines.paint()
        await pilot.pause()
        app.lines.scroll_to(y=30, animate=False)
        await pilot.pause()
        app.lines.add(numbered(50, 60))
        app.lines.paint()
        await pilot.pause()
        assert (len(app.lines), app.lines.dropped) == (50, 10)
        assert shown(app)[0] == "line 30"  # what is read stays in place


async def test_a_filter_shows_and_marks_matches():
    app = LinesApp()
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        app.lines.add([Line("GET /"), Line("POST /"), line(("GET", "good"), " /health")])
        app.lines.filter_by(filters.parse("get"))
        await pilot.pause()
        assert shown(app)[:3] == ["GET /", "GET /health", ""]
        app.lines.filter_by(None)
        assert app.lines.text == "GET /\nPOST /\nGET /health"


async def test_text_that_is_replaced_stays_where_it_is():
    app = LinesApp(follow=False)
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        app.lines.replace(numbered(0, 100))
        app.lines.paint()
        await pilot.pause()
        app.lines.scroll_to(y=20, animate=False)
        await pilot.pause()
        app.lines.replace(numbered(0, 101))
        app.lines.paint()
        await pilot.pause()
        assert shown(app)[0] == "line 20"
