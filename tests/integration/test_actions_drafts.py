"""What mining wrote is taken into the library once, keeps what people wrote since, and never comes back after it was decided."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from runlore.actions.caller import Caller, open_caller
from runlore.actions.init import init
from runlore.actions.mine import MineRequest, mine
from runlore.actions.offer import main_text
from runlore.actions.proposals import choose_proposals, list_open, withdraw
from runlore.actions.propose import ProposeRequest, propose_bundle
from runlore.actions.publish import Planned, plan_publications, publish
from runlore.actions.read import show_document, show_proposal
from runlore.actions.review import review
from runlore.actions.take_drafts import take_drafts
from runlore.corpus import drafts
from runlore.demo import write_demo
from runlore.model.document import Bundle
from runlore.model.library import Proposal
from runlore.record.principals import get_principal
from runlore.record.requests import list_requests
from runlore.settings import Settings

NAME = "publish-media-on-instagram"
RUNBOOK = f"runbooks/{NAME}"
REWRITTEN = f"""---
name: {NAME}
description: "Publish a picture on Instagram. Use when an issue asks for an Instagram post."
owner: marketing-lead
reviewed: 2026-11-02
review-every: 90 days
---

# Publish a picture on Instagram

## Purpose

An approved picture is live, and the campaign knows its link.

## When to start

- Request: somebody asks for an Instagram post

## Inputs

- `caption` (required): the text

## Prerequisites

- The picture is in the folder of approved pictures

## Steps

### 1. Publish it

- Tool: `mcp__instagram__publish_media`
- With: `caption` from input `caption`
- Stop if: the brand owner rejects it
- Approval: `brand-owner`, over `caption`
- Proof (P2): tool result, `$.permalink` is present

## Proof of completion

- url (P1): the permalink

## What good looks like

- The first line stands on its own

## Failure modes

| Sign | Cause | Recovery | Seen |
| --- | --- | --- | --- |
| `token expired` at step 1 | it lives 60 days | its owner renews it | 4 |

## Escalation

- Step 1 fails twice → `marketing-lead`, within 1 hour
"""
"""What a person makes of the draft who knows the answers to its open questions."""
TICKS = itertools.count(1_790_000_000_000_000, 1_000_000)


def clock() -> int:
    return next(TICKS)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("drafts")
    write_demo(folder / "transcripts")
    settings = Settings(home=folder / "home", user_home=folder / "person", secret="integration tests")
    mine(settings, MineRequest((folder / "transcripts",)))
    init(settings, clock, company="Harbourline", person="Ada")
    return settings


@pytest.fixture
def caller(settings: Settings) -> Iterator[Caller]:
    with open_caller(settings, clock) as caller:
        yield caller


def offered(caller: Caller, document: str) -> Proposal:
    [proposal] = [p for p in list_open(caller) if p.document == document]
    return proposal


def plan(caller: Caller, document: str) -> Planned:
    [planned] = plan_publications(caller, choose_proposals(caller, (document,)))
    return planned


def with_text(bundle: Bundle, text: str) -> Bundle:
    files = (replace(f, content=text.encode()) if f.path == bundle.main else f for f in bundle.files)
    return replace(bundle, files=tuple(files))


def write_draft(settings: Settings, text: str) -> None:
    drafts.draft_path(settings.home, NAME).write_text(text, "utf-8")


def test_init_takes_drafts_with_their_evidence_and_pages_of_facts(caller: Caller) -> None:
    origins = [p.origin for p in list_open(caller)]
    assert origins.count("draft") == 6
    assert 1 <= origins.count("fact") <= 4
    shown = show_proposal(caller, offered(caller, RUNBOOK).number)
    paths = {f.path for f in shown.bundle.files}
    assert {"RUNBOOK.md", "evidence.json"} < paths
    assert any(path.startswith("examples/") for path in paths)
    assert shown.author == "miner"


def test_the_requests_that_a_workflow_served_are_kept_for_the_router(caller: Caller) -> None:
    with caller.record.read() as tx:
        served = list_requests(tx, caller.company, RUNBOOK)
    assert len(served) >= 6
    assert any("instagram" in r.text.lower() for r in served)


def test_taking_them_again_takes_nothing(caller: Caller) -> None:
    before = len(list_open(caller, every=True))
    taken = take_drafts(caller)
    assert (taken.proposals, taken.known) == ((), before)
    assert len(list_open(caller, every=True)) == before


def test_a_draft_with_open_questions_is_not_published(caller: Caller) -> None:
    planned = plan(caller, RUNBOOK)
    assert planned.refused
    assert not planned.self_published
    assert "open-question" in {p.slug for p in planned.problems if p.level == "error"}


def test_a_page_of_facts_is_published_with_a_review_by_the_owner(caller: Caller) -> None:
    [page] = [p for p in list_open(caller) if p.document.startswith("lessons/")]
    done = publish(caller, plan_publications(caller, (page,)))
    assert not done.revisions[0].self_published
    with caller.record.read() as tx:
        assert get_principal(tx, caller.company, done.revisions[0].author).kind == "service"
        assert get_principal(tx, caller.company, done.revisions[0].reviewer).name == "Ada"
    assert take_drafts(caller).proposals == ()


def test_an_edited_draft_makes_the_earlier_proposal_way_and_names_the_person_as_author(
    caller: Caller, settings: Settings
) -> None:
    before = offered(caller, RUNBOOK)
    write_draft(settings, REWRITTEN)
    [proposal] = take_drafts(caller).proposals
    assert proposal.authors[0] == caller.principal.id
    assert len(proposal.authors) == 2
    assert offered(caller, RUNBOOK).number == proposal.number
    assert [p.state for p in list_open(caller, every=True) if p.number == before.number] == ["withdrawn"]


def test_what_people_change_after_publication_stays_when_mining_finds_more(caller: Caller, settings: Settings) -> None:
    planned = plan(caller, RUNBOOK)
    assert [p.message for p in planned.problems if p.level == "error"] == []
    assert publish(caller, (planned,)).revisions[0].self_published
    text = show_document(caller, RUNBOOK).text
    changed = text.replace("within 1 hour", "within 2 hours")
    propose_bundle(caller, RUNBOOK, with_text(show_document(caller, RUNBOOK).bundle, changed), ProposeRequest("Slower"))
    publish(caller, (plan(caller, RUNBOOK),))
    write_draft(settings, REWRITTEN.replace("## Purpose\n", "## Purpose\n\nA line that mining found later.\n"))
    [proposal] = take_drafts(caller).proposals
    assert proposal.base == show_document(caller, RUNBOOK).document.head
    merged = main_text(show_proposal(caller, proposal.number).bundle)
    assert "A line that mining found later." in merged
    assert "within 2 hours" in merged
    assert take_drafts(caller).proposals == ()


def test_where_both_changed_the_same_lines_nothing_is_proposed_and_it_is_said(
    caller: Caller, settings: Settings
) -> None:
    withdraw(caller, offered(caller, RUNBOOK).number)
    write_draft(settings, REWRITTEN.replace("within 1 hour", "within 5 minutes"))
    taken = take_drafts(caller)
    assert taken.proposals == ()
    assert [p.slug for p in taken.problems] == ["draft-not-taken"]


def test_what_was_rejected_does_not_come_back(caller: Caller) -> None:
    [page] = [p for p in list_open(caller) if p.document.startswith("notes/facts")]
    assert review(caller, plan_publications(caller, (page,)), accept=False).rejected == (page,)
    assert take_drafts(caller).proposals == ()
    assert not [p for p in list_open(caller) if p.document == page.document]
