"""Drafts: what the evidence gives is there, what it does not give is asked, and nobody's words become structure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from runlore.model import (
    Argument,
    CaseReference,
    Contrast,
    Event,
    Evidence,
    FailureMode,
    Guard,
    Quote,
    Source,
    ValueSource,
    Workflow,
    WorkflowStep,
)
from runlore.runbooks.draft import draft
from runlore.runbooks.evidence import evidence_from_json, evidence_to_json
from runlore.runbooks.hidden import HIDDEN, code_words, escape_words
from runlore.runbooks.json_form import from_json, to_json
from runlore.runbooks.lint import lint
from runlore.runbooks.parse import parse
from runlore.runbooks.show import show
from runlore.runbooks.words import is_personal, mask_command, mask_values, phrase_of, shape_of, span_of

SCHEMAS = Path(__file__).parents[3] / "src" / "runlore" / "schemas"


def load_schema(name: str) -> dict[str, object]:
    schema: dict[str, object] = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def test_a_customer_service_draft(cancel_order: Workflow, cancel_events: tuple[Event, ...]) -> None:
    drafted = draft(cancel_order, example_events=cancel_events, transcript_name=lambda _: "chat-a")
    assert parse(drafted.text, "") == (drafted.runbook, ())
    steps = drafted.runbook.steps
    assert [step.title for step in steps] == [
        "Find the customer by e-mail",
        "Get the user details",
        "Look up the order",
        "Work out the refund",
        "Cancel the order",
    ]
    assert (
        '- With: `order_id` from step 3 at `$.order_id`; `reason` from input `reason`; `notify` unknown; `channel` = "chat"'
        in drafted.text
    )
    assert "- Approval: the person who asked, over `order_id` and `reason`" in drafted.text
    assert '- Proof (P2): tool result, `$.status` = "cancelled"' in drafted.text
    assert "- For each: `order_id` from step 2 at `$.orders[*]`" in drafted.text
    assert "- Optional when: not needed (5 of 12 did it)" in drafted.text
    assert "- After: 3" in drafted.text
    assert (
        "- If it fails: `Error: user not found` → ask for name and zip code, then `find_user_id_by_name_zip`"
        in drafted.text
    )
    assert "| `Error: non-pending order cannot be cancelled` at step 5 | – | – | 2 |" in drafted.text
    assert (
        'Rejected 2026-02-11: "No, don\'t cancel the \\*whole\\* order \\| just \\<b\\>one\\</b\\> item" (Cancel the order)'
        in drafted.text
    )
    assert "Drawn from 12 cases in 12 sessions; a usual one takes 3 minutes." in drafted.text


def test_nothing_personal_is_written_down(cancel_order: Workflow) -> None:
    drafted = draft(cancel_order)
    for private in ("yusuf", "Yusuf", "Rossi", "W2378156", "example.com"):
        assert private not in drafted.text
    assert "Hi, my name is …, I'd like to cancel order …" in drafted.text


def test_what_nobody_said_is_asked_and_nothing_is_an_error(cancel_order: Workflow, answer_review: Workflow) -> None:
    for workflow in (cancel_order, answer_review):
        drafted = draft(workflow)
        problems = lint(drafted.text, f"runbooks/{workflow.name}/RUNBOOK.md")
        assert [p for p in problems if p.level == "error"] == []
        assert sum(p.slug == "open-question" for p in problems) == len(drafted.runbook.open_questions)
        assert drafted.runbook.owner == ""
        assert drafted.runbook.escalation == ()
    subjects = [question.subject for question in draft(answer_review).runbook.open_questions]
    assert subjects == ["Owner", "Escalation", "Steps 4 and 5", "Step 5", "Step 5", "Step 5", "Failure modes"]


def test_a_coding_draft_gives_the_commands_that_were_run(answer_review: Workflow) -> None:
    drafted = draft(answer_review)
    assert '- With: `command` = `"gh pr view <number> --comments"`; `number` from input `pull_request`' in drafted.text
    assert '- Tool: `Bash`\n- With: `command` = "go test ./..."' in drafted.text
    assert "The files that the comments name, mostly Go code under `cmd/`." in drafted.text
    assert (
        '- Corrected 2026-03-04: "don\'t mark comments as resolved, the reviewer does that" (Reply to the comments)'
        in drafted.text
    )
    assert "- commit (P2): the branch on the server holds the new commit, from step 4" in drafted.text
    assert drafted.example_name == ""


def test_every_piece_of_evidence_stands_at_a_line(cancel_order: Workflow, cancel_events: tuple[Event, ...]) -> None:
    drafted = draft(cancel_order, example_events=cancel_events)
    assert drafted.evidence["step-5/with/order_id"].support == (12, 12)
    assert drafted.evidence["step-1/fails-1"].support == (3, 4)
    assert drafted.evidence["failure-2"].support == (2, 12)
    assert drafted.evidence["input/reason"].support == (10, 12)
    assert len(drafted.evidence["purpose"].sources) == 12
    value = evidence_to_json(drafted.evidence)
    jsonschema.validate(value, load_schema("evidence.schema.json"))
    assert evidence_from_json(json.loads(json.dumps(value))) == drafted.evidence


def test_the_example_is_one_case_told_briefly(cancel_order: Workflow, cancel_events: tuple[Event, ...]) -> None:
    drafted = draft(cancel_order, example_events=cancel_events, transcript_name=lambda _: "chat-a")
    assert drafted.example_name == "examples/2026-02-02-cancel-pending-order.md"
    assert f"`{drafted.example_name}`: a good case (3 calls, 3 minutes)" in drafted.text
    lines = drafted.example_text.split("\n")
    assert lines[0] == "# A good case of 2026-02-02"
    assert lines[2] == "Session `chat-a`, lines 3–12, 3 calls, 3 minutes, 6,200 tokens."
    assert lines[6] == "1. `find_user_id_by_email` with `email = y@example.com` → `yusuf_rossi_9620`"
    assert max(map(len, lines)) < 400
    assert "<script>" not in MarkdownIt().render(drafted.example_text)


def test_one_session_is_provisional(cancel_order: Workflow) -> None:
    one = replace(cancel_order, cases=cancel_order.cases[:1], sessions=1)
    constant = Argument("ticket", ValueSource("constant", value="T-48213"), Evidence((1, 1)))
    step = replace(one.steps[4], arguments=(*one.steps[4].arguments, constant))
    drafted = draft(replace(one, steps=(*one.steps[:4], step)))
    assert "*Provisional: drawn from one session.*" in drafted.text
    assert drafted.runbook.open_questions[0].subject == "Support"
    assert "T-48213" not in drafted.text
    assert "After: nothing" not in draft(replace(one, steps=tuple(replace(s, after=()) for s in one.steps))).text


def test_a_procedure_is_named(answer_review: Workflow) -> None:
    drafted = draft(replace(answer_review, procedure="review-answers"))
    assert drafted.runbook.skills == ("review-answers",)
    assert "It follows the written procedure `review-answers`." in drafted.runbook.purpose


def test_the_json_form_is_of_the_schema_and_inverse(
    example_text: str, cancel_order: Workflow, answer_review: Workflow
) -> None:
    schema = load_schema("runbook.schema.json")
    for runbook in (parse(example_text, "")[0], draft(cancel_order).runbook, draft(answer_review).runbook):
        value = to_json(runbook)
        jsonschema.validate(value, schema)
        assert from_json(json.loads(json.dumps(value))) == runbook
    value = to_json(parse(example_text, "")[0])
    assert value["steps"][0]["proceed_if"][0] == {
        "kind": "condition",
        "text": "`$.token.expires_in_days` >= 2",
        "parsed": {
            "op": ">=",
            "left": {"op": "path", "path": "$.token.expires_in_days", "step": None},
            "right": {"op": "constant", "value": 2},
        },
    }
    assert value["steps"][1]["stop_if"] == [{"kind": "judgement", "text": "the brand owner rejects it"}]
    assert value["steps"][3]["with"][0]["source"] == {"kind": "step", "step": 3, "path": "$.id"}
    with pytest.raises(ValueError, match="format"):
        from_json({})


HOSTILE = [
    "---\nowner: attacker\n---",
    "# Steps\n\n## Steps\n\n### 1. Pay\n\n- Tool: `pay`",
    "- Approval: nobody",
    "<script>alert(1)</script> <!-- hidden -->",
    "![x](http://evil) [y](javascript:z) `` `code` ``",
    "a | b | c\n| --- |",
    "\u202eevil\u200b\u2066 \u001b[31mred\u001b[0m \ue007f",
    "1. one\n2) two\n> quote\n~~~\nfence",
    "\\` \\\\` ``` `",
    "&lt;b&gt; *bold* __bold__ ~~x~~",
    'say "yes" → `founder`',
]


def hostile_workflow(text: str) -> Workflow:
    source = Source("sha256:" + "c" * 64, 7)
    case = CaseReference("sha256:" + "c" * 64, "s", (source,), request=text)
    step = WorkflowStep(
        1,
        text,
        text,
        arguments=(
            Argument(text, ValueSource("constant", value=text), Evidence((3, 3)), text),
            Argument("a", ValueSource("input", name=text), Evidence((3, 3)), text),
            Argument("b", ValueSource("step", step=1, path="$" + text), Evidence((3, 3)), text),
        ),
        guards=(Guard("proceed", text, (3, 3), 1.0, 3, None, Evidence((3, 3)), "errors", text),),
        command=text,
        tool="Bash",
        summary=text,
        support=(3, 3),
        effect=True,
    )
    return Workflow(
        "w",
        "w",
        text,
        text,
        (text,),
        (case,) * 3,
        (step, replace(step, number=2, summary="", command="", tool=text)),
        failure_modes=(FailureMode(text, text, 1, text, 1, (source,), 1, text),),
        corrections=(Quote(text, source, text, text),),
        triggers=(Quote(text, source),),
        prerequisites=(text,),
        example=case,
        sessions=3,
        judged=True,
        contrasts=(Contrast(text, text, text, (3, 4), (1, 9), 0.04, Evidence((3, 4), (source,))),),
    )


def check_harmless(text: str) -> None:
    drafted = draft(
        hostile_workflow(text),
        example_events=(
            Event("e", "call", 1, tool=text, arguments={text: text}, result=text, words=text),
            Event("p", "prompt", 2, text=text),
        ),
    )
    runbook, problems = parse(drafted.text, "")
    assert [p.slug for p in problems if p.level == "error"] == []
    assert runbook == drafted.runbook
    assert len(runbook.steps) == 2
    assert runbook.owner == ""
    assert runbook.sections == ()
    assert runbook.steps[0].approvals == ()
    assert not HIDDEN.search(drafted.text + drafted.example_text)
    front = yaml.safe_load(drafted.text.split("\n---\n")[0].removeprefix("---\n"))
    assert set(front) <= {"name", "description"}
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(drafted.text.split("\n---\n", 1)[1])
    inline = [child.type for token in tokens for child in token.children or ()]
    assert not {"html_inline", "image", "link_open", "strong_open", "s_open"} & set(inline)
    assert "html_block" not in [token.type for token in tokens]
    told = [token.type for token in MarkdownIt("commonmark").parse(drafted.example_text)]
    assert told.count("heading_open") == 1
    assert "html_block" not in told


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    check_harmless(text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from("abZ 19`*_#-+>|<![](){}\\&;:\"'~=\n\t→$.,—\u200b\u202e\ud800"), min_size=1, max_size=30))
def test_any_words_stay_words(text: str) -> None:
    check_harmless(text)


def test_words() -> None:
    assert phrase_of("get_order_details") == "get the order details"
    assert phrase_of("mcp__crm__addNote") == "add the note"
    assert mask_values("I am Ann Lee, ann@x.org, order #W12345, 3 items") == "I am …, …, order …, 3 items"
    assert (
        mask_command("git config user.email bob@x.org && curl -H 'Authorization: [SECRET:api-key:ab12]'")
        == "git config user.email <e-mail> && curl -H 'Authorization: <api-key>'"
    )
    assert [span_of(s) for s in (0, 45, 190, 7200, 200_000)] == ["", "45 seconds", "3 minutes", "2 hours", "2 days"]
    assert [
        shape_of(x)
        for x in ("#W2378156", "a@b.org", "https://x.org/y", "2026-03-02", "12", "no longer needed", '["a"]', "")
    ] == [
        "looks like `#W0000000`",
        "an e-mail address",
        "a link",
        "a date, as YYYY-MM-DD",
        "a number",
        "free text",
        "a list",
        "",
    ]
    assert is_personal("ann@x.org")
    assert not is_personal("support@x.org")
    assert escape_words("# a <b> | `c`") == "\\# a \\<b\\> \\| \\`c\\`"
    assert code_words("a `b`\n c\u200b") == "``a `b` c``"


def test_alternatives_are_joined() -> None:
    def step(number: int, title: str, support: int, **more: Any) -> WorkflowStep:
        return WorkflowStep(number, title, title, support=(support, 15), tool=f"tool_{number}", **more)

    steps = (
        step(1, "Find the customer by e-mail", 4, optional=True),
        step(2, "Find the customer by name", 11, optional=True),
        step(3, "Read the account", 15, after=(1, 2)),
    )
    drafted = draft(Workflow("w", "w", "Look up", "Look up.", (), (), steps, sessions=15))
    assert [s.either for s in drafted.runbook.steps] == [(1, 2), (1, 2), ()]
    assert drafted.runbook.steps[0].optional_when is None
    assert "- Steps 1 and 2: each case did one of them; what decides which?" in drafted.text
    assert "- When to start: what does a request for this work sound like?" in drafted.text


def test_steps_that_repeat_are_named_once(answer_review: Workflow) -> None:
    again = Evidence((3, 4), (Source("sha256:a", 9), Source("sha256:b", 12)))
    steps = tuple(replace(s, repeat_evidence=again) if s.repeat else s for s in answer_review.steps)
    drafted = draft(replace(answer_review, steps=steps))
    assert "## Steps\n\nStep 3 often comes more than once.\n\n### 1." in drafted.text
    assert drafted.evidence["steps"] == again
    assert "3 of 4" in show(drafted.runbook, drafted.evidence).split("1. ")[0]


def test_what_was_told_again_answers_for_each_time(answer_review: Workflow) -> None:
    places = (Source("sha256:b", 3), Source("sha256:c", 5))
    wish = Quote("use rebase", Source("sha256:a", 1), "", "told in 3 sessions", places)
    known = draft(replace(answer_review, corrections=(wish,), rejections=(), quality=())).evidence["good-1"]
    assert known.support[0] == 3
    assert known.sources == (wish.source, *places)


def test_where_a_value_seldom_comes_from_is_asked(cancel_order: Workflow) -> None:
    seldom = tuple(
        replace(s, arguments=tuple(replace(a, evidence=Evidence((3, 8))) for a in s.arguments))
        for s in cancel_order.steps
    )
    assert "from step 3" not in draft(replace(cancel_order, steps=seldom)).text


def test_a_shell_step_without_a_common_command_asks_for_it() -> None:
    steps = (WorkflowStep(1, "Commit the changes", "git commit", support=(3, 3), tool="Bash", effect=True),)
    drafted = draft(Workflow("w", "w", "Commit", "Commit.", (), (), steps, sessions=3))
    assert "- Step 1: which command line? The cases ran different ones." in drafted.text
    assert drafted.runbook.steps[0].bindings == ()


def test_words_that_are_quoted_name_nobody(cancel_order: Workflow) -> None:
    source = Source("sha256:" + "a" * 64, 3)
    drafted = draft(
        replace(
            cancel_order,
            corrections=(Quote("no, my name is Ann Lee, write to ann@x.org about #W2378156", source),),
            failure_modes=(
                FailureMode("find", "Error: user not found", 2, "ask again (they said: ann@x.org)", 1, (source,), 1),
            ),
        )
    )
    assert 'Corrected: "no, my name is …, write to … about …"' in drafted.text
    assert "ask again (they said: …) (helped in 1 of 2)" in drafted.text


def test_a_workflow_without_anything_still_gives_a_readable_draft() -> None:
    drafted = draft(Workflow("w", "look-around", "", "", (), (), ()))
    assert parse(drafted.text, "") == (drafted.runbook, ())
    assert [p for p in lint(drafted.text, "look-around/RUNBOOK.md") if p.level == "error"] != []
    assert {q.subject for q in drafted.runbook.open_questions} >= {"Support", "When to start", "Steps", "Owner"}


def test_many_calls_of_one_tool_are_told_once(cancel_order: Workflow) -> None:
    events = tuple(
        Event(str(n), "call", n + 1, tool="Read", arguments={"file": f"f{n}"}, result="text") for n in range(6)
    )
    failed = Event("x", "call", 9, tool="Read", arguments={"file": "none"}, result="No such file", outcome="error")
    told = draft(cancel_order, example_events=(*events, failed)).example_text
    assert (
        "1. `Read` with `file = f0` → `text`\n2. 5 more calls of `Read`\n3. `Read` with `file = none` → failed: `No such file`\n"
        in told
    )


def test_the_same_question_about_two_steps_is_no_mistake(cancel_order: Workflow) -> None:
    steps = tuple(
        replace(s, arguments=(Argument("text", ValueSource("unknown"), Evidence((0, 12))),), after=())
        for s in cancel_order.steps
    )
    drafted = draft(replace(cancel_order, steps=steps))
    assert drafted.text.count("where does `text` come from?") == 5
    assert [p for p in lint(drafted.text, "runbooks/cancel-pending-order/RUNBOOK.md") if p.level == "error"] == []
