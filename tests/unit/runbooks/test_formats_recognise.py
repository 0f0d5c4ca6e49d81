"""What documents of each format say of themselves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.model.document import Bundle, FileContent, Format, Link, Recognised
from runlore.model.runbook import Input, KnownFailure
from runlore.runbooks.formats.places import main_file
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.parse import parse
from runlore.runbooks.render import render


def read(
    text: str, format: Format = "markdown", shelf: str = "runbooks", name: str = "x", **others: bytes
) -> Recognised:
    main = main_file(format, name)
    files = [FileContent(main, text.encode()), *(FileContent(k, v) for k, v in others.items())]
    return recognise(shelf, name, Bundle(format, main, tuple(sorted(files, key=lambda f: f.path))))


def steps(said: Recognised) -> list[str]:
    return [step.title for step in said.runbook.steps] if said.runbook else []


def test_our_own_runbook_is_what_parse_gives(example_text: str) -> None:
    said = read(example_text, "runbook", name="publish-instagram-post")
    assert said.runbook == parse(example_text, "")[0]
    assert (said.title, said.owner, said.team) == ("Publish an Instagram post", "marketing-lead", "marketing")
    assert (said.reviewed, said.review_every, said.labels) == ("2026-03-02", "90 days", ("social",))
    assert said.missing == ()
    assert said.body.startswith("# Publish an Instagram post")


def test_links_of_a_runbook_from_every_place(example_text: str) -> None:
    text = example_text.replace("`campaign` from issue `campaign`", "`campaign` from document `strategy/plan`")
    text += "\nSee [the rules](../../brand/logo.md), [LinkedIn](../publish-on-linkedin/RUNBOOK.md), ![shot](assets/a.png).\n"
    bundle = Bundle(
        "runbook", "RUNBOOK.md", (FileContent("RUNBOOK.md", text.encode()), FileContent("assets/a.png", b"\x89PNG"))
    )
    found = set(recognise("runbooks", "publish-instagram-post", bundle).links)
    assert {
        Link("skill", "skills/instagram", "frontmatter/skills"),
        Link("integration", "integrations/instagram-graph", "frontmatter/integrations"),
        Link("integration", "integrations/crm", "frontmatter/integrations"),
        Link("integration", "integrations/instagram-graph", "prerequisite-1"),
        Link("document", "brand/voice", "prerequisite-2"),
        Link("runbook", "runbooks/launch-paid-campaign", "when-4"),
        Link("role", "brand-owner", "step-2/approval-1"),
        Link("document", "strategy/plan", "step-5/with/campaign"),
        Link("role", "integration-owner", "escalation-1"),
        Link("role", "founder", "escalation-1"),
        Link("role", "founder", "escalation-2"),
        Link("asset", "examples/2026-03-02-spring-launch.md", "example-1"),
        Link("document", "brand/logo", "body"),
        Link("runbook", "runbooks/publish-on-linkedin", "body"),
        Link("asset", "assets/a.png", "body"),
    } == found


def test_links_of_a_plain_document_lead_from_where_it_stands() -> None:
    text = "[a](other.md) [b](../brand/voice.md#tone) [c](voice/logo.png) [d](https://a.b/c.md) [e](../../etc/passwd) [f](../README.md) [g](resources/map.png) [h](../skills/pdf/) ![i](x%20y.png)\n"
    said = read(text, shelf="notes", name="voice", **{"logo.png": b"\x89PNG", "x y.png": b"\x89PNG"})
    assert said.links == (
        Link("document", "notes/other", "body"),
        Link("document", "brand/voice", "body"),
        Link("asset", "logo.png", "body"),
        Link("skill", "skills/pdf", "body"),
        Link("asset", "x y.png", "body"),
    )


GOV = """---
title: Rotate the key
owner_slack: "#platform"
last_reviewed_on: 2024-04-10
review_in: 3 months
tags: [keys, ops]
---

# <%= current_page.data.title %>

Keys are rotated each quarter.

## Pre-requisites

- The console
- A person who can approve

## 1) Taint the old key

```bash
# not a heading
1. not a step
```

## 2) Apply

- Check the plan
- Apply it

### Note on Apply

It takes a while.

## 3) Verify

Log in again.

## Troubleshooting

### It hangs

Wait ten minutes, then call `#platform`.

## Escalation

