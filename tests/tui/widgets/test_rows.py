from k9lite.tui.display.columns import Cell
from k9lite.tui.session import filters
from k9lite.tui.widgets.rows import Rows


def rows(*names, **more):
    made = Rows(2)
    for number, name in enumerate(names):
        made.put(name, (Cell(name), Cell(str(number), "", number)), more)
    made.take_changes()
    made.arrange()
    return made


def keys(made):
    return [row.key for row in made.shown]


def test_rows_are_sorted_by_text_or_by_order():
    made = rows("c", "a", "b")
    assert keys(made) == ["a", "b", "c"]
    made.sort(1, descending=True)
    made.arrange()
    assert keys(made) == ["b", "a", "c"]


def test_only_a_change_of_order_disorders():
    made = rows("a", "b")
    made.put("a", (Cell("a"), Cell("9", "", 9)))
    assert not made.disordered
    assert [row.key for row in made.take_changes()] == ["a"]
    made.sort(1, descending=False)
    made.arrange()
    made.put("a", (Cell("a"), Cell("0", "", 0)))
    assert made.disordered


def test_an_equal_row_is_no_change():
    made = rows("a")
    made.put("a", (Cell("a"), Cell("0", "", 0)))
    assert made.take_changes() == []


def test_a_filter_lets_rows_in_and_out_as_they_change():
    made = rows("a", "b")
    made.filter = filters.parse("run")
    made.arrange()
    assert keys(made) == []
    made.put("b", (Cell("b"), Cell("Running")))
    assert made.disordered
    made.arrange()
    assert keys(made) == ["b"]
    assert made.get("a").position == -1


def test_columns_grow_and_do_not_shrink_until_cleared():
    made = rows("a", "long-name")
    made.put("long-name", (Cell("x"), Cell("")))
    made.take_changes()
    assert made.natural[0] == len("long-name")
    made.clear()
    made.put("a", (Cell("a"), Cell("")))
    made.take_changes()
    assert made.natural[0] == 1


def test_removed_rows_are_gone():
    made = rows("a", "b")
    made.remove("a")
    made.remove("never-there")
    made.arrange()
    assert keys(made) == ["b"]
    assert len(made) == 1
    assert "a" not in made
