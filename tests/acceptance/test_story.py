"""One story, all the way round, through the real command line over the demo's transcripts.

The steps are tests in the order in which a person takes them; each relies on the home that the earlier ones left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from expected import NO_WORKFLOW, WORKFLOWS
from judging import find_workflow, list_missing
from story import Runlore, make_runlore

from runlore.demo import write_demo

SAID_OTHERWISE = frozenset(
    {
        "release: failure: Unsupported URL Type",  # by the code of the same error, EUNSUPPORTEDPROTOCOL
        "release: recovery: Unauthorized",  # in the person's words: "I logged in again, go on please"
        "restore: recovery: ExpiredToken",  # in the person's words: "done: aws sso login is through"
        "onboarding: recovery: vat_number is required",  # in the person's words, who gave the number
    }
)
"""What mining does find and says in other words than the table of expectations."""

KNOWN_SHORTFALLS = frozenset(
    {
        "onboarding: sessions: 8 of 10",  # the other two rightly did nothing
        "onboarding: input: calendar_book_kickoff starts_at",
        "preference: pnpm, npm",
        "trap: pg_restore, /usr/lib/postgresql/17/bin/pg_restore",
        "trap: pnpm test, pnpm build",
        "preference: sounds like an advertisement",
        "preference: test harbour",
    }
)
"""What mining does not find in the demo yet. Nothing else may be missing; what is found again is to be taken out of here."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("story")


@pytest.fixture(scope="module")
def transcripts(folder: Path) -> Path:
    write_demo(folder / "transcripts")
    return folder / "transcripts"


@pytest.fixture(scope="module")
def runlore(folder: Path) -> Runlore:
    return make_runlore(folder)


@pytest.fixture(scope="module")
def form(runlore: Runlore, transcripts: Path) -> dict[str, Any]:
    mined: dict[str, Any] = runlore("mine", transcripts, "--json").json
    return mined


@pytest.fixture(scope="module")
def names(form: dict[str, Any]) -> dict[str, str]:
    found = {name: find_workflow(form["workflows"], expected) for name, expected in WORKFLOWS.items()}
    return {name: workflow["name"] for name, workflow in found.items() if workflow}


def test_mining_finds_what_was_written_into_the_demo(form: dict[str, Any]) -> None:
    assert set(list_missing(form["workflows"], form["facts"])) - KNOWN_SHORTFALLS - SAID_OTHERWISE == set()


def test_each_kind_of_work_has_a_workflow_of_its_own(names: dict[str, str]) -> None:
    assert sorted(names) == sorted(WORKFLOWS)
    assert len(set(names.values())) == len(names)


def test_every_file_was_read_and_the_torn_line_is_counted(form: dict[str, Any], transcripts: Path) -> None:
    assert {t["file"] for t in form["transcripts"]} == {str(p) for p in transcripts.rglob("*.jsonl")}
    assert sum(t["unreadable"] for t in form["transcripts"]) == 1
    assert form["problems"] == []


def unpacked(data: bytes) -> bytes:
    """The bytes of a file of the home, what is compressed in them unpacked."""
    if not data.startswith(b"\x28\xb5\x2f\xfd"):
        return data
    with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as stream:
        return stream.read()


def test_no_secret_of_the_demo_is_shown_or_kept(runlore: Runlore, form: dict[str, Any], transcripts: Path) -> None:
    text = "\n".join(p.read_text("utf-8") for p in transcripts.rglob("*.jsonl"))
    planted = set(re.findall(r"(?:ghp_|npm_|AKIA|EAAG)[A-Za-z0-9]{16,}|(?<=bookings_admin:)[A-Za-z0-9]{18}", text))
    assert len(planted) >= 5
    kept = [unpacked(p.read_bytes()) for p in runlore.home.rglob("*") if p.is_file()]
    for secret in planted:
        assert secret not in json.dumps(form)
        assert not any(secret.encode() in data for data in kept)


def test_workflows_lists_them_again(runlore: Runlore, form: dict[str, Any], names: dict[str, str]) -> None:
    listed = runlore("workflows", "--json").json
    assert {w["name"] for w in listed} == {w["name"] for w in form["workflows"]}
    table = runlore("workflows").out
    assert all(name in table for name in names.values())


def test_show_gives_each_line_its_evidence(runlore: Runlore, names: dict[str, str]) -> None:
    shown = runlore("show", names["instagram"], "--evidence").out
    assert "mcp__instagram__publish_media" in shown
    assert "of 7 · session" in shown or "of 8 · session" in shown
    as_json = runlore("show", names["instagram"], "--json").json
    assert as_json["evidence"]
    assert runlore("show", names["instagram"], "--raw").out.startswith("---\nname: ")


