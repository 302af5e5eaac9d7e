import pytest

from k9lite.tui.display.columns import Column, widths

NAME = Column("NAME", rank=0, least=10, most=40, middle=True)
STATUS = Column("STATUS", rank=0, least=6, most=20)
READY = Column("READY", rank=1, least=5)
AGE = Column("AGE", rank=2)
NODE = Column("NODE", rank=4)
COLUMNS = (NAME, STATUS, READY, AGE, NODE)
NATURAL = (30, 16, 5, 4, 12)


@pytest.mark.parametrize(
    ("available", "expected"),
    [
        (100, [30, 16, 5, 4, 12]),  # all as they like
        (75, [30, 16, 5, 4, 12]),
        (70, [25, 16, 5, 4, 12]),  # the name gives way first
        (40, [15, 16, 5, 0, 0]),  # then the least important column goes
        (30, [10, 11, 5, 0, 0]),
        (10, [10, 6, 5, 0, 0]),  # what must stay keeps its least
    ],
)
def test_width_is_shared_by_importance(available, expected):
    assert widths(COLUMNS, NATURAL, available) == expected


def test_a_stretching_column_takes_the_rest():
    columns = (Column("A", rank=0), Column("B", rank=0, stretch=True))
    assert widths(columns, (4, 4), 30) == [4, 24]


def test_headings_find_room():
    assert widths((Column("RESTARTS", rank=0),), (1,), 20) == [8]
