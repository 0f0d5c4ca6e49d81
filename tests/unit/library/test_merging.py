"""Merging documents: what one side changed is taken, what both changed differently is shown, nothing is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.library.merging import merge_bundles, merge_texts
from runlore.model.document import Bundle, FileContent

TEXT = "one\ntwo\nthree\nfour\nfive\n"


def bundle(main: str = TEXT, *files: FileContent, format: str = "markdown") -> Bundle:
    return Bundle(format, "voice.md", (*files, FileContent("voice.md", main.encode())))  # type: ignore[arg-type]


def test_edits_in_different_places_are_joined() -> None:
    merged = merge_bundles(bundle(), bundle(TEXT.replace("one", "ONE")), bundle(TEXT.replace("five", "FIVE")))
    assert merged.conflicts == ()
    assert merged.bundle == bundle("ONE\ntwo\nthree\nfour\nFIVE\n")


def test_the_same_lines_are_a_conflict_that_is_shown() -> None:
    merged = merge_bundles(bundle(), bundle(TEXT.replace("two", "2")), bundle(TEXT.replace("two", "zwei")))
    assert merged.bundle is None
    (conflict,) = merged.conflicts
    assert (conflict.path, conflict.kind) == ("voice.md", "text")
    assert "<<<<<<< approved\n2\n||||||| base\ntwo\n=======\nzwei\n>>>>>>> proposed\n" in conflict.text


def test_the_same_edit_on_both_sides_is_one_edit() -> None:
    both = bundle(TEXT.replace("two", "2"))
    assert merge_bundles(bundle(), both, both).bundle == both


def test_files_that_one_side_touched_are_taken_from_it() -> None:
    logo, old = FileContent("logo.png", b"\x89PNG\0"), FileContent("old.txt", b"old")
    merged = merge_bundles(bundle(TEXT, old), bundle(TEXT.replace("one", "ONE"), old), bundle(TEXT, logo))
    assert merged.bundle == bundle(TEXT.replace("one", "ONE"), logo)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "kind"),
    [
        (FileContent("a.txt", b"a"), None, FileContent("a.txt", b"b"), "removed"),
        (FileContent("a.txt", b"a"), FileContent("a.txt", b"b"), None, "removed"),
        (FileContent("a.png", b"\0a"), FileContent("a.png", b"\0b"), FileContent("a.png", b"\0c"), "binary"),
        (None, FileContent("a.txt", b"here\n"), FileContent("a.txt", b"there\n"), "text"),
        (
            FileContent("a.json", b'{\n"a": 1,\n"b": 2,\n"c": 3,\n"d": 4\n}\n'),
            FileContent("a.json", b'{\n"b": 2,\n"c": 3,\n"d": 4\n}\n'),
            FileContent("a.json", b'{\n"a": 1,\n"b": 2,\n"c": 3\n}\n'),
            "fine",
        ),
        (
            FileContent("a.json", b"[\n1,\n2,\n3\n]\n"),
            FileContent("a.json", b"[\n0,\n1,\n2,\n3\n]\n"),
            FileContent("a.json", b'[\n1,\n2,\n3,\n{"a":\n1}\n]\n'),
            "fine",
        ),
    ],
)
def test_files_beside_the_main_one(
    base: FileContent | None, ours: FileContent | None, theirs: FileContent | None, kind: str
) -> None:
    sides = [bundle(TEXT, *([file] if file else [])) for file in (base, ours, theirs)]
    merged = merge_bundles(*sides)
    assert [conflict.kind for conflict in merged.conflicts] == ([] if kind == "fine" else [kind])
    assert (merged.bundle is None) == (kind != "fine")


def test_json_that_merges_to_no_json_is_a_conflict() -> None:
    texts = (
        "[\n\n \n  \n1\n]\n",
        "[\n0,\n\n \n  \n1\n]\n",
        "[\n\n \n  \n]\n",
    )  # a comma here, what it stands before gone there
    merged = merge_bundles(*(bundle(TEXT, FileContent("e.json", text.encode())) for text in texts))
    assert merged.bundle is None
    assert merged.conflicts[0].kind == "broken"


def test_modes_are_merged() -> None:
    plain, run = FileContent("do.sh", b"a\n"), FileContent("do.sh", b"a\n", executable=True)
    other = FileContent("do.sh", b"b\n")
    merged = merge_bundles(bundle(TEXT, plain), bundle(TEXT, run), bundle(TEXT, other))
    assert merged.bundle == bundle(TEXT, FileContent("do.sh", b"b\n", executable=True))


def test_a_format_that_both_changed_is_a_conflict() -> None:
    ours = Bundle("sop", "voice.sop.md", (FileContent("voice.sop.md", TEXT.encode()),))
    theirs = Bundle("skill", "SKILL.md", (FileContent("SKILL.md", TEXT.encode()),))
    merged = merge_bundles(bundle(), ours, theirs)
    assert merged.conflicts[0].kind == "format"


def test_a_document_keeps_its_main_file() -> None:
    extra = FileContent("more.txt", b"more")
    ours = bundle(TEXT.replace("one", "ONE"))
    merged = merge_bundles(bundle(TEXT, extra), bundle(TEXT, extra), Bundle("markdown", "voice.md", (extra,)))
    assert merged.bundle is not None  # one side alone decided it: what it means is the gate's question
    merged = merge_bundles(bundle(TEXT, extra), ours, Bundle("markdown", "voice.md", (extra,)))
    assert merged.bundle is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=0, max_size=12), st.lists(st.sampled_from("abcxyz"), max_size=12))
def test_a_side_that_did_nothing_changes_nothing(base: list[str], other: list[str]) -> None:
    first, second = bundle("\n".join(base)), bundle("\n".join(other))
    assert merge_bundles(first, first, second).bundle == second
    assert merge_bundles(first, second, first).bundle == second
    assert merge_bundles(first, second, second).bundle == second


def test_line_ends_and_odd_characters_stay() -> None:
    assert merge_texts("ü\r\nx\udc80", "ü\r\n", "ü\r\n") == "ü\r\nx\udc80"
