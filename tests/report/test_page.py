"""Pages: one file that stands alone; texts are escaped."""

from hutuo.report.page import Section, Table, page


def test_texts_are_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    table = Table([evil], [[evil], [(evil, "short")], [None], [1234.5]])
    html = page(
        "zh", evil, [(evil, evil)], [Section(evil, evil, [(evil, "<svg/>")], table)]
    ).decode()
    assert evil not in html
    assert html.count("&lt;script&gt;") == 11
    assert "<svg/>" in html


def test_numbers_are_shown_as_people_read_them_and_nothing_as_a_dash():
    html = page("en", "t", [], [Section("s", table=Table(["a"], [[9388], [None]]))]).decode()
    assert '<td class="number">9,388</td>' in html
    assert "<td>–</td>" in html
    assert '<html lang="en">' in html
