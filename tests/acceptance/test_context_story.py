"""A leader gives work its context, through the real command line: import a library and a tracker's issues, search, assign, publish, close.

The steps are tests in the order in which a company takes them; each relies on the home that the earlier ones left.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from story import Runlore, make_runlore

from runlore.context.packing.pack import with_margin
from runlore.runbooks.tokens import count

EXAMPLES = Path(__file__).parents[2] / "examples"
INSTAGRAM = "runbooks/publish-instagram-post"


def schema(name: str) -> Any:
    return json.loads((resources.files("runlore") / "schemas" / f"{name}.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def runlore(tmp_path_factory: pytest.TempPathFactory) -> Runlore:
    """A home in which the example company has been imported and published, and its tracker's issues taken in."""
    made = make_runlore(tmp_path_factory.mktemp("context"))
    made("init", "--company", "Harbourline", "--as", "Mara")
    made("import", EXAMPLES / "acme", "--publish")
    made("issue", "import", EXAMPLES / "issues.json")
    return made


def pack_of(runlore: Runlore, *words: object) -> Any:
    pack = runlore("context", *words, "--json").json
    jsonschema.validate(pack, schema("pack"))
    assert with_margin(count(pack["markdown"])) == pack["receipt"]["tokens"] <= pack["receipt"]["budget"]
    return pack


def forms(pack: Any) -> dict[tuple[str, str], str]:
    return {(item["document"], item["section"]): item["form"] for item in pack["items"]}


def test_search_finds_by_words_and_says_why(runlore: Runlore) -> None:
    answer = runlore("search", "put a picture on our instagram account", "--json").json
    jsonschema.validate(answer, schema("search"))
    first = answer["results"][0]
    assert first["name"] == INSTAGRAM
    assert first["shelf"] == "runbooks"
    assert 0 < first["score"] <= 1
    assert first["why"]
    assert INSTAGRAM in runlore("search", "put a picture on our instagram account").out


def test_search_can_be_kept_to_a_shelf_and_to_a_number(runlore: Runlore) -> None:
    answer = runlore("search", "instagram", "--shelf", "skills", "--limit", "1", "--json").json
    assert [hit["name"] for hit in answer["results"]] == ["skills/instagram"]
    assert "There is no shelf 'shelves'" in runlore("search", "x", "--shelf", "shelves", code=2).err


def test_search_says_when_nothing_fits(runlore: Runlore) -> None:
    assert runlore("search", "replace the carburettor of a lawn mower", "--json").json["results"] == []
    assert runlore("search", "replace the carburettor of a lawn mower").out.startswith("Nothing fits.")


def test_search_answers_a_batch_line_by_line(runlore: Runlore, tmp_path: Path) -> None:
    batch = tmp_path / "queries.jsonl"
    batch.write_text(
        '{"query_id": "a", "query": "bring a nightly backup back beside production"}\n{"query_id": "b", "query": "knit a pullover"}\n'
    )
    rows = [json.loads(line) for line in runlore("search", "--batch", batch, "--json").out.splitlines()]
    assert [row["query_id"] for row in rows] == ["a", "b"]
    assert rows[0]["results"][0]["name"] == "runbooks/restore-database"
    assert rows[1]["results"] == []
    by_words = runlore("search", "--batch", batch, "--lexical").out.splitlines()
    assert json.loads(by_words[0])["results"][0]["name"] == "runbooks/restore-database"


def test_an_import_of_issues_is_linked_both_ways_and_doubles_nothing(runlore: Runlore) -> None:
    assert runlore("issue", "import", EXAMPLES / "issues.json").out == "3 issues read, 3 unchanged.\n"
    shown = runlore("issue", "show", "https://github.example/harbourline/office/issues/118", "--json").json
    jsonschema.validate(shown, schema("issue"))
    assert (shown["number"], shown["key"]) == (1, "harbourline/office#118")
    assert {"name": "Campaign", "value": "Berth Map Launch"} in shown["fields"]
    assert runlore("issue", "show", "harbourline/office#118", "--link-back").out == shown["link_back"] + "\n"
    assert "runlore context 1" in shown["link_back"]


