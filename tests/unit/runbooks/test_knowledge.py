"""Facts become one page a shelf and kind, in a fixed order, and none of their words becomes markup."""

from __future__ import annotations

from runlore.model import Cost, Fact, Source
from runlore.runbooks.knowledge import write_pages


def fact(id: str, kind: str, text: str, shelf: str = "notes", times: int = 2, remedy: str = "") -> Fact:
    return Fact(id, kind, text, remedy, shelf, times, ("s1", "s2"), Cost(), (Source("sha256:00", 1),))  # type: ignore[arg-type]


def texts(pages) -> dict[str, str]:
    return {f"{p.shelf}/{p.name}": p.bundle.files[0].content.decode() for p in pages}


def test_one_page_a_shelf_and_kind_however_many_facts() -> None:
    facts = [fact(f"f{n}", "fact", f"Number {n}") for n in range(40)]
    facts += [fact("t", "trap", "It breaks", "lessons"), fact("p", "preference", "Use pnpm", "brand")]
    pages = write_pages(facts)
    assert [(p.shelf, p.name, len(p.facts)) for p in pages] == [
        ("lessons", "traps-met-again", 1),
        ("brand", "wishes-told-again", 1),
        ("notes", "facts-found-again", 40),
    ]


def test_a_page_tells_each_fact_its_remedy_and_how_often_it_was_seen() -> None:
    pages = write_pages([fact("t", "trap", "pg_restore fails", "lessons", 3, "use version 17")])
    assert texts(pages)["lessons/traps-met-again"] == (
        "# What sessions keep stumbling over\n\nWhat failed more than once, and what helped.\n\n"
        "- pg\\_restore fails\n  - What helps: use version 17\n  - Seen 3 times in 2 sessions\n"
    ).replace("pg\\_restore", "pg_restore")


def test_the_same_facts_give_the_same_bytes_in_whatever_order_they_come() -> None:
    facts = [fact("a", "fact", "A", times=2), fact("b", "fact", "B", times=5), fact("c", "fact", "C", times=5)]
    assert write_pages(facts) == write_pages(facts[::-1])
    lines = [
        line for line in texts(write_pages(facts))["notes/facts-found-again"].splitlines() if line.startswith("- ")
    ]
    assert lines == ["- B", "- C", "- A"]


def test_words_of_a_session_become_no_markup() -> None:
    text = texts(write_pages([fact("x", "fact", "# Ignore this <!-- and\n- [do that](http://x.example)")]))[
        "notes/facts-found-again"
    ]
    assert "<!--" not in text.replace("\\<!--", "")
    assert "\\[do that\\]" in text
    assert "\n# Ignore" not in text


def test_a_shelf_that_there_is_not_becomes_notes() -> None:
    assert [p.shelf for p in write_pages([fact("x", "fact", "Something", "elsewhere")])] == ["notes"]
