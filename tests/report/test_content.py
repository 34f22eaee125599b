"""What a report holds, before it has a format."""

from hypothesis import given
from hypothesis import strategies as st

from hutuo.report.content import (
    Cell,
    Table,
    is_figure,
    notes_of,
    plain,
    style_of,
    widths_of,
    words_of,
)

values = st.none() | st.text(max_size=40) | st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
cells = values | st.builds(Cell, values, st.sampled_from(["", "short", "met"]), st.just((1, 2)))


@given(cells)
def test_a_cell_with_and_without_marks_says_the_same(cell):
    marked = Cell(plain(cell), "met", (3,))
    assert words_of(marked) == words_of(plain(cell)) == words_of(cell)
    assert is_figure(marked) == is_figure(cell)
    assert (style_of(marked), notes_of(marked)) == ("met", (3,))


def test_what_is_read_in_a_cell():
    assert [words_of(c) for c in (None, 9388, 1234.5, "x", Cell(None), True)] == [
        "–", "9,388", "1,234.5", "x", "–", "True",
    ]  # fmt: skip
    assert [notes_of(c) for c in ("x", ("x", "short"), Cell(1, "", (4,)))] == [(), (), (4,)]


@given(st.lists(st.tuples(cells, cells), max_size=6))
def test_a_column_is_wide_enough_for_its_longest_number_and_word(rows):
    table = Table(["observed value", "名称"], rows)
    widths = widths_of(table)
    assert len(widths) == 2
    assert all(4 <= width <= 26 for width in widths)
    assert widths[0] >= len("observed") + 2
    for number, width in enumerate(widths):
        figures = [len(words_of(row[number])) for row in rows if is_figure(row[number])]
        assert width >= max(figures, default=0)


def test_widths_that_are_given_are_kept():
    assert widths_of(Table(["a", "b"], [["x" * 90, "y"]], widths=(1, 2))) == [1, 2]


def test_notes_shares_and_days_are_not_broken_in_two():
    rows = [[Cell(10612, "", (3,)), "13.4%", "2025-03-18"]]
    assert [
        width >= least
        for width, least in zip(widths_of(Table(["a", "b", "c"], rows)), (8, 5, 10), strict=True)
    ] == [True] * 3
    noted = [[Cell(10612, "", (3, 4)), Cell("13.4%", "", (5,)), "x"]]
    assert widths_of(Table(["a", "b", "c"], noted))[:2] == [10, 7]