def test_the_pack_of_an_issue_holds_what_belongs_to_its_runbook(runlore: Runlore) -> None:
    pack = pack_of(runlore, 1)
    assert pack["runbook"] == INSTAGRAM
    inside = forms(pack)
    assert inside[INSTAGRAM, "Runbook"] == "whole"
    assert (INSTAGRAM, "What good looks like") in inside
    assert (INSTAGRAM, "Example") in inside
    assert inside["skills/instagram", "Skills"] == "whole"
    assert {d for d, s in inside if s == "Integrations"} == {
        "integrations/instagram-graph",
        "integrations/drive",
        "integrations/crm",
    }
    assert {"brand/voice", "brand/content-pillars"} <= {d for d, s in inside if s == "What the steps name"}
    voice = next(item for item in pack["items"] if item["document"] == "brand/voice")
    assert "prerequisite 2 names it" in voice["why"]
    assert all(item["revision"].startswith("sha256:") for item in pack["items"])
    assert "health unknown, nobody has checked" in pack["markdown"]


def test_what_the_issue_gives_stands_in_the_steps(runlore: Runlore) -> None:
    pack = pack_of(runlore, 1)
    assert '- With: `name` = "Berth Map Launch" (from the issue)' in pack["markdown"]
    assert {given["name"] for given in pack["inputs"]["given"]} == {"picture", "caption", "campaign"}
    assert pack["inputs"]["missing"] == []


def test_what_the_issue_does_not_give_has_to_be_asked_for(runlore: Runlore) -> None:
    pack = pack_of(runlore, "Please put a picture on our Instagram account")
    assert pack["runbook"] == INSTAGRAM
    assert [missing["name"] for missing in pack["inputs"]["missing"]] == ["picture", "caption", "campaign"]
    assert "To ask for, because the issue does not say it:" in pack["markdown"]


def test_a_customer_that_the_issue_names_is_in_the_pack(runlore: Runlore) -> None:
    visby = next(i for i in pack_of(runlore, 3)["items"] if i["document"] == "customers/visby-gasthamn")
    assert "the issue's field Customer names it" in visby["why"]


def test_nothing_fits_stays_nothing(runlore: Runlore) -> None:
    pack = pack_of(runlore, "replace the carburettor of a lawn mower")
    assert pack["runbook"] is None
    assert [item for item in pack["items"] if item["kind"] == "runbook"] == []
    assert "Nothing fits: no runbook of the library is for this." in pack["markdown"]


@pytest.mark.parametrize("budget", [200, 350, 600, 1000, 1500, 2500])
def test_a_pack_is_never_over_its_budget(runlore: Runlore, budget: int) -> None:
    pack = pack_of(runlore, 1, "--budget", budget)
    assert pack["receipt"]["tokens"] <= budget
    assert pack["runbook"] == INSTAGRAM
    out = runlore("context", 1, "--budget", budget).out
    assert out == pack["markdown"]
    assert f"of {budget} tokens" in out
    accounted = {i["document"] for i in pack["items"]} | {left["document"] for left in pack["receipt"]["left_out"]}
    assert {INSTAGRAM, "skills/instagram", "brand/voice", "integrations/crm"} <= accounted


def test_a_budget_that_is_too_small_is_refused(runlore: Runlore) -> None:
    assert "A budget of 150 tokens is too small" in runlore("context", 1, "--budget", 150, code=2).err


def test_the_leader_looks_adjusts_and_pins(runlore: Runlore) -> None:
    shown = runlore("assign", 1, "--to", "agent", "--show").out
    assert INSTAGRAM in shown
    assert runlore("issue", "show", 1, "--json").json["worker"] is None
    given = runlore(
        "assign", 1, "--to", "agent", "--skill", "linkedin", "--document", "notes/where-things-are",
        "--without", "brand/content-pillars", "--budget", 3500, "--json",
    ).json  # fmt: skip
    assert given["assignment"] == 1
    documents = {item["document"] for item in given["pack"]["items"]}
    assert {"skills/linkedin", "notes/where-things-are"} <= documents
    assert "brand/content-pillars" not in documents
    reasons = {left["document"]: left["reason"] for left in given["pack"]["receipt"]["left_out"]}
    assert reasons["brand/content-pillars"] == "left out by the leader"
    assert runlore("issue", "show", 1, "--json").json["worker"] == "agent"
    assert "agent" in runlore("issue", "list").out


