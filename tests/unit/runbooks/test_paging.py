"""Pages of a long text: nothing lost, nothing twice, never over budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runlore.runbooks.paging import list_headings, page

TEXT = "# One\n\nfirst words\n\n## Two\n\n```sh\n# no heading\n\nls\n```\n\nmore words here\n\n## Three\n\nthe end\n"


def pages(text: str, budget: int):
    first = 1
    while first:
        shown = page(text, first, budget)
        yield shown
        first = shown.next


def test_a_short_text_is_one_page():
    shown = page(TEXT, 1, 1000)
    assert (shown.text, shown.first, shown.next) == (TEXT, 1, 0)


def test_a_page_ends_where_a_paragraph_ends_and_not_inside_a_code_block():
    shown = page(TEXT, 1, 24)
    assert shown.text.endswith("words\n\n")
    assert shown.next == 5


def test_a_line_that_is_too_long_is_shortened_and_the_next_page_goes_on_behind_it():
    shown = page("word " * 2000 + "\nlast\n", 1, 200)
    assert shown.cut and shown.text.endswith(" …") and shown.tokens <= 200
    assert page("word " * 2000 + "\nlast\n", shown.next, 200).text == "last\n"


def test_beyond_the_end_there_is_nothing():
    assert page(TEXT, 99, 100).text == ""
    assert page(TEXT, 99, 100).next == 0
    assert page("", 1, 100).next == 0


def test_headings_in_code_are_none():
    assert list_headings(TEXT) == ((1, "One"), (5, "Two"), (15, "Three"))


@given(st.lists(st.text(alphabet="ab #`\n", max_size=30), max_size=40), st.integers(20, 200))
def test_all_pages_together_are_the_text_and_none_is_over_budget(parts, budget):
    text = "".join(f"{part}\n" for part in parts)
    shown = list(pages(text, budget))
    assert "".join(p.text for p in shown) == text
    assert all(p.tokens <= budget for p in shown)
