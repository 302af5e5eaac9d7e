from textual.app import App

from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.session import filters
from k9lite.tui.widgets.table import Table

COLUMNS = (Column("NAME", rank=0), Column("STATUS", rank=0))


class TableApp(App):
    def compose(self):
        yield Table(COLUMNS, empty="no pod yet")

    def on_mount(self):
        self.query_one(Table).focus()


def lines(app):
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


async def filled(pilot, count):
    await pilot.pause()
    table = pilot.app.query_one(Table)
    for number in range(count):
        put(table, number)
    table.paint()
    await pilot.pause()
    return table


def put(table, number, status="Running"):
    name = f"pod-{number:05}"
    table.put(name, (Cell(name), Cell(status, "good")))


async def test_an_empty_table_says_so():
    async with TableApp().run_test(size=(40, 5)) as pilot:
        await filled(pilot, 0)
        assert lines(pilot.app)[:2] == [" NAME  STATUS", " no pod yet"]


async def test_ten_thousand_rows_scroll_to_the_cursor():
    async with TableApp().run_test(size=(40, 10)) as pilot:
        table = await filled(pilot, 10_000)
        table.move(5_000)
        await pilot.pause()
        assert table.cursor == "pod-05000"
        assert "▌pod-05000  Running" in lines(pilot.app)
        table.move(1_000_000)
        await pilot.pause()
        assert table.cursor == "pod-09999"
        assert lines(pilot.app)[-1].startswith("▌pod-09999")


async def test_the_cursor_follows_its_object():
    async with TableApp().run_test(size=(40, 10)) as pilot:
        table = await filled(pilot, 5)
        table.move(2)
        table.put("pod-00001a", (Cell("pod-00001a"), Cell("Pending")))
        table.take_out("pod-00000")
        table.take_out("pod-00001")
        table.paint()
        assert table.cursor == "pod-00002"
        table.take_out("pod-00002")  # the next one takes its place
        table.paint()
        assert table.cursor == "pod-00003"


async def test_an_untouched_cursor_stays_on_top():
    async with TableApp().run_test(size=(40, 10)) as pilot:
        table = await filled(pilot, 3)
        table.put("aaa", (Cell("aaa"), Cell("Running")))
        table.paint()
        assert table.cursor == "aaa"


async def test_changes_are_drawn_where_they_are():
    async with TableApp().run_test(size=(40, 6)) as pilot:
        table = await filled(pilot, 3)
        put(table, 1, "Failed")
        table.paint()
        await pilot.pause()
        assert lines(pilot.app)[:4] == [
            " NAME↑      STATUS",
            "▌pod-00000  Running",
            " pod-00001  Failed",
            " pod-00002  Running",
        ]


async def test_filter_and_sort():
    async with TableApp().run_test(size=(40, 6)) as pilot:
        table = await filled(pilot, 30)
        table.filter_by(filters.parse("2 run"))
        assert table.shown == ["pod-00002", "pod-00012", "pod-00022"]
        table.sort_by("NAME", descending=True)
        assert table.shown[0] == "pod-00022"
        assert table.sorted_by == ("NAME", True)
        table.filter_by(filters.parse("nothing"))
        await pilot.pause()
        assert lines(pilot.app)[1] == " nothing matches nothing"
        assert table.cursor is None


async def test_a_click_moves_the_cursor():
    async with TableApp().run_test(size=(40, 10)) as pilot:
        table = await filled(pilot, 5)
        await pilot.click(Table, offset=(3, 3))
        assert table.cursor == "pod-00002"


async def test_markup_in_cells_is_text():
    async with TableApp().run_test(size=(60, 6)) as pilot:
        table = await filled(pilot, 0)
        table.put("x", (Cell("x [/foo] [red]z [@click=app.quit]k"), Cell("日本\x1b[0m")))
        table.paint()
        await pilot.pause()
        assert "x [/foo] [red]z [@click=app.quit]k  日本·[0m" in lines(pilot.app)[1]