def test_a_later_revision_does_not_change_a_given_pack(runlore: Runlore, tmp_path: Path) -> None:
    before = pack_of(runlore, 1)
    voice = (EXAMPLES / "acme" / "brand" / "voice.md").read_text("utf-8") + "\nNever on a Sunday.\n"
    changed = tmp_path / "brand" / "voice.md"
    changed.parent.mkdir()
    changed.write_text(voice, "utf-8")
    runlore("import", tmp_path / "brand", "--shelf", "brand", "--publish")
    after = pack_of(runlore, 1)
    assert after["markdown"] == before["markdown"]
    assert (before["moved"], after["moved"]) == ([], ["brand/voice"])
    assert "Moved on since: brand/voice." in runlore("context", 1).err
    assert "Never on a Sunday." in pack_of(runlore, 1, "--fresh")["markdown"]
    smaller = pack_of(runlore, 1, "--budget", 900)
    assert smaller["receipt"]["budget"] == 900
    assert "Never on a Sunday." not in smaller["markdown"]


def test_an_agent_reads_its_context_and_may_not_assign(runlore: Runlore) -> None:
    token = (runlore.home / "credentials" / "agent").read_text("ascii").strip()
    assert "publish" in runlore("context", 1, RUNLORE_TOKEN=token).out
    refused = runlore("assign", 2, "--to", "agent", code=2, RUNLORE_TOKEN=token).err
    assert "may not assign an issue" in refused
    assert "may not close issue 2" in runlore("issue", "close", 2, code=2, RUNLORE_TOKEN=token).err


def test_a_finished_issue_teaches_search_what_its_runbook_is_for(runlore: Runlore) -> None:
    words = "the quarterly krill bulletin needs its usual plankton treatment"
    assert runlore("search", words, "--json").json["results"] == []
    number = runlore("issue", "new", words, "--json").json["number"]
    runlore("assign", number, "--to", "agent", "--runbook", "release-package", "--json")
    closed = runlore("issue", "close", number, "--done", "--json").json
    assert (closed["outcome"], closed["served_by"]) == ("done", "runbooks/release-package")
    assert runlore("search", words, "--json").json["results"][0]["name"] == "runbooks/release-package"
    assert f"Issue {number} is closed already." in runlore("issue", "close", number, code=2).err


def test_issues_are_written_by_hand_with_fields_and_secrets_stay_out(runlore: Runlore, tmp_path: Path) -> None:
    body = tmp_path / "body.md"
    body.write_text("Day: 2026-03-30\n\nUse AKIAQ3EGPZ5XJ7WVB2LM for it.\n")
    made = runlore(
        "issue", "new", "Bookings of the thirtieth", "--body", body, "--field", "customer=Marina Skagen", "--label", "restore",
        "--json",
    )  # fmt: skip
    issue = made.json
    jsonschema.validate(issue, schema("issue"))
    assert {"name": "customer", "value": "Marina Skagen"} in issue["fields"]
    assert {"name": "Day", "value": "2026-03-30"} in issue["fields"]
    assert "AKIAQ3EGPZ5XJ7WVB2LM" not in made.out
    assert "secret-replaced" in made.err
    pack = pack_of(runlore, issue["number"])
    assert pack["runbook"] == "runbooks/restore-database"
    assert "bookings-2026-03-30.dump" not in json.dumps(pack["inputs"])
    assert "s3://harbourline-backups/bookings/bookings-2026-03-30.dump" in pack["markdown"]
    assert "customers/marina-skagen" in {item["document"] for item in pack["items"]}


def test_what_is_no_issue_is_refused_with_one_message(runlore: Runlore, tmp_path: Path) -> None:
    assert "An issue needs a title" in runlore("issue", "new", "  ", code=2).err
    assert "has no value: write --field name=value" in runlore("issue", "new", "x", "--field", "y", code=2).err
    assert "is no web address of an issue" in runlore("issue", "new", "x", "--url", "javascript:alert(1)", code=2).err
    assert "There is no issue named '999'" in runlore("context", 999, code=2).err
    other = tmp_path / "other.json"
    other.write_text("{")
    assert runlore("issue", "import", other, code=1).err.strip()


