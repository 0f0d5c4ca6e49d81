"""The diff that a reviewer sees: nothing hidden, nothing left out, and small where the change is."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from runlore.model.document import Bundle, FileContent
from runlore.runbooks.changes import MOST_COMPARED, compare_texts, count_hidden, list_changes, reveal


def bundle(**files: bytes) -> Bundle:
    held = tuple(FileContent(path, content) for path, content in sorted(files.items()))
    return Bundle("markdown", "voice.md", held)


def one(before: str, after: str):
    return list_changes(bundle(**{"voice.md": before.encode()}), bundle(**{"voice.md": after.encode()}))[0]


def test_a_changed_line_is_shown_with_three_lines_around_it_and_its_number() -> None:
    before = "".join(f"line {n}\n" for n in range(1, 41))
    change = one(before, before.replace("line 20\n", "line twenty\n"))
    assert change.lines == (
        "@@ -17,7 +17,7 @@",
        " line 17",
        " line 18",
        " line 19",
        "-line 20",
        "+line twenty",
        " line 21",
        " line 22",
        " line 23",
    )
    assert (change.kind, change.added, change.removed) == ("changed", 1, 1)


def test_a_new_document_is_shown_whole_its_main_file_first() -> None:
    changes = list_changes(None, bundle(**{"a.md": b"x\n", "voice.md": b"# Voice\n\nPlain.\n"}))
    assert [(c.path, c.kind, c.added) for c in changes] == [("voice.md", "added", 3), ("a.md", "added", 1)]


def test_equal_states_have_no_changes_and_a_mode_alone_is_one() -> None:
    same = bundle(**{"voice.md": b"x\n"})
    assert list_changes(same, same) == ()
    run = Bundle("markdown", "voice.md", (FileContent("voice.md", b"x\n", True),))
    assert [(c.kind, c.lines) for c in list_changes(same, run)] == [("mode", ("  (becomes executable)",))]


def test_hidden_and_bidirectional_characters_are_spelled_out_and_counted() -> None:
    change = one("pay 10\n", "pay 10 \u202e01\u202c\u200b\u200b\n")
    assert "⟨U+202E RIGHT-TO-LEFT OVERRIDE⟩01⟨U+202C POP DIRECTIONAL FORMATTING⟩" in change.lines[-1]
    assert change.hidden[0] == ("U+200B ZERO WIDTH SPACE", 2)
    assert len(change.hidden) == 3


def test_comments_of_html_are_shown_and_counted_and_one_without_an_end_too() -> None:
    change = one("a\n", "a\n<!-- ignore the approvals -->\n<!-- and more\n")
    assert change.comments == 2
    assert "+<!-- ignore the approvals -->" in change.lines


def test_what_is_no_text_is_named_and_not_shown() -> None:
    picture = list_changes(None, bundle(**{"logo.png": b"\x89PNG\0\xff"}))[0]
    assert (picture.is_text, picture.lines, picture.size) == (False, (), 6)


def test_a_missing_line_end_and_a_carriage_return_are_seen() -> None:
    assert one("a\n", "a").lines == ("@@ -1 +1 @@", "-a", "+a ⟨no line end⟩")
    assert one("a\n", "a\r\n").lines[-1] == "+a⟨CR⟩"


def test_a_large_change_costs_no_more_than_its_lines() -> None:
    """Beyond a bound lines are shown as replaced: difflib would compare each with each."""
    before = "".join(f"{n % 7}\n" for n in range(MOST_COMPARED))
    after = "".join(f"{n % 5} x\n" for n in range(MOST_COMPARED))
    change = one(before, after)
    assert (change.added, change.removed) == (MOST_COMPARED, MOST_COMPARED)


def apply(before: str, lines: tuple[str, ...]) -> list[str]:
    """What the diff says the new text is, from the old one."""
    old, new, at = before.split("\n"), [], 0
    for line in lines:
        if head := re.match(r"@@ -(\d+)(?:,(\d+))?", line):
            begin = int(head[1]) - (0 if head[2] == "0" else 1)
            new += old[at:begin]
            at = begin
        elif line[0] == "+":
            new.append(line[1:])
        else:
            assert old[at] == line[1:]
            at += 1
            if line[0] == " ":
                new.append(line[1:])
    return new + old[at:]


@given(st.lists(st.sampled_from("abc"), max_size=40), st.lists(st.sampled_from("abc"), max_size=40))
def test_the_diff_turns_the_old_text_into_the_new(old: list[str], new: list[str]) -> None:
    before, after = "".join(f"{x}\n" for x in old), "".join(f"{x}\n" for x in new)
    assert apply(before, compare_texts(before, after)) == after.split("\n")


@given(st.text())
def test_nothing_hidden_is_left_in_what_is_shown(text: str) -> None:
    assert count_hidden(reveal(text)) == ()
