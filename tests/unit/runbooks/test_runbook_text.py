"""Text ↔ value: the page's example, hand-written variants, and edits that leave other bytes alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.model import ValueSource
from runlore.model.condition_text import render_code, render_constant
from runlore.model.runbook import Binding, OpenQuestion, Runbook, Section, Step
from runlore.runbooks.bindings import parse_bindings, render_bindings
from runlore.runbooks.conditions import parse_condition
from runlore.runbooks.edit import edit
from runlore.runbooks.frontmatter import parse_frontmatter, render_scalar
from runlore.runbooks.inline import parse_code, parse_constant
from runlore.runbooks.parse import parse, parse_spans
from runlore.runbooks.render import render


def slugs(text: str) -> list[str]:
    return [problem.slug for problem in parse(text, "RUNBOOK.md")[1]]


def test_the_example_is_a_fixed_point(example_text: str) -> None:
    runbook, problems = parse(example_text, "RUNBOOK.md")
    assert problems == ()
    assert render(runbook) == example_text
    assert [step.title for step in runbook.steps][:2] == ["Check the channel's authorisation", "Get the post approved"]
    assert runbook.steps[3].bindings[0] == Binding("creation_id", ValueSource("step", step=3, path="$.id"))
    assert runbook.inputs[2].default == "now"
    assert runbook.triggers[3].instead == "launch-paid-campaign"
    assert runbook.escalation[0].fallback == "founder"


def test_what_the_format_does_not_know_is_kept_and_reported(example_text: str) -> None:
    text = (
        example_text.replace("team: marketing", "team: marketing\ncolour:\n  name: blue")
        .replace("## Escalation", "## Notes\n\nKeep me.\n\n```\n## not a heading\n```\n\n## Escalation")
        .replace("## Inputs\n", "## Inputs\n\nLoose words.\n")
        .replace("- Approval: `brand-owner`", "- Remember the hashtags\n- Approval: `brand-owner`")
    )
    runbook, problems = parse(text, "RUNBOOK.md")
    assert [(p.slug, p.level) for p in problems] == [("frontmatter-unknown", "warning"), ("section-unknown", "warning")]
    assert runbook.extra == (("colour", "colour:\n  name: blue"),)
    assert Section("Notes", "Keep me.\n\n```\n## not a heading\n```", "failure_modes") in runbook.sections
    assert Section("", "Loose words.", "inputs") in runbook.sections
    assert runbook.steps[1].prose == "- Remember the hashtags"
    assert parse(render(runbook), "")[0] == runbook


def test_an_edit_changes_only_its_lines(example_text: str) -> None:
    by_hand = (
        example_text.replace("owner: marketing-lead", "owner:   'marketing-lead'  # since May")
        .replace("- Label", "* Label")
        .replace("## Inputs\n\n", "## Inputs\n")
    )
    runbook, _ = parse(by_hand, "")
    steps = list(runbook.steps)
    steps[3] = replace(steps[3], proof=steps[3].proof[:1], after=(2, 3))
    edited = edit(by_hand, replace(runbook, steps=tuple(steps), open_questions=(OpenQuestion("who pays?", "Owner"),)))
    before, after = by_hand.splitlines(), edited.splitlines()
    assert [line for line in before if line not in after] == ["- Proof (P1): file, `screenshot.png`"]
    assert [line for line in after if line not in before] == [
        "- After: 2, 3",
        "## Open questions",
        "- Owner: who pays?",
    ]
    assert parse(edited, "")[0].steps[3].after == (2, 3)


def test_edits_that_add_remove_and_reorder_keep_the_rest(example_text: str) -> None:
    by_hand = example_text.replace("- Tool: `instagram.publish_media`", "*   Tool: `instagram.publish_media`").replace(
        "\n", "\r\n"
    )
    runbook, _ = parse(by_hand, "")
    renumbered = tuple(replace(step, number=n) for n, step in enumerate((*runbook.steps[:1], *runbook.steps[2:]), 1))
    for changed in (
        replace(runbook, steps=renumbered),
        replace(runbook, prerequisites=runbook.prerequisites[::-1]),
        replace(runbook, failure_modes=runbook.failure_modes[1:], team="", owner="ann"),
        replace(runbook, steps=(*runbook.steps, Step(6, "Tell the team", tool="chat.post"))),
        replace(runbook, escalation=(), purpose="Something else."),
    ):
        edited = edit(by_hand, changed)
        assert parse(edited, "")[0] == changed
        assert "*   Tool: `instagram.publish_media`\r\n" in edited
    assert edit(by_hand, runbook) == by_hand


def test_steps_that_cannot_be_read_stay_in_the_prose() -> None:
    text = "---\nname: a\ndescription: b\n---\n\n# A\n\n## Steps\n\n### 1. Do\n\n- Tool: nothing\n- With: `x` somehow\n- Proof: a file\n- Tool: `t`\n- Tool: `u`\n\n### Two\n\n### 3. Three\n\nx\n"
    runbook, problems = parse(text, "f")
    assert [(p.line, p.slug) for p in problems] == [
        (12, "line-unreadable"),
        (13, "line-unreadable"),
        (14, "label-unknown"),
        (15, "label-duplicate"),
        (18, "step-heading"),
        (20, "step-number"),
    ]
    assert runbook.steps[0].tool == "u"
    assert "- With: `x` somehow" in runbook.steps[0].prose
    again = parse(render(runbook), "f")[0]
    assert again.steps[0].tool == "u"
    assert [step.title for step in again.steps] == ["Do", "Three"]


@pytest.mark.parametrize(
    "line",
    [
        "a: &x b",
        "a: *x",
        "a: !!int 3",
        "a: [1]",
        "a: {b: c}",
        "a: b: c",
        "- a",
        "a:\n b:\n  c:\n   d:\n    e: f",
        "? [a]\n: b",
    ],
)
def test_frontmatter_outside_the_restriction_is_refused(line: str) -> None:
    entries, _, problems = parse_frontmatter(f"---\n{line}\n---\n", "f")
    assert entries == ()
    assert [p.slug for p in problems] == ["frontmatter-unreadable"]
    assert problems[0].line >= 2


def test_scalars_stay_the_text_that_stands_there() -> None:
    entries, body, problems = parse_frontmatter("---\na: yes\nb: 1.0\nc: 2026-03-02\nd: 0x1F\ne: ~\n---\nx", "f")
    assert [entry.value for entry in entries] == ["yes", "1.0", "2026-03-02", "0x1F", "~"]
    assert (body, problems) == (7, ())
    assert slugs("---\nname: a\nname: b\n---\n") == ["frontmatter-duplicate"]
    assert slugs("no frontmatter") == ["frontmatter-missing"]
    assert slugs("---\nx: " + "y" * 20_000 + "\n---\n") == ["frontmatter-unreadable"]
    assert slugs("x" * 600_000) == ["too-large"]


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40)


@given(texts)
def test_scalars_round_trip(text: str) -> None:
    entries, _, problems = parse_frontmatter(f"---\nkey: {render_scalar(text)}\n---\n", "f")
    assert problems == ()
    assert entries[0].value == text


@given(texts)
def test_code_spans_round_trip(text: str) -> None:
    if not text.strip():
        return
    span = render_code(text)
    assert parse_code(span) == (text, len(span))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
    max_leaves=6,
)


@given(json_values)
def test_constants_round_trip(value: object) -> None:
    text = render_constant(value)
    assert parse_constant(text) == (value, len(text))


sources = st.one_of(
    st.builds(lambda v: ValueSource("constant", value=v), json_values),
    st.builds(
        lambda k, n: ValueSource(k, name=n),
        st.sampled_from(["input", "issue", "document"]),
        st.from_regex(r"[a-z][a-z_/]{0,8}", fullmatch=True),
    ),
    st.builds(
        lambda n, p: ValueSource("step", step=n, path=p),
        st.integers(1, 99),
        st.sampled_from(["$", "$.a[*].b", "$['x y'][0]", "$..id", "$.a[?@.b == 'c; d']"]),
    ),
    st.just(ValueSource("unknown")),
)


@given(
    st.lists(
        st.builds(Binding, st.from_regex(r"[a-z][a-z_.\[\]*]{0,9}", fullmatch=True), sources), min_size=1, max_size=4
    )
)
def test_bindings_round_trip(bindings: list[Binding]) -> None:
    assert parse_bindings(render_bindings(tuple(bindings))) == tuple(bindings)


def test_each_piece_knows_its_line(example_text: str) -> None:
    parsed = parse_spans(example_text, "f")
    lines = example_text.split("\n")
    for key, start in (
        ("frontmatter/owner", "owner:"),
        ("step-3", "### 3."),
        ("step-3/with/image_url", "- With: `image_url`"),
        ("failure-2", "| `media"),
        ("input/caption", "- `caption`"),
        ("escalation-1", "- Step 1"),
    ):
        assert lines[parsed.line(key) - 1].startswith(start)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=3), st.text(max_size=12))
def test_constants_survive_a_whole_text(values: list[str], expected: str) -> None:
    bindings = tuple(Binding(f"a{n}", ValueSource("constant", value=value)) for n, value in enumerate(values))
    guard = parse_condition(f"$.x = {render_constant(expected)}")
    assert guard.parsed is not None
    step = Step(1, "Do", tool="t", bindings=bindings, proceed_if=(guard,))
    runbook = Runbook("a", "b", "A", steps=(step,))
    assert parse(render(runbook), "") == (runbook, ())