def test_an_issue_of_our_own_is_linked_and_then_follows_its_tracker(runlore: Runlore, tmp_path: Path) -> None:
    number = runlore("issue", "new", "Paint the office", "--json").json["number"]
    url = "https://github.example/harbourline/office/issues/200"
    assert f"Issue {number} of" not in runlore("issue", "link", number, url).err
    export = tmp_path / "export.json"
    row = {"number": 200, "title": "Paint the office blue", "body": "", "labels": [], "url": url, "state": "OPEN"}
    export.write_text(json.dumps([row]))
    assert "changed: " in runlore("issue", "import", export).out
    assert runlore("issue", "show", number, "--json").json["title"] == "Paint the office blue"
    export.write_text(json.dumps([{**row, "state": "CLOSED"}]))
    runlore("issue", "import", export)
    assert runlore("issue", "show", number, "--json").json["state"] == "closed"


def test_a_new_worker_is_told_where_to_start(runlore: Runlore) -> None:
    pack = runlore("onboard", "agent", "--json").json
    jsonschema.validate(pack, schema("pack"))
    assert pack["receipt"]["tokens"] == with_margin(count(pack["markdown"])) <= 3000
    by_section: dict[str, set[str]] = {}
    for item in pack["items"]:
        by_section.setdefault(item["section"], set()).add(item["document"])
    assert by_section["Who we are"] == {"strategy/who-we-are"}
    assert "strategy/goals-2026" in by_section["What matters"]
    assert "notes/where-things-are" in by_section["Where things are"] | by_section.get("Which repository", set())
    assert "notes/how-approvals-work" in by_section["How approvals work"]
    assert "`brand-owner` is asked in `runbooks/publish-instagram-post`" in pack["markdown"]
    assert "- `runbooks/restore-database`: Restore the bookings database" in pack["markdown"]
    small = runlore("onboard", "somebody new", "--budget", 400, "--json").json
    assert small["receipt"]["tokens"] <= 400
    assert "There is no team named 'sailing'" in runlore("onboard", "agent", "--team", "sailing", code=2).err


def test_a_note_is_a_proposal_until_it_is_accepted(runlore: Runlore) -> None:
    token = (runlore.home / "credentials" / "agent").read_text("ascii").strip()
    words = "The zebra crossing on pier nine floods at spring tide."
    offered = runlore("note", words, "--title", "Pier nine", "--issue", 1, "--json", RUNLORE_TOKEN=token).json
    (proposal,) = offered["proposals"]
    assert proposal["document"] == "notes/pier-nine"
    assert runlore("search", "zebra crossing flood", "--json").json["results"] == []
    again = runlore("note", words, "--title", "Pier nine", "--issue", 1, "--json", RUNLORE_TOKEN=token).json
    assert again["proposals"][0]["number"] == proposal["number"]
    runlore("publish", "notes/pier-nine", "--yes")
    assert runlore("search", "zebra crossing flood", "--json").json["results"][0]["name"] == "notes/pier-nine"
    more = runlore("note", "It is closed in March.", "--title", "Pier nine", "--json").json
    runlore("publish", str(more["proposals"][0]["number"]), "--yes")
    text = runlore("show", "notes/pier-nine").out
    assert "spring tide" in text
    assert "closed in March" in text
    assert runlore("note", "It is closed in March.", "--title", "Pier nine", "--json").json["unchanged"] == [
        "notes/pier-nine"
    ]