- After an hour, page the on-call engineer
"""


def test_a_wiki_page_with_numbered_headings() -> None:
    said = read(GOV)
    assert (said.title, said.owner, said.reviewed, said.review_every) == ("Rotate the key", "#platform", "2024-04-10", "3 months")  # fmt: skip
    assert said.labels == ("keys", "ops")
    assert said.description == "Keys are rotated each quarter."
    assert steps(said) == ["Taint the old key", "Apply", "Verify"]
    runbook = said.runbook
    assert runbook is not None
    assert runbook.steps[0].prose == "```bash\n# not a heading\n1. not a step\n```"
    assert "#### Note on Apply" in runbook.steps[1].prose
    assert runbook.prerequisites == ("The console", "A person who can approve")
    assert runbook.purpose == "Keys are rotated each quarter."
    assert runbook.failure_modes == (KnownFailure("It hangs", "–", "Wait ten minutes, then call `#platform`.", "–"),)
    assert [rule.situation for rule in runbook.escalation] == ["After an hour, page the on-call engineer"]
    assert said.missing == ("when to start", "what proves that it is done")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# T\n\n## Process\n\n- Open it\n- Close it\n", ["Open it", "Close it"]),
        ("# T\n\n## Making it public\n\n1. Ask\n\n```\nx\n```\n\n2. Apply\n", ["Ask", "Apply"]),
        ("# T\n\n1) Log in\n2) Press **Save**\n", ["Log in", "Press Save"]),
        ("# T\n\n## Steps\n\n### Look\n\n1. a\n2. b\n\n### Leap\n\nc\n", ["Look", "Leap"]),
        ("## Playbook: Phishing\n\n### Investigate\n\n1. **Scope the attack** Usually you hear of it.\n1. Analyse it\n", ["Scope the attack", "Analyse it"]),
        ("# T\n\nTo renew it:\n\n* Open the console\n* Press renew\n", ["Open the console", "Press renew"]),
        ("# Delete it\n\n## Stop the breach\n\nx\n\n## Delete the data\n\ny\n", ["Stop the breach", "Delete the data"]),
        ("# T\n\n## Step 1: Look\n\na\n\n## Step 2 – Leap\n\nb\n", ["Look", "Leap"]),
        ("# T\n\n## Phase 1 — Prepare\n\n### 1.1 Tools\n\na\n\n## Phase 2 — Act\n\nb\n", ["Prepare", "Act"]),
        ("# T\n\n## 1. Run\n\n#### 1) a\n\n#### 2) b\n\n## 2. Stop\n", ["Run", "Stop"]),
        ("# Expanding a disk\n\nEdit the size:\n\n```\nx\n```\n\nDelete the pod:\n\n```\ny\n```\n\nApply the template.\n", ["Edit the size", "Delete the pod", "Apply the template"]),
        ("# T\n\n## Restore A\n\n### Restore process\n\nx\n\n## Restore B\n\n### Restore process\n\ny\n", ["Restore A: Restore process", "Restore B: Restore process"]),
        ("# T\n\n## 1. Purpose\n\nx\n\n## 2. Scope\n\ny\n\n## 3. Procedure\n\n- Go\n- Stop\n\n## 4. References\n\nz\n", ["Go", "Stop"]),
        ("## WORKFLOWS\n[psw-00002] Look first.\n[psw-00007] helpful=3 harmful=0 :: Page through all\n", ["Look first", "Page through all"]),
        ("# T\n\n## Steps\n\n• Open it\n• Close it\n", ["Open it", "Close it"]),
        ("# T\n\nYou need:\n\n- Open access\n- Run rights\n\n## Steps\n\n- Go\n- Stop\n", ["Go", "Stop"]),
    ],
)  # fmt: skip
def test_steps_are_found_by_their_usual_shapes(text: str, wanted: list[str]) -> None:
    assert steps(read(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "# Our values\n\n1. Kindness\n2. Candour\n3. Rest\n",
        "# Tips and tricks\n\n## Delete a snapshot\n\nx\n\n## Check a certificate\n\ny\n",
        "# Glossary\n\n- Run: one execution\n- Step: one instruction\n",
        "# T\n\n## Prerequisites\n\n1. Open access\n2. Get a token\n",
        "# Notes\n\nThe cluster lives in Ireland. It has three nodes.\n",
        "# T\n\n```\n1. Open it\n2. Close it\n```\n",
    ],
)
def test_no_steps_are_invented(text: str) -> None:
    said = read(text, shelf="notes")
    assert (said.runbook, said.missing) == (None, ())


def test_on_the_runbooks_shelf_a_page_without_steps_says_so() -> None:
    said = read("# T\n\nIt is what it is.\n")
    assert said.runbook is None
    assert "the steps" in said.missing


def test_on_a_shelf_of_knowledge_a_list_is_no_procedure() -> None:
    assert read("# Voice\n\n1. Write short sentences\n2. Use plain words\n", shelf="brand").runbook is None


def test_head_lines_and_rows_are_read_where_there_is_no_frontmatter() -> None:
    said = read("# Incident\n\n> **Owner:** Sam Field\n> **Last Reviewed:** 2026-06-18\n\n| Team | ops |\n| --- | --- |\n\n## Steps\n\n1. Look\n2. Act\n")  # fmt: skip
    assert (said.owner, said.reviewed, said.team) == ("Sam Field", "2026-06-18", "ops")


def test_a_review_that_cannot_be_read_is_said_and_kept() -> None:
    said = read("---\nlast_reviewed_on: 03/04/2024\nreview_in: now and then\n---\n# T\n\n1. Go\n2. Stop\n")
    assert (said.reviewed, said.review_every) == ("", "")
    assert [(p.slug, p.level) for p in said.problems] == [("import-review", "warning")] * 2
    assert said.runbook is not None
    assert [key for key, _ in said.runbook.extra] == ["last_reviewed_on", "review_in"]


def test_titles_come_from_frontmatter_then_heading_then_name() -> None:
    assert read("---\ntitle: A\n---\n# B\n").title == "A"
    assert read("---\nname: n\n---\n# B `c` [d](e)\n").title == "B `c` d"
    assert read("## Role: Scribe\n\n### Duties\n\n- x\n").title == "Role: Scribe"
    assert read("words only\n").title == "x"


def test_a_table_of_parameters_becomes_inputs() -> None:
    said = read("# T\n\n## Parameters\n\n| Parameter | Template Variable | Default | Description |\n|---|---|---|---|\n| Folder | `{{dir}}` | `/out` | where to |\n| Spec | `{{spec}}` | *(required)* | what |\n\n## Steps\n\n1. Go\n2. Stop\n")  # fmt: skip
    assert said.runbook is not None
    assert said.runbook.inputs == (
        Input("dir", False, "/out", "where to; Folder"),
        Input("spec", True, "", "what; Spec"),
    )


SOP = """# Cut a release

