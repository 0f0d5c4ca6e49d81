"""The door for agents, tried with a real client of the official SDK over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runlore.actions.caller import credential_file
from runlore.runbooks.tokens import count
from runlore.settings import Settings

mcp = pytest.importorskip("mcp", reason="the extra `server` is not installed")
from mcp.client.stdio import stdio_client  # noqa: E402 — behind the check that it is there

ACME = Path(__file__).parents[2] / "examples" / "acme"


def runlore(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runlore", *words],
        env={**os.environ, "RUNLORE_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    place = tmp_path_factory.mktemp("door")
    assert runlore(place, "init", "--company", "Harbourline").returncode == 0
    done = runlore(place, "import", str(ACME), "--publish")
    assert done.returncode == 0, done.stderr
    return place


def ask(home: Path, *calls: tuple[str, dict], **environment: str):
    """Open the door as a client does, make the calls in order, and give their results."""
    server = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "runlore", "mcp"],
        env={**os.environ, "RUNLORE_HOME": str(home), **environment},
    )

    async def talk():
        async with mcp.Client(stdio_client(server)) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(talk())


def test_the_tools_say_what_they_are_for_what_they_take_and_whether_they_change_anything(home):
    server = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "runlore", "mcp"], env={**os.environ, "RUNLORE_HOME": str(home)}
    )

    async def look():
        async with mcp.Client(stdio_client(server)) as client:
            return client.instructions, (await client.list_tools()).tools

    instructions, tools = asyncio.run(look())
    assert "find_context" in instructions
    reads = {t.name: t.annotations.read_only_hint for t in tools}
    assert (
        reads.items() >= {"find_context": True, "search": True, "read": True, "propose": False, "note": False}.items()
    )
    for tool in tools:
        assert tool.description
        assert tool.output_schema["type"] == "object"
        assert all(
            "description" in p or "default" in p or "minLength" in p for p in tool.input_schema["properties"].values()
        )


def test_context_gives_the_runbook_that_fits_within_its_budget_and_the_receipt(home):
    words = "Please publish the fog picture on Instagram for the campaign Berth Map Launch"
    (found,) = ask(home, ("find_context", {"request": words, "budget": 3000}))
    context = found.structured_content
    assert not found.is_error
    assert context["runbook"] == "runbooks/publish-instagram-post"
    assert "mcp__instagram__publish_media" in context["text"]
    assert count(context["text"]) <= context["tokens"] <= 3000
    assert {part["document"] for part in context["parts"]} >= {"runbooks/publish-instagram-post"}
    assert all(part["why"] for part in context["parts"])


def test_nothing_fits_is_an_answer(home):
    context, found = ask(
        home,
        ("find_context", {"request": "Bake a sourdough bread with rye and caraway"}),
        ("search", {"query": "sourdough bread with rye and caraway"}),
    )
    assert context.structured_content["runbook"] == ""
    assert found.structured_content == {"results": [], "nothing_fits": True}


def test_search_says_why_and_keeps_to_a_shelf(home):
    (found,) = ask(home, ("search", {"query": "captions that were rejected", "shelf": "lessons", "limit": 2}))
    results = found.structured_content["results"]
    assert results[0]["name"] == "lessons/captions"
    assert {r["shelf"] for r in results} == {"lessons"}
    assert all(r["why"] for r in results)


def test_a_document_is_read_in_pages_that_make_up_its_text(home):
    text, line = "", 1
    while line:
        (answer,) = ask(home, ("read", {"name": "publish-instagram-post", "line": line, "budget": 700}))
        leaf = answer.structured_content
        assert leaf["tokens"] <= 700
        text += leaf["text"]
        line = leaf["next_line"]
    assert text == (ACME / "runbooks/publish-instagram-post/RUNBOOK.md").read_text("utf-8")
    assert leaf["files"] == ["examples/2026-03-10-night-harbour.md"]
    assert "skill skills/instagram" in leaf["links"]
    (example,) = ask(home, ("read", {"name": "runbooks/publish-instagram-post", "file": leaf["files"][0]}))
    assert "camp_5521" in example.structured_content["text"]


def test_a_proposal_waits_for_a_person_and_serves_nobody_before(home):
    read, proposed, again = ask(
        home,
        ("read", {"name": "notes/weekly-figures"}),
        (
            "propose",
            {"name": "notes/weekly-figures", "text": "# Weekly figures\n\nOn Tuesday.\n", "reason": "It moved."},
        ),
        ("read", {"name": "notes/weekly-figures"}),
    )
    offered = proposed.structured_content
    assert offered["state"] == "open" and offered["proposal"] > 0
    assert again.structured_content == read.structured_content
    listed = json.loads(runlore(home, "proposals", "--json").stdout)
    assert [p["document"] for p in listed if p["number"] == offered["proposal"]] == ["notes/weekly-figures"]
    token = credential_file(Settings(home, home), "agent").read_text().strip()
    refused = runlore(home, "review", str(offered["proposal"]), "--accept", RUNLORE_TOKEN=token)
    assert refused.returncode == 2, refused
    accepted = runlore(home, "review", str(offered["proposal"]), "--accept", "--comment", "Yes.")
    assert accepted.returncode == 0, accepted.stderr
    (after,) = ask(home, ("read", {"name": "notes/weekly-figures"}))
    assert "On Tuesday." in after.structured_content["text"]
    assert after.structured_content["number"] == read.structured_content["number"] + 1


def test_who_wrote_from_an_older_revision_is_told_so_and_nothing_is_kept(home):
    before = runlore(home, "proposals", "--json").stdout
    (refused,) = ask(
        home,
        (
            "propose",
            {"name": "brand/voice", "text": "# Voice\n\nLoud.\n", "reason": "x", "base": "sha256:" + "0" * 64},
        ),
    )
    assert refused.is_error and "Read it again" in refused.content[0].text
    assert runlore(home, "proposals", "--json").stdout == before


def test_a_note_goes_to_its_shelf_as_a_proposal_and_a_secret_in_it_never_does(home):
    planted = "gh" + "p_" + "A1b2C3d4E5f6G7h8I9j0" * 2
    text = f"The night guard's page is at /nights; it was opened with {planted[:40]}."
    (noted,) = ask(
        home, ("note", {"text": text, "title": "Night guard", "about": "marina-skagen", "shelf": "customers"})
    )
    offered = noted.structured_content
    assert offered["document"] == "customers/night-guard"
    assert any("secret" in problem for problem in offered["problems"])
    shown = runlore(home, "proposal", "show", str(offered["proposal"])).stdout
    assert "night guard's page" in shown and "customers/marina-skagen" in shown
    assert all(planted[:40].encode() not in f.read_bytes() for f in home.rglob("*") if f.is_file())


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("read", {"name": "brand/voise"}, "brand/voice"),
        ("read", {"name": "brand/logo", "file": "../../../record.sqlite3"}, "logo.md"),
        ("propose", {"name": "nowhere/x", "text": "x", "reason": "x"}, "strategy"),
        ("propose", {"name": "notes/../../x", "text": "x", "reason": "x"}, "notes"),
        ("propose", {"name": "notes/Ünder Score", "text": "x", "reason": "x"}, "a–z"),
        ("note", {"text": "x", "shelf": "nowhere"}, "strategy"),
        ("find_context", {"request": " "}, "what"),
        ("search", {"query": "x", "shelf": "nowhere"}, "strategy"),
    ],
)
def test_what_cannot_be_is_refused_in_one_message_that_says_what_to_do(home, tool, arguments, said):
    (answer,) = ask(home, (tool, arguments))
    assert answer.is_error
    message = answer.content[0].text
    assert said in message
    assert "Traceback" not in message


def test_the_door_is_no_way_to_act_as_a_person(home):
    token = credential_file(Settings(home, home), "owner").read_text().strip()
    done = runlore(home, "mcp", RUNLORE_TOKEN=token)
    assert done.returncode == 2
    assert "a person's" in done.stderr
    unknown = runlore(home, "mcp", RUNLORE_TOKEN="rlt_nobody")
    assert unknown.returncode == 2 and "knows nobody" in unknown.stderr


def test_before_init_the_door_says_what_to_do(tmp_path):
    done = runlore(tmp_path, "mcp")
    assert done.returncode in (1, 2)
    assert "runlore init" in done.stderr


def test_an_agent_follows_a_runbook_through_the_door_and_a_person_stays_in_charge(home, tmp_path):
    fields = ("--field", "day=2026-03-10", "--field", "customer=Visby")
    made = runlore(home, "issue", "new", "Restore the bookings of 10 March", "--label", "restore", "--json", *fields)
    issue = json.loads(made.stdout)["number"]
    assert (
        runlore(home, "assign", str(issue), "--to", "agent", "--runbook", "restore-database", "--yes").returncode == 0
    )
    set_ = {"AWS_PROFILE": "x", "PGPASSFILE": "x"}
    (work, blocked) = ask(home, ("my_work", {}), ("start_run", {"issue": str(issue)}), **set_)
    assert [w["issue"] for w in work.structured_content["work"]] == [issue]
    run = blocked.structured_content
    assert run["state"] == "running" and run["runbook"] == "runbooks/restore-database"
    assert run["ready"][0]["tool"] == "Bash"
    number, fence = run["run"], run["fence"]
    refused, early, skipped = ask(
        home,
        ("report_step", {"run": number, "step": 1, "outcome": "done", "fence": fence}),
        ("report_step", {"run": number, "step": 3, "outcome": "done", "fence": fence}),
        ("report_step", {"run": number, "step": 2, "outcome": "skipped", "fence": fence, "why": ""}),
    )
    assert [a.structured_content["accepted"] for a in (refused, early, skipped)] == [False, False, False]
    assert any("proof-missing" in p for p in refused.structured_content["problems"])
    assert any("step-early" in p for p in early.structured_content["problems"])
    claimed, yes, stale, asked = ask(
        home,
        ("attach_proof", {"run": number, "step": 1, "kind": "person", "value": "Ingmar nodded", "fence": fence}),
        ("request_approval", {"run": number, "step": 1, "fence": fence}),
        ("report_step", {"run": number, "step": 1, "outcome": "failed", "why": "x", "fence": fence + 1}),
        ("escalate", {"run": number, "step": 1, "question": "The list is empty. Which bucket?"}),
    )
    assert claimed.is_error and "own credential" in claimed.content[0].text
    assert yes.is_error and "no approval" in yes.content[0].text
    assert stale.is_error and "Nothing was written" in stale.content[0].text
    assert asked.structured_content["state"] == "open"
    answered = runlore(
        home, "answer", str(asked.structured_content["escalation"]), "The", "one", "in", "the", "runbook."
    )
    assert answered.returncode == 0, answered.stderr
    again, failed, ended, debrief = ask(
        home,
        ("my_work", {}),
        (
            "report_step",
            {"run": number, "step": 1, "outcome": "failed", "why": "NoSuchBucket", "fence": fence, "key": "k1"},
        ),
        ("finish_run", {"run": number, "fence": fence, "outcome": "failed", "why": "there is no such bucket"}),
        ("answer_debrief", {"run": number, "answers": {"else-changed": "The bucket was renamed."}}),
    )
    assert "The one in the runbook." in again.structured_content["answered"][0]
    assert failed.structured_content["accepted"]
    assert ended.structured_content["state"] == "failed"
    told = debrief.structured_content
    assert "NoSuchBucket" in told["answers"]["step-failed"]
    assert "renamed" in told["answers"]["else-changed"]
    assert told["proposals"]