def test_a_teams_own_runbook_wins_for_its_members(runlore: Runlore, tmp_path: Path) -> None:
    runlore("team", "add", "marketing")
    own = tmp_path / "runbooks" / "publish-instagram-post"
    own.mkdir(parents=True)
    text = (EXAMPLES / "acme" / "runbooks" / "publish-instagram-post" / "RUNBOOK.md").read_text("utf-8")
    own.joinpath("RUNBOOK.md").write_text(
        text.replace("Get an approved picture and caption live", "Marketing gets it live")
        .replace("- Accepted: `examples/2026-03-10-night-harbour.md`\n", "")
        .replace("## Examples\n\n- `examples/2026-03-10-night-harbour.md`", "## Further\n\n- nothing"),
        "utf-8",
    )
    runlore("import", tmp_path / "runbooks", "--team", "marketing", "--shelf", "runbooks", "--publish")
    words = "put a picture on our instagram account"
    assert pack_of(runlore, words)["runbook"] == INSTAGRAM
    assert "There is no team named 'sailing'" in runlore("context", words, "--team", "sailing", code=2).err
    member = pack_of(runlore, words, "--team", "marketing")
    assert member["runbook"] == f"marketing:{INSTAGRAM}"
    assert "Marketing gets it live" in member["markdown"]


def test_exports_are_for_agents_of_any_host(runlore: Runlore, tmp_path: Path) -> None:
    runlore("export", "skills", tmp_path / "skills")
    assert (tmp_path / "skills" / "publish-instagram-post" / "SKILL.md").exists()
    original = EXAMPLES / "acme" / "skills" / "instagram" / "SKILL.md"
    assert (tmp_path / "skills" / "instagram" / "SKILL.md").read_bytes() == original.read_bytes()
    assert "find_context" in (tmp_path / "skills" / "runlore" / "SKILL.md").read_text("utf-8")
    runlore("export", "sop", tmp_path / "sop", "--name", "restore-database")
    assert (tmp_path / "sop" / "restore-database.sop.md").exists()
    agents = tmp_path / "AGENTS.md"
    agents.write_text("# Ours\n\nUse pnpm.\n")
    runlore("export", "agents-md", agents)
    runlore("export", "agents-md", tmp_path)
    passage = agents.read_text("utf-8")
    assert passage.startswith("# Ours\n\nUse pnpm.\n\n<!-- runlore:begin -->")
    assert passage.count("<!-- runlore:begin -->") == 1
    assert "`runbooks/restore-database`" in passage
    assert "--name chooses documents" in runlore("export", "dataset", tmp_path, "--name", "x", code=2).err


def test_the_dataset_holds_the_pack_that_was_given(runlore: Runlore, tmp_path: Path) -> None:
    told = runlore("export", "dataset", tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "dataset.jsonl").read_text("utf-8").splitlines()]
    assert told.out.startswith(f"Wrote {len(rows)} row")
    for row in rows:
        jsonschema.validate(row, schema("dataset"))
        jsonschema.validate(row["pack"], schema("pack"))
    (done,) = (row for row in rows if "krill bulletin" in row["request"])
    assert done["pack"]["runbook"] == "runbooks/release-package"
    assert (done["outcome"], done["run"]) == ("done", None)


def test_the_dataset_holds_the_runs_that_went_well(tmp_path: Path) -> None:
    """Mined cases of a workflow whose runbook is published, each with the context that it would have had."""
    runlore = make_runlore(tmp_path)
    runlore("mine", Path(__file__).parent / "golden" / "orders.jsonl")
    (workflow,) = runlore("workflows", "--json").json
    good = [case for case in workflow["cases"] if case["good"]]
    assert good
    runlore("init")
    own = tmp_path / f"{workflow['name']}.md"
    own.write_text("# Cancel an order\n\n## Steps\n\n1. Look the order up\n2. Cancel it\n")
    runlore("import", own, "--shelf", "runbooks", "--publish")
    told = runlore("export", "dataset", tmp_path / "set")
    rows = [json.loads(line) for line in (tmp_path / "set" / "dataset.jsonl").read_text("utf-8").splitlines()]
    assert told.out == f"Wrote {len(good)} rows to {tmp_path / 'set' / 'dataset.jsonl'}, {len(good)} with a run.\n"
    for row, case in zip(rows, good, strict=True):
        jsonschema.validate(row, schema("dataset"))
        assert row["pack"]["runbook"] == f"runbooks/{workflow['name']}"
        assert row["run"]["session"] == case["session"]
        assert row["outcome"] == "good"
        assert row["request"]
        assert "cancel_order" in {event.get("tool") for event in row["run"]["events"]}
