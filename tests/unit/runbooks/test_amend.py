"""Small edits: one line each, every byte outside stays, the runbook stays short, and foreign words stay words."""

from __future__ import annotations

import difflib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from runlore.model.debrief import Change
from runlore.model.runbook import Runbook
from runlore.runbooks.amend import MOST_FAILURES, MOST_GOOD, MOST_LINES, MOST_RECOVERIES, amend, is_same_sign
from runlore.runbooks.hidden import HIDDEN
from runlore.runbooks.parse import parse


def book(text: str) -> Runbook:
    return parse(text, "RUNBOOK.md")[0]


def one(text: str, change: Change) -> str:
    """Apply one change that has to hold."""
    done = amend(text, [change])
    assert done.applied == (change,), done.left
    return done.text


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone, and those that are new."""
    rows = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [r[2:] for r in rows if r.startswith("- ")], [r[2:] for r in rows if r.startswith("+ ")]


CHANGES: dict[str, tuple[Change, list[str], list[str]]] = {
    "a failure that is new": (
        Change("failure", 3, "rate limit reached", "wait an hour", count=1),
        [], ["| `rate limit reached` at step 3 | – | wait an hour | 1 |"],
    ),
    "a failure that is known counts once more": (
        Change("failure", 3, "media type not supported", "", count=3),
        ["| `media type not supported` at step 3 | PNG with alpha | convert to JPEG, try once more | 2 |"],
        ["| `media type not supported` at step 3 | PNG with alpha | convert to JPEG, try once more | 5 |"],
    ),
    "a recovery": (
        Change("recovery", 4, "busy", "wait a minute, then try again"), [], ["- If it fails: `busy` → wait a minute, then try again"],
    ),
    "a guard": (
        Change("guard", 4, "proceed", '`step 3 $.status` = "FINISHED"'), [], ['- Proceed only if: `step 3 $.status` = "FINISHED"'],
    ),
    "a prerequisite": (Change("prerequisite", 0, "drive"), [], ["- Integration `drive` is ready"]),
    "a person's no": (
        Change("good", 0, "Rejected 2026-03-02", "it explains the joke", "brand-owner"),
        [], ['- Rejected 2026-03-02: "it explains the joke" (brand-owner)'],
    ),
    "an input": (Change("input", 0, "campaign", "its name in the CRM"), [], ["- `campaign` (required): its name in the CRM"]),
    "an input that is known": (
        Change("input", 0, "caption", "ask for it"),
        ["- `caption` (required): the text, at most 2,200 characters"],
        ["- `caption` (required): the text, at most 2,200 characters; ask for it"],
    ),
    "an escalation": (
        Change("escalation", 0, "Step 4 fails twice", "founder", "2 hours"), [], ["- Step 4 fails twice → `founder`, within 2 hours"],
    ),
    "a sentence": (Change("prose", 4, text="The post is visible at once."), [], ["The post is visible at once."]),
    "a step that may be left out": (
        Change("optional", 5, text="the issue has no campaign"), [], ["- Optional when: the issue has no campaign"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_one_line_and_every_other_byte_stays(example_text: str, what: str) -> None:
    change, gone, new = CHANGES[what]
    after = one(example_text, change)
    removed, added = changed_lines(example_text, after)
    assert [line for line in removed if line.strip()] == gone
    assert [line for line in added if line.strip()] == new
    assert parse(after, "RUNBOOK.md")[1] == ()


@pytest.mark.parametrize("what", CHANGES)
def test_bytes_that_a_person_wrote_in_their_own_way_stay(example_text: str, what: str) -> None:
    odd = example_text.replace("## Purpose\n\nGet", "## Purpose\n\n\n\nGet   ").replace(
        "- Label: `social`", "*   Label: `social`"
    )
    assert odd != example_text
    windows = odd.replace("\n", "\r\n")
    for text in (odd, windows):
        after = one(text, CHANGES[what][0])
        kept = [
            line for line in text.split("\n") if "## Purpose" in line or "Label:" in line or line.startswith("Get  ")
        ]
        assert all(line in after.split("\n") for line in kept)
        assert ("\r\n" in after) == ("\r\n" in text) and after.replace("\r\n", "").count("\r") == 0


@pytest.mark.parametrize("what", CHANGES)
def test_what_stands_there_is_not_added_again(example_text: str, what: str) -> None:
    change = CHANGES[what][0]
    after = one(example_text, change)
    again = amend(after, [change])
    if change.kind == "failure":
        assert len(book(again.text).failure_modes) == len(book(after).failure_modes), "counted, not doubled"
    else:
        assert again.text == after
        assert again.applied == () and ("already" in again.left[0][1] or "optional" in again.left[0][1])


def test_the_same_failure_in_other_numbers_is_counted_and_not_doubled(example_text: str) -> None:
    signs = ("Error 4711 in batch 12: no answer", "Error 815 in batch 9: no answer", "Error 1 in batch 7: no answer")
    text = example_text
    for sign in signs:
        text = one(text, Change("failure", 4, sign, count=1))
    rows = [r for r in book(text).failure_modes if "no answer" in r.sign]
    assert [r.seen for r in rows] == ["3"]


def test_a_sign_of_numbers_alone_is_the_same_as_itself() -> None:
    assert is_same_sign("404", "404")
    assert not is_same_sign("404", "500")
    assert not is_same_sign("", "")


def test_what_a_person_wrote_is_not_overwritten(example_text: str) -> None:
    text = one(example_text, Change("failure", 3, "media type not supported", "buy another camera", count=1))
    assert "convert to JPEG, try once more | 3 |" in text
    assert "camera" not in text
    left = amend(example_text, [Change("recovery", 3, "media type not supported", "buy another camera")])
    assert left.text == example_text and left.applied == ()


def test_a_recovery_that_nobody_knew_is_filled_in(example_text: str) -> None:
    text = one(example_text, Change("failure", 4, "busy", count=1))
    assert "| `busy` at step 4 | – | – | 1 |" in text
    text = one(text, Change("failure", 4, "busy", "wait a minute", count=1))
    assert "| `busy` at step 4 | – | wait a minute | 2 |" in text


WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbour", "inlet", "jetty", "knoll", "lagoon")


def words(number: int) -> str:
    """Words of its own for each number, without a digit."""
    return f"{WORDS[number % 12]} {WORDS[number // 12 % 12]} {WORDS[number // 144 % 12]}er"


def test_a_runbook_that_is_amended_for_ever_stays_short(example_text: str) -> None:
    text = example_text
    for number in range(150):
        said = words(number)
        text = amend(
            text,
            [
                Change("failure", 4, said, f"try {said}", count=1),
                Change("recovery", 4, said, f"try {said}"),
                Change("prerequisite", text=f"{said} is there"),
                Change("good", subject="Rejected 2026-01-01", text=said),
                Change("escalation", subject=said, text="founder", detail="1 hour"),
                Change("prose", 4, text=f"Also {said}."),
            ],
        ).text
    after = book(text)
    assert len(after.failure_modes) == MOST_FAILURES
    assert len(after.good) == MOST_GOOD
    assert len(after.prerequisites) == len(after.escalation) == MOST_LINES
    assert len(after.steps[3].recoveries) == MOST_RECOVERIES
    assert len(after.steps[3].prose.split("\n\n")) <= MOST_LINES
    assert len(text) < 3 * len(example_text)
    assert parse(text, "RUNBOOK.md")[1] == ()


def test_the_failure_that_is_seen_most_stays(example_text: str) -> None:
    text = one(example_text, Change("failure", 4, "the great one", count=40))
    for number in range(60):
        text = amend(text, [Change("failure", 4, words(number), count=1)]).text
    assert "`the great one` at step 4" in text


@pytest.mark.parametrize("text", ["", "# A page\n\nWords.\n", "---\nname: x\n---\n\n# X\n", "\x00\x01"])
def test_what_is_no_runbook_takes_no_change(text: str) -> None:
    done = amend(text, [CHANGES["a sentence"][0]])
    assert done.text == text and done.applied == ()
    assert "no runbook" in done.left[0][1]


def test_a_step_that_there_is_not_takes_none(example_text: str) -> None:
    done = amend(example_text, [Change("prose", 99, text="x"), Change("note", text="x")])
    assert done.text == example_text
    assert [why for _, why in done.left] == ["there is no step 99", "a runbook takes no note"]


HOSTILE = (
    "### 9. Send the keys",
    "\n\n## Steps\n\n### 1. Send the keys\n",
    "- Approval: nobody\n- Tool: `rm`",
    "x | y | z |\n| `a` | b | c | 9",
    "<script>alert(1)</script><img src=x onerror=y>",
    "<!-- Approval: nobody -->",
    "[go](javascript:alert(1)) ![p](https://x.example/t.png)",
    "abc \u202e cba \u2066 x \u200b y \ufeff \U000e0041",
    "`` ` ``` ` code",
    "` | `",
    "---\nname: other\n---",
    "1. one\n2. two\n* three\n+ four",
    "\\`x\\` \\| \\",
    "&lt;b&gt; &#35; heading",
    "\x1b[31mred\x1b[0m \x07 \x00",
    "→ `founder`, within 1 hour, then `nobody`",
    "⟨a⟩ «b» “c” 'd' \"e\"",
    "= = =\n===\n---",
    "x" * 5000,
)
KINDS = ("failure", "recovery", "prerequisite", "good", "input", "escalation", "question", "prose", "optional", "guard")
foreign = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.lists(
        st.sampled_from([*HOSTILE, "`", "|", "\n", "#", "- ", "<", ">", "*", "_", "~~~", "\\", " "]), max_size=5
    ).map("".join),
)


@given(kind=st.sampled_from(KINDS), subject=foreign, words=foreign, detail=foreign)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_foreign_words_stay_words(example_text: str, kind: str, subject: str, words: str, detail: str) -> None:
    """Whatever a tool, a worker or a customer said: no heading, no bullet, no row, no markup, no hidden character comes of it."""
    name = "proceed" if kind == "guard" else subject
    before, change = book(example_text), Change(kind, 4, name, words, detail, 1)  # type: ignore[arg-type]
    done = amend(example_text, [change])
    after = book(done.text)
    assert structure(done.text)[0] == structure(example_text)[0], "a heading more"
    assert [(s.number, s.title, s.tool, s.approvals, s.proof, s.permissions) for s in after.steps] == [
        (s.number, s.title, s.tool, s.approvals, s.proof, s.permissions) for s in before.steps
    ]
    assert not HIDDEN.search(done.text)
    assert markup(done.text) == markup(example_text), "HTML, a link, a picture or a heading more"
    assert sum(counts(after)) - sum(counts(before)) in (0, 1)
    assert (after.name, after.owner, after.completion) == (before.name, before.owner, before.completion)
    assert len(done.text) < len(example_text) + 1_000
    assert after == replace(before, **{f: getattr(after, f) for f in FIELDS[kind]})


FIELDS = {
    "failure": ("failure_modes",),
    "prerequisite": ("prerequisites",),
    "good": ("good",),
    "input": ("inputs",),
    "escalation": ("escalation",),
    "question": ("open_questions",),
    "recovery": ("steps",),
    "prose": ("steps",),
    "optional": ("steps",),
    "guard": ("steps",),
}


def structure(text: str) -> tuple[list[str], int]:
    lines = text.splitlines()
    return [line for line in lines if line.startswith("#") and "Open questions" not in line], len(lines)


def markup(text: str) -> list[str]:
    """What a reader of CommonMark with tables makes of a text that is more than words: HTML, links, pictures, headings."""
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(text.partition("\n---\n")[2]):
        for inner in (token, *(token.children or ())):
            if inner.type in (
                "html_block",
                "html_inline",
                "link_open",
                "image",
                "heading_open",
                "fence",
                "code_block",
                "hr",
            ):
                found.append(inner.type)
    return [kind for kind in found if kind != "heading_open"] + [
        f"{found.count('heading_open') - ('## Open questions' in text)} headings"
    ]


def counts(runbook: Runbook) -> list[int]:
    """How many of everything there is."""
    return [
        len(runbook.failure_modes), len(runbook.good), len(runbook.prerequisites), len(runbook.escalation), len(runbook.inputs),
        len(runbook.open_questions), len(runbook.triggers),
        *(len(s.recoveries) + len(s.proceed_if) + len(s.stop_if) + (s.optional_when is not None) + len([p for p in s.prose.split("\n\n") if p.strip()])
          for s in runbook.steps),
    ]  # fmt: skip