def test_route_finds_the_work_or_says_that_nothing_fits(runlore: Runlore, names: dict[str, str], folder: Path) -> None:
    queries = [(name, expected.request) for name, expected in WORKFLOWS.items()]
    queries += [(f"none-{number}", words) for number, words in enumerate(NO_WORKFLOW)]
    batch = folder / "queries.jsonl"
    batch.write_text("".join(json.dumps({"query_id": i, "query": q}) + "\n" for i, q in queries), "utf-8")
    answers = {
        row["query_id"]: row["results"] for row in map(json.loads, runlore("route", "--batch", batch).out.splitlines())
    }
    assert set(answers) == {identity for identity, _ in queries}
    right = [name for name in WORKFLOWS if answers[name] and answers[name][0]["name"] == names[name]]
    nothing = [identity for identity, _ in queries if identity.startswith("none-") and not answers[identity]]
    assert len(right) >= 5, answers
    assert len(nothing) >= 3, answers
    first = runlore("route", WORKFLOWS["restore"].request).out
    assert names["restore"] in first.splitlines()[0]


def test_facts_say_what_to_write_down_where(runlore: Runlore) -> None:
    told = runlore("facts").out
    assert "pnpm" in told
    assert "brand/assets/final" in told
    assert {f["kind"] for f in runlore("facts", "--json").json} == {"fact", "trap", "preference"}


def test_the_report_is_one_page_that_asks_for_nothing(runlore: Runlore, folder: Path, names: dict[str, str]) -> None:
    page = folder / "report.html"
    assert str(page) in runlore("report", page, "--date", "2026-11-22").out
    text = page.read_text("utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert "2026-11-22" in text
    assert 'src="http' not in text
    assert "Instagram" in text


def test_a_session_gives_a_provisional_runbook(runlore: Runlore, form: dict[str, Any]) -> None:
    session = next(t["session"] for t in form["transcripts"] if t["format"] == "claude-code" and t["tool_calls"] > 6)
    drafted = runlore("draft", session).out
    assert drafted.startswith("---\nname: ")
    assert "one session" in drafted
    refused = runlore("draft", "no-such-session", code=2)
    assert "There is no session named" in refused.err


def test_drafts_have_no_errors_of_lint(runlore: Runlore, names: dict[str, str]) -> None:
    for name in names.values():
        problems = runlore("lint", name, "--json").json
        assert [p for p in problems if p["level"] == "error"] == []


def test_skills_are_exported_with_what_is_still_open(runlore: Runlore, folder: Path, names: dict[str, str]) -> None:
    said = runlore("export", "skills", folder / "skills").out
    assert "still open" in said
    for name in names.values():
        text = (folder / "skills" / name / "SKILL.md").read_text("utf-8")
        assert text.startswith((f'---\nname: "{name}"', f"---\nname: {name}"))


def test_events_are_exported(runlore: Runlore, folder: Path) -> None:
    runlore("export", "xes", folder / "events.xes")
    assert "<log" in (folder / "events.xes").read_text("utf-8")[:400]
    runlore("export", "parquet", folder / "events.parquet")
    assert (folder / "events.parquet").read_bytes()[:4] == b"PAR1"


def test_a_second_mine_has_nothing_new(runlore: Runlore, transcripts: Path, form: dict[str, Any]) -> None:
    assert "(0 new, " in runlore("mine", transcripts).out
    assert runlore("mine", transcripts, "--json").json == form


def test_a_persons_edit_survives_mining_again(runlore: Runlore, transcripts: Path, names: dict[str, str]) -> None:
    runbook = runlore.home / "drafts" / names["figures"] / "RUNBOOK.md"
    before = runbook.read_text("utf-8")
    edited = before.replace("## Purpose\n", "## Purpose\n\nTell the harbours how their week went, in one message.\n", 1)
    assert edited != before
    runbook.write_text(edited, "utf-8")
    runlore("mine", transcripts)
    assert "Tell the harbours how their week went" in runlore("show", names["figures"], "--raw").out
    assert "edited" in runlore("workflows").out


def test_a_dismissed_workflow_is_hidden_until_it_is_wanted_again(runlore: Runlore, names: dict[str, str]) -> None:
    name = names["figures"]
    runlore("dismiss", name)
    assert name not in {w["name"] for w in runlore("workflows", "--json").json}
    assert name in {w["name"] for w in runlore("workflows", "--all", "--json").json}
    runlore("dismiss", name, "--undo")
    assert name in {w["name"] for w in runlore("workflows", "--json").json}
    assert "Did you mean" in runlore("dismiss", name[:-2], code=2).err


def test_a_forgotten_session_is_gone_and_does_not_come_back(
    runlore: Runlore, transcripts: Path, form: dict[str, Any], names: dict[str, str]
) -> None:
    workflow = next(w for w in form["workflows"] if w["name"] == names["restore"])
    session = workflow["cases"][0]["session"]
    assert "Erased 1 session" in runlore("forget", session).out
    again = runlore("mine", transcripts, "--json").json
    assert session not in json.dumps(again["workflows"])
    assert session not in {t["session"] for t in again["transcripts"]}
    assert any(p["slug"] == "forgotten" for p in again["problems"])


def test_doctor_finds_all_well(runlore: Runlore) -> None:
    findings = runlore("doctor", "--json").json
    assert all(finding["ok"] for finding in findings)
    assert {"runlore", "home", "corpus", "git"} <= {finding["name"] for finding in findings}


@pytest.fixture(scope="module", autouse=True)
def _nothing_beside_the_home(folder: Path) -> Iterator[None]:
    """Nothing is written outside the home and what the tests name."""
    yield
    assert list((folder / "person").iterdir()) == []
