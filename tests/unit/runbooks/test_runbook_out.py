"""Out of the format: skills that both public validators accept, and the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml

from runlore.model import Event, Source, Workflow
from runlore.model.runbook import KnownFailure
from runlore.runbooks.draft import draft
from runlore.runbooks.parse import parse
from runlore.runbooks.show import show
from runlore.runbooks.skill import export_skill, read_skill_record, skill_name
from runlore.runbooks.skill_rules import check_by_creator, check_by_reference, check_skill
from runlore.runbooks.tokens import count


def test_a_draft_becomes_a_skill_and_comes_back(cancel_order: Workflow, cancel_events: tuple[Event, ...]) -> None:
    drafted = draft(cancel_order, example_events=cancel_events)
    skill = export_skill(drafted.runbook, drafted.evidence, {drafted.example_name: drafted.example_text})
    assert skill.name == "cancel-pending-order"
    assert set(skill.files) == {"SKILL.md", drafted.example_name, "references/runbook.json"}
    assert check_skill(skill.files["SKILL.md"], skill.name) == ()
    assert read_skill_record(skill.files) == (drafted.runbook, drafted.evidence)
    text = skill.files["SKILL.md"]
    assert "> This is a draft: 6 points are open (see *Open questions*)." in text
    assert skill.open_points[0] == "Owner: who keeps this runbook true, and reviews it how often?"
    assert all(f"- {point}" in text for point in skill.open_points)
    front = yaml.safe_load(text.split("---")[1])
    assert front["metadata"]["runlore-state"] == "draft with 6 open points"
    assert front["metadata"]["runlore-source-digest"].startswith("sha256:")


def test_a_finished_runbook_says_what_it_needs(example_text: str) -> None:
    runbook, _ = parse(example_text, "")
    skill = export_skill(runbook, {})
    text = skill.files["SKILL.md"]
    assert check_skill(text, skill.name) == ()
    assert skill.open_points == ()
    assert "This is a draft" not in text
    assert (
        "Owner: `marketing-lead`. Integrations: `instagram-graph` and `crm`. Permissions: `instagram:read`, `instagram:publish` and `crm:write`."
        in text
    )
    assert read_skill_record(skill.files) == (runbook, {})


def test_what_validators_stumble_over_is_taken_out(example_text: str) -> None:
    runbook, _ = parse(example_text, "")
    for description in (
        "Deploy: run <it> --- now, when asked. " * 60,
        'say "x" \\ when: [a, b]',
        "   ",
        "tab\there\nwhen\u200b",
    ):
        odd = replace(runbook, name="Grüße, Welt -- 2", description=description, owner="a: b --- <c>")
        skill = export_skill(odd, {})
        assert skill.name == "gr-e-welt-2"
        assert check_skill(skill.files["SKILL.md"], skill.name) == ()
        assert read_skill_record(skill.files)[0] == odd
    assert skill_name("-" * 70) == "runbook"
    assert skill_name("a" * 63 + "-b") == "a" * 63


def test_a_long_skill_moves_sections_beside_it(example_text: str) -> None:
    runbook, _ = parse(example_text, "")
    long = replace(
        runbook,
        failure_modes=tuple(
            KnownFailure(f"`sign {n}` at step 1", "not known yet", "call the owner of the integration", "1")
            for n in range(400)
        ),
    )
    skill = export_skill(long, {})
    assert count(skill.files["SKILL.md"]) < 5000
    assert "More: [failure modes](references/failure-modes.md)." in skill.files["SKILL.md"]
    assert skill.files["references/failure-modes.md"].startswith("# Failure modes\n\n| Sign |")
    assert read_skill_record(skill.files)[0] == long


GOOD = '---\nname: a-b\ndescription: "What, when."\n---\n\n# A\n'


@pytest.mark.parametrize(
    ("text", "folder", "reference", "creator"),
    [
        (GOOD, "a-b", True, True),
        (GOOD, "other", False, True),
        (GOOD.replace('"What, when."', "Deploy: run it"), "a-b", False, False),
        (GOOD.replace("What", "What ---"), "a-b", False, True),
        (GOOD.replace("What", "<What>"), "a-b", True, False),
        (GOOD.replace("a-b", "ünder"), "ünder", True, False),
        (GOOD.replace("a-b", "a--b"), "a--b", False, False),
        (GOOD.replace("a-b", "-a"), "-a", False, False),
        (GOOD.replace("a-b", "A-b"), "A-b", False, False),
        (GOOD.replace("---\n\n", "version: 1\n---\n\n"), "a-b", False, False),
        (GOOD.replace("---\n\n", "metadata: {a: b}\n---\n\n"), "a-b", False, False),
        (GOOD.replace("---\n\n", 'metadata:\n  version: "1.0"\n---\n\n'), "a-b", True, True),
        (GOOD.replace("---\n\n", "name: a-b\n---\n\n"), "a-b", False, False),
        (GOOD.replace("What", "x" * 1025), "a-b", False, False),
        (GOOD.replace('description: "What, when."\n', ""), "a-b", False, False),
        ("# no frontmatter", "a-b", False, False),
    ],
)
def test_the_validators_rules(text: str, folder: str, reference: bool, creator: bool) -> None:
    assert (check_by_reference(text, folder) == ()) is reference
    assert (check_by_creator(text) == ()) is creator


def test_show_reads_well(example_text: str) -> None:
    shown = show(parse(example_text, "")[0])
    assert shown.startswith(
        "PUBLISH AN INSTAGRAM POST\npublish-instagram-post · owner marketing-lead · team marketing · reviewed 2026-03-02, every 90 days\n"
    )
    assert (
        "  3. Attach the picture\n\n     Tool: instagram.create_media\n       with image_url from input asset_url\n            caption from input caption\n"
        in shown
    )
    assert (
        "  · media type not supported at step 3 (PNG with alpha) → convert to JPEG, try once more; seen twice\n"
        in shown
    )
    assert "`" not in shown
    assert max(map(len, shown.split("\n"))) <= 100
    assert not re.search(r"\n\n\n", shown)


def test_show_follows_each_line_with_its_evidence(cancel_order: Workflow) -> None:
    drafted = draft(cancel_order)

    def place(source: Source) -> str:
        return f"session {source.transcript[7:11]}, line {source.line}"

    shown = show(drafted.runbook, drafted.evidence, place=place)
    assert (
        "            reason from input reason\n              ⟵ 10 of 12 · session aaaa, line 11; session bbbb, line 12\n"
        in shown
    )
    assert (
        "     Approval: the person who asked, over order_id and reason\n       ⟵ 11 of 12 · session aaaa, line 10; session bbbb, line 11\n"
        in shown
    )
    assert shown.count("⟵") == len(drafted.evidence)
    assert "⟵" not in show(drafted.runbook)
    assert "and 10 more" in shown
    assert 'just <b>one</b> item"' in shown


def test_show_makes_hidden_characters_visible(example_text: str) -> None:
    runbook = replace(parse(example_text, "")[0], purpose="a\u202eb\u001b[31m")
    shown = show(runbook)
    assert "\u202e" not in shown
    assert "\u001b" not in shown
    assert "a�b�[31m" in shown