## Overview

Cuts a release from a tag.

## Parameters

- **tag** (required): The tag.
- **out_dir** (optional, default: "dist (local)"): Where to.
  - more about it

**Constraints for parameter acquisition:**
- You MUST ask once

## Mode Behavior

Modes.

## Steps

### 1. Build

Build it.

**Constraints:**
- You MUST run the tests because broken builds cost
- You MUST NOT skip

### 2. Ship

**Constraints:**
- You SHOULD tell people

## Examples

### Example Input

```
# not a heading
tag: v1
```

## Troubleshooting

### It fails
- Try again
"""


def test_an_sop_to_the_letter() -> None:
    said = read(SOP, "sop", name="release")
    runbook = said.runbook
    assert runbook is not None
    assert (said.title, said.description) == ("Cut a release", "Cuts a release from a tag.")
    assert runbook.inputs == (
        Input("tag", True, "", "The tag."),
        Input("out_dir", False, "dist (local)", "Where to.\n- more about it"),
    )
    assert [(s.number, s.title) for s in runbook.steps] == [(1, "Build"), (2, "Ship")]
    assert runbook.steps[0].prose.endswith("- You MUST NOT skip")
    assert runbook.failure_modes == (KnownFailure("It fails", "–", "- Try again", "–"),)
    assert [s.title for s in runbook.sections if s.title] == ["Mode Behavior"]
    assert [(p.slug, p.level, p.line) for p in said.problems] == [("sop-invalid", "warning", 28)]


def test_a_skill_is_read_leniently() -> None:
    text = "---\nname: Letta API\ndescription: Deploy: run it\nhomepage: https://a.b\ntags: [x, y]\n---\n\n# API\n\n1. Run\n2. Stop\n"
    said = read(text, "skill", "skills", "letta-api")
    assert (said.title, said.description, said.labels) == ("API", "Deploy: run it", ("x", "y"))
    assert said.runbook is None
    assert {p.level for p in said.problems} == {"warning"}
    assert {p.slug for p in said.problems} == {"frontmatter-unreadable", "skill-invalid"} or {p.slug for p in said.problems} == {"frontmatter-unreadable"}  # fmt: skip


def test_bytes_that_are_no_text_are_a_problem_and_nothing_raises() -> None:
    said = recognise("notes", "x", Bundle("markdown", "x.md", (FileContent("x.md", b"\xff\x00"),)))
    assert (said.title, [p.slug for p in said.problems]) == ("x", ["import-not-text"])


def test_a_long_text_is_kept_and_its_steps_are_not_looked_for() -> None:
    said = read("# T\n" + "1. Run it\n" * 6001)
    assert (said.title, said.runbook) == ("T", None) or said.runbook is None
    assert [p.slug for p in said.problems] == ["import-long"]
    assert said.body.count("Run it") == 6001


WORDS = re.compile(r"\w+")
LINES = st.lists(
    st.sampled_from(
        ["# Title one", "## Steps", "## Prerequisites", "## Notes", "### 1. Alpha", "### 2. Beta", "#### Gamma", "1. Delta run", "2. Epsilon run", "- Zeta thing", "  - Eta thing", "Theta text here.", "```", "iota: kappa", "> **Lambda:** mu", "| Parameter | Text |\n|---|---|\n| nu | xi |", "## Troubleshooting", "### Omicron fails", "## Escalation", "Run pi now:", "## Examples", "", "Setext rho\n===", "<div>sigma</div>", "**Tau** upsilon"]
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_no_word_of_a_procedure_is_dropped(lines: list[str]) -> None:
    said = read("\n".join(lines))
    if said.runbook is None:
        return
    kept = {word.lower() for word in WORDS.findall(render(said.runbook))}
    names = {
        "steps",
        "prerequisites",
        "troubleshooting",
        "escalation",
        "examples",
        "notes",
        "parameter",
        "text",
        "1",
        "2",
    }
    assert {word.lower() for word in WORDS.findall(said.body)} - names <= kept


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["runbook", "skill", "sop", "markdown"]), st.text(max_size=300) | LINES.map("\n".join))
def test_anything_is_recognised_without_raising_and_the_same_each_time(format: Format, text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    assert read(text, format) == read(text, format)
