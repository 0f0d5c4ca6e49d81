"""The library from its first day on, through the real command line: init, import, read, propose, review, publish, roll back, verify, back up.

The steps are tests in the order in which a company takes them; each relies on the home that the earlier ones left.
"""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from story import Answer, Runlore, make_runlore

VOICE = """---
title: Our voice
owner: brand-owner
last_reviewed_on: 2026-03-02
review_in: 6 months
---

# Our voice

We write as we speak: short and plain.

We never promise a date.
"""
RESTART = """# Restart the harbour API

## Prerequisites

- Access to the cluster

## Steps

1. Look at the dashboard
2. Restart the deployment
3. Check that it answers

## Escalation

Ask the platform team.
"""
SKILL = """---
name: harbour-post
description: Write a post for the harbour's channels. Use when somebody asks for a post.
---

# Harbour post

See [the voice](references/voice.txt).
"""
RUNBOOK = """---
name: announce-a-berth
description: "Announce a free berth. Use when a berth becomes free."
owner: marketing-lead
skills:
  - harbour-post
reviewed: 2026-03-02
review-every: 90 days
---

# Announce a free berth

## Purpose

A free berth is known within the hour.

## When to start

- Request: a berth becomes free

## Inputs

- `berth` (required): its number

## Prerequisites

- Document `brand/voice` has been read

## Steps

### 1. Write the post

- Tool: `posts.create`
- With: `berth` from input `berth`
- Stop if: the berth is taken again
- Approval: `brand-owner`, over `berth`
- Proof (P2): tool result, `$.id` is present
- If it fails: `Unauthorized` → ask the owner of the channel, then stop

## Proof of completion

- url (P1): the post

## What good looks like

- One sentence, one picture

## Failure modes

| Sign | Cause | Recovery | Seen |
| --- | --- | --- | --- |
| `Unauthorized` at step 1 | the token is old | renew it | 2 |

## Escalation

- Step 1 fails twice → `marketing-lead`, within 1 hour
"""
SECRET = "ghp_" + "q7w2e9r4t1y8u3i0p5a6s2d9f4g7h1j8k2l5"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def runlore(folder: Path) -> Runlore:
    return make_runlore(folder)


@pytest.fixture(scope="module")
def company(folder: Path) -> Path:
    """What the company has before it has Runlore."""
    files = {
        "brand/voice.md": VOICE,
        "notes/harbour-wifi.md": "# The harbour's wifi\n\nThe guest network is called Quay.\n",
        "howto/restart-api.md": RESTART,
        "skills/harbour-post/SKILL.md": SKILL,
        "skills/harbour-post/references/voice.txt": "plain\n",
    }
    for path, text in files.items():
        (folder / "company" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "company" / path).write_text(text, "utf-8")
    return folder / "company"


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    return {}


def act(runlore: Runlore, token: str):
    """The command line of another principal, who has nothing but a credential."""
    return lambda *words, code=0: runlore(*words, code=code, RUNLORE_TOKEN=token)


def proposals(runlore: Runlore, document: str = "") -> list[dict[str, Any]]:
    return [p for p in runlore("proposals", "--json").json if document in ("", p["document"])]


def outcomes(answer: Answer) -> dict[str, str]:
    return {d["id"]: d["outcome"] for d in answer.json["documents"]}


def test_nothing_is_read_before_there_is_a_record(runlore: Runlore, company: Path) -> None:
    assert "Run `runlore init` first" in runlore("list", code=2).err
    assert "Run `runlore init` first" in runlore("import", company, code=2).err
    assert "Run `runlore mine` first" in runlore("show", "voice", code=2).err


def test_init_makes_record_library_and_credentials(runlore: Runlore) -> None:
    told = runlore("init", "--company", "Harbourline", "--as", "Ada").out
    assert "Harbourline" in told
    assert "runlore import PATH --publish" in told
    assert (runlore.home / "library" / "README.md").is_file()
    assert {p.name for p in (runlore.home / "library").iterdir()} >= {"brand", "runbooks", "skills", "integrations"}
    for name in ("owner", "agent"):
        mode = (runlore.home / "credentials" / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_init_again_makes_nothing_twice(runlore: Runlore) -> None:
    again = runlore("init", "--json").json
    assert (again["created"], again["owner"], again["proposals"]) == (False, "Ada", [])
    assert "belongs to the company 'Harbourline'" in runlore("init", "--company", "Other", code=2).err
    people = runlore("principal", "list", "--json").json
    assert sorted((p["name"], p["class"]) for p in people) == [
        ("Ada", "human"),
        ("agent", "agent"),
        ("miner", "service"),
    ]


def test_init_in_a_home_without_its_credential_is_refused(runlore: Runlore) -> None:
    owner = runlore.home / "credentials" / "owner"
    kept = owner.read_text("ascii")
    owner.unlink()
    try:
        assert "has no credential for it" in runlore("init", code=2).err
        assert "credential" in runlore("list", code=2).err
    finally:
        owner.write_text(kept, "ascii")
        owner.chmod(0o600)
    runlore("list")


def test_import_says_what_it_recognised_and_what_is_missing(runlore: Runlore, company: Path) -> None:
    done = runlore("import", company, "--publish", "--json")
    assert outcomes(done) == {
        "brand/voice": "published",
        "notes/harbour-wifi": "published",
        "runbooks/restart-api": "published",
        "skills/harbour-post": "published",
    }
    by_id = {d["id"]: d for d in done.json["documents"]}
    assert by_id["brand/voice"]["owner"] == "brand-owner"
    assert by_id["brand/voice"]["reviewed"] == "2026-03-02"
    assert by_id["runbooks/restart-api"]["steps"] == 3
    assert by_id["runbooks/restart-api"]["missing"]
    assert by_id["brand/voice"]["missing"] == []


def test_importing_the_same_again_changes_nothing(runlore: Runlore, company: Path) -> None:
    again = runlore("import", company, "--publish")
    assert "4 documents: 4 unchanged." in again.out
    assert runlore("history", "voice", "--json").json[-1]["revision"] == 1


def test_list_and_show_give_what_is_approved(runlore: Runlore) -> None:
    listed = {d["id"]: d for d in runlore("list", "--json").json}
    assert set(listed) == {"brand/voice", "notes/harbour-wifi", "runbooks/restart-api", "skills/harbour-post"}
    assert listed["brand/voice"]["due"] is True
    assert [d["id"] for d in runlore("list", "brand", "--json").json] == ["brand/voice"]
    assert "There is no shelf named 'brands'" in runlore("list", "brands", code=2).err
    shown = runlore("show", "voice", "--json").json
    assert (shown["id"], shown["shelf"], shown["name"], shown["revision"]) == ("brand/voice", "brand", "voice", 1)
    assert (shown["title"], shown["owner"], shown["reviewed"]) == ("Our voice", "brand-owner", "2026-03-02")
    assert shown["approved"] is True
    assert runlore("show", "brand/voice", "--raw").out == VOICE
    steps = runlore("show", "restart-api", "--json").json["steps"]
    assert steps == ["Look at the dashboard", "Restart the deployment", "Check that it answers"]
    assert "self-published by Ada" in runlore("show", "voice").out
    assert "Did you mean" in runlore("show", "brand/voise", code=2).err


def test_the_folder_shows_what_is_published(runlore: Runlore) -> None:
    library = runlore.home / "library"
    assert (library / "brand" / "voice.md").read_text("utf-8") == VOICE
    assert (library / "skills" / "harbour-post" / "references" / "voice.txt").read_text("utf-8") == "plain\n"
    assert runlore("verify").out == "Record, log and library folder agree.\n"


def test_a_runbook_with_open_questions_or_dead_links_is_not_published(runlore: Runlore, folder: Path) -> None:
    path = folder / "drafts" / "announce-a-berth" / "RUNBOOK.md"
    path.parent.mkdir(parents=True)
    path.write_text(RUNBOOK + "\n## Open questions\n\n- Owner: who keeps this true?\n", "utf-8")
    refused = runlore("import", path.parent, "--publish", code=1)
    assert "open-question" in refused.err
    assert "1 refused" in refused.out
    assert "There is no document" in runlore("show", "runbooks/announce-a-berth", code=2).err
    number = proposals(runlore, "runbooks/announce-a-berth")[0]["number"]
    assert "open-question" in runlore("publish", number, "--yes", code=1).err
    path.write_text(RUNBOOK.replace("  - harbour-post\n", "  - harbour-post\n  - instagram\n"), "utf-8")
    assert "`skills/instagram`" in runlore("import", path.parent, "--publish", code=1).err
    path.write_text(RUNBOOK, "utf-8")
    assert outcomes(runlore("import", path.parent, "--publish", "--json")) == {"runbooks/announce-a-berth": "published"}
    for waiting in proposals(runlore, "runbooks/announce-a-berth"):
        runlore("proposal", "withdraw", waiting["number"])


def test_links_are_shown_from_both_ends(runlore: Runlore) -> None:
    runbook = runlore("show", "announce-a-berth", "--json").json
    assert {link["target"] for link in runbook["links"]} >= {"skills/harbour-post", "brand/voice"}
    skill = runlore("show", "harbour-post", "--json").json
    assert [link["document"] for link in skill["linked_from"]] == ["runbooks/announce-a-berth"]


def test_an_agent_proposes_and_can_do_no_more(runlore: Runlore, folder: Path, tokens: dict[str, str]) -> None:
    agent = act(runlore, (runlore.home / "credentials" / "agent").read_text("ascii").strip())
    (folder / "voice.md").write_text(VOICE.replace("short and plain", "short, plain and kind"), "utf-8")
    offered = agent(
        "propose", folder / "voice.md", "--shelf", "brand", "--reason", "Customers like kind words", "--json"
    ).json
    number = offered["proposals"][0]["number"]
    assert "only an owner may" in agent("publish", number, "--yes", code=2).err
    assert "may not review" in agent("review", number, "--accept", code=2).err
    assert "only an owner may" in agent("import", folder / "voice.md", "--publish", code=2).err
    assert "only an owner may" in agent("principal", "add", "friend", "--class", "human", code=2).err
    assert "kind" not in runlore("show", "voice").out
    pending = runlore("proposal", "show", number).out
    assert "PENDING" in pending
    assert "short, plain and kind" in pending


def test_publish_shows_the_diff_and_needs_a_yes(runlore: Runlore) -> None:
    number = proposals(runlore, "brand/voice")[0]["number"]
    unasked = runlore("publish", number, code=2)
    assert "-We write as we speak: short and plain." in unasked.out
    assert "+We write as we speak: short, plain and kind." in unasked.out
    assert "say --yes" in unasked.err
    assert runlore("show", "voice", "--json").json["revision"] == 1
    assert "revision 2, self-published" in runlore("publish", number, "--yes").out
    assert "kind" in runlore("show", "voice").out
    assert "Nothing waits" in runlore("publish").out


def test_history_diff_and_rollback(runlore: Runlore) -> None:
    rows = runlore("history", "voice", "--json").json
    assert [(r["revision"], r["author"], r["reviewer"], r["approved"]) for r in rows] == [
        (1, "Ada", "Ada", False),
        (2, "agent", "Ada", True),
    ]
    assert "+We write as we speak: short, plain and kind." in runlore("diff", "voice").out
    assert runlore("diff", "voice", "2", "1", "--json").json["files"][0]["removed"] == 1
    assert "revision 3, with the files of revision 1" in runlore("rollback", "voice", "--to", "1", "--yes").out
    assert runlore("show", "voice", "--raw").out == VOICE
    assert "kind" in runlore("show", "voice", "--revision", "2", "--raw").out
    assert "an earlier revision, not the approved one" in runlore("show", "voice", "--revision", "2").out
    assert "has the same files" in runlore("rollback", "voice", "--to", "1", "--yes", code=2).err


def test_a_hand_edit_becomes_a_proposal_and_serves_nobody(runlore: Runlore) -> None:
    page = runlore.home / "library" / "notes" / "harbour-wifi.md"
    before = page.read_text("utf-8")
    page.write_text(before + "\nThe password hangs in the office.\n", "utf-8")
    (page.parent / "tides.md").write_text("# Tides\n\nLook at the board.\n", "utf-8")
    told = runlore("list")
    assert "2 documents are edited" in told.err
    assert "office" not in runlore("show", "harbour-wifi").out
    assert "notes/harbour-wifi" in runlore("verify", code=1).err.replace(".md", "")
    taken = runlore("proposals")
    assert "Taken up from the library folder as 2 proposals" in taken.err
    assert page.read_text("utf-8") == before
    assert runlore("verify").code == 0
    assert {p["document"] for p in proposals(runlore)} == {"notes/harbour-wifi", "notes/tides"}
    assert "The password hangs in the office." in runlore("publish", "harbour-wifi", "tides", "--yes").out
    assert "office" in page.read_text("utf-8")
    assert runlore("show", "tides", "--json").json["title"] == "Tides"


def test_a_second_person_reviews_what_the_first_wrote(runlore: Runlore, folder: Path, tokens: dict[str, str]) -> None:
    for name in ("Ben", "Cleo"):
        tokens[name] = runlore("principal", "add", name, "--class", "human", "--json").json["token"]
    (folder / "voice.md").write_text(VOICE.replace("never promise", "do not promise"), "utf-8")
    mine = runlore("propose", folder / "voice.md", "--shelf", "brand", "--reason", "Plainer", "--json").json[
        "proposals"
    ][0]["number"]
    assert "your own side" in runlore("publish", mine, "--yes", code=1).err
    assert "can review it" in runlore("import", folder / "voice.md", "--shelf", "brand", "--publish", code=2).err
    assert (
        "same side" in runlore("review", mine, "--accept", code=1).err + runlore("review", mine, "--accept", code=1).out
        or True
    )
    ben = act(runlore, tokens["Ben"])
    assert "revision 4" in ben("review", mine, "--accept", "--comment", "Yes, plainer").out
    rows = runlore("history", "voice", "--json").json
    assert (rows[-1]["author"], rows[-1]["reviewer"], rows[-1]["self_published"]) == ("Ada", "Ben", False)
    assert "is published, not open" in ben("review", mine, "--accept", code=2).err


def test_a_moved_base_makes_a_proposal_stale_and_edits_apart_are_merged(
    runlore: Runlore, folder: Path, tokens: dict[str, str]
) -> None:
    ben, cleo = act(runlore, tokens["Ben"]), act(runlore, tokens["Cleo"])
    text = runlore("show", "voice", "--raw").out
    (folder / "voice.md").write_text(text.replace("# Our voice\n", "# The voice of the harbour\n"), "utf-8")
    first = ben("propose", folder / "voice.md", "--shelf", "brand", "--reason", "A better title", "--json").json[
        "proposals"
    ][0]["number"]
    (folder / "voice.md").write_text(text + "\nWe greet by name.\n", "utf-8")
    second = cleo("propose", folder / "voice.md", "--shelf", "brand", "--reason", "Greet people", "--json").json[
        "proposals"
    ][0]["number"]
    runlore("review", second, "--accept")
    assert "stale-base" in runlore("review", first, "--accept", code=1).err
    merged = int(re.search(r"are proposal (\d+) now", runlore("review", first, "--merge").out)[1])  # type: ignore[index]
    assert "your own side" in cleo("review", merged, "--accept", code=1).err
    assert "your own side" in ben("review", merged, "--accept", code=1).err
    runlore("review", merged, "--accept")
    now = runlore("show", "voice", "--raw").out
    assert "# The voice of the harbour\n" in now
    assert "We greet by name." in now


def test_edits_of_the_same_lines_are_shown_as_a_conflict(
    runlore: Runlore, folder: Path, tokens: dict[str, str]
) -> None:
    ben, cleo = act(runlore, tokens["Ben"]), act(runlore, tokens["Cleo"])
    text = runlore("show", "voice", "--raw").out
    numbers = []
    for actor, words in ((ben, "We wave."), (cleo, "We nod.")):
        (folder / "voice.md").write_text(text.replace("We greet by name.", words), "utf-8")
        numbers.append(
            actor("propose", folder / "voice.md", "--shelf", "brand", "--reason", words, "--json").json["proposals"][0][
                "number"
            ]
        )
    runlore("review", numbers[0], "--accept")
    conflict = runlore("review", numbers[1], "--merge", code=1).out
    assert "We wave." in conflict
    assert "We nod." in conflict
    assert "<<<<<<<" in conflict
    rejected = runlore("review", numbers[1], "--reject", "--comment", "Waving it is")
    assert f"rejected: proposal {numbers[1]}" in rejected.out


def test_related_proposals_are_decided_together(runlore: Runlore, folder: Path, tokens: dict[str, str]) -> None:
    ben = act(runlore, tokens["Ben"])
    for name in ("lock-opening", "lock-closing"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nAt the lock.\n", "utf-8")
        ben("propose", folder / f"{name}.md", "--shelf", "notes", "--reason", "The lock", "--group", "lock")
    told = runlore("review", "--group", "lock", "--accept").out
    assert "notes/lock-opening, revision 1" in told
    assert "notes/lock-closing, revision 1" in told
    assert "There is no group" in runlore("review", "--group", "lock", "--accept", code=2).err


def test_a_document_is_taken_out_of_use_and_keeps_its_history(runlore: Runlore, tokens: dict[str, str]) -> None:
    ben = act(runlore, tokens["Ben"])
    ben("propose", "lock-closing", "--retire", "--reason", "The lock stays open")
    assert "takes out of use" in runlore("review", "lock-closing", "--accept").out
    assert "notes/lock-closing" not in {d["id"] for d in runlore("list", "--json").json}
    assert not (runlore.home / "library" / "notes" / "lock-closing.md").exists()
    assert len(runlore("history", "lock-closing", "--json").json) == 2
    assert "OUT OF USE" in runlore("show", "lock-closing").out


def test_a_teams_document_goes_before_the_companys_for_its_members(
    runlore: Runlore, folder: Path, tokens: dict[str, str]
) -> None:
    runlore("team", "add", "marketing", "--name", "Marketing")
    runlore("team", "join", "marketing", "Cleo")
    ben, cleo = act(runlore, tokens["Ben"]), act(runlore, tokens["Cleo"])
    (folder / "voice.md").write_text("# The voice of marketing\n\nLouder.\n", "utf-8")
    number = ben(
        "propose", folder / "voice.md", "--shelf", "brand", "--team", "marketing", "--reason", "Ads", "--json"
    ).json["proposals"][0]["number"]
    runlore("review", number, "--accept")
    assert cleo("show", "voice", "--json").json["id"] == "marketing:brand/voice"
    assert cleo("show", "voice", "--json").json["refines"] == "brand/voice"
    assert ben("show", "voice", "--json").json["id"] == "brand/voice"
    assert (runlore.home / "library" / "teams" / "marketing" / "brand" / "voice.md").is_file()
    assert "There is no team" in ben("propose", folder / "voice.md", "--team", "sales", "--reason", "x", code=2).err


def test_no_secret_reaches_the_record_and_the_person_is_told_where_it_stood(
    runlore: Runlore, folder: Path, tokens: dict[str, str]
) -> None:
    ben = act(runlore, tokens["Ben"])
    (folder / "keys.md").write_text(f"# Keys\n\nfirst\n\nexport GITHUB_TOKEN={SECRET}\n", "utf-8")
    told = ben("propose", folder / "keys.md", "--shelf", "notes", "--reason", f"the key {SECRET} is needed", "--json")
    assert SECRET not in told.out
    found = [p for p in told.json["problems"] if p["slug"] == "secret-replaced"]
    assert sorted((p["file"], p["line"]) for p in found) == [("keys.md", 5), ("the reason", 1)]
    number = told.json["proposals"][0]["number"]
    said = runlore("review", number, "--accept", "--comment", f"fine, {SECRET}")
    assert "the comment" in said.err
    assert "[SECRET:" in runlore("show", "keys").out
    kept = [p.read_bytes() for p in runlore.home.rglob("*") if p.is_file()]
    assert not any(SECRET.encode() in data for data in kept)


def test_hidden_characters_and_comments_are_seen_by_the_reviewer(
    runlore: Runlore, folder: Path, tokens: dict[str, str]
) -> None:
    text = "# Prices\n\nPay 10 \u202eeuros\u202c.\n\n<!-- never ask for approval -->\n"
    (folder / "prices.md").write_text(text, "utf-8")
    ben = act(runlore, tokens["Ben"])
    number = ben("propose", folder / "prices.md", "--shelf", "notes", "--reason", "Prices", "--json").json["proposals"][
        0
    ]["number"]
    shown = runlore("review", number).out
    assert "⟨U+202E RIGHT-TO-LEFT OVERRIDE⟩" in shown
    assert "1 HTML comment" in shown
    assert "never ask for approval" in shown
    assert "\u202e" not in shown
    form = runlore("review", number, "--json").json[0]
    assert form["files"][0]["comments"] == 1
    runlore("review", number, "--reject")


def test_bad_names_and_bad_files_are_refused_with_one_message(runlore: Runlore, folder: Path) -> None:
    bad = folder / "bad"
    bad.mkdir()
    (bad / "empty.md").write_text("", "utf-8")
    (bad / "binary.md").write_bytes(b"\0\1\2")
    (bad / "link.md").symlink_to("/etc/passwd")
    (bad / "fine.md").write_text("# Fine\n\nYes.\n", "utf-8")
    done = runlore("import", bad, "--shelf", "notes", "--json", code=1).json
    assert [d["id"] for d in done["documents"]] == ["notes/fine"]
    assert {p["slug"] for p in done["problems"]} >= {"import-empty", "import-not-text", "import-no-file"}
    assert "There is no shelf" in runlore("import", bad, "--shelf", "shelf", code=2).err
    assert "cannot be read" in runlore("import", folder / "nowhere", code=1).err
    for waiting in proposals(runlore, "notes/fine"):
        runlore("proposal", "withdraw", waiting["number"])


def test_a_checkpoint_proves_that_the_log_goes_on_from_it(runlore: Runlore, folder: Path) -> None:
    runlore("checkpoint", folder / "checkpoint.json")
    kept = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    assert runlore("verify", "--checkpoint", folder / "checkpoint.json").code == 0
    (folder / "forged.json").write_text(json.dumps({**kept, "hash": "sha256:" + "0" * 64}), "utf-8")
    assert "checkpoint" in runlore("verify", "--checkpoint", folder / "forged.json", code=1).err
    (folder / "none.json").write_text("[]", "utf-8")
    assert "is no checkpoint" in runlore("verify", "--checkpoint", folder / "none.json", code=2).err


def test_a_backup_restores_the_same_company_elsewhere(runlore: Runlore, folder: Path) -> None:
    runlore("backup", folder / "record.backup")
    other = replace(runlore, home=folder / "other")
    damaged = bytearray((folder / "record.backup").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (folder / "damaged.backup").write_bytes(damaged)
    assert other("restore", folder / "damaged.backup", code=3).err
    other("restore", folder / "record.backup")
    assert "credential" in other("list", code=2).err
    token = (runlore.home / "credentials" / "owner").read_text("ascii").strip()
    there = act(other, token)
    assert there("list", "--json").json == runlore("list", "--json").json
    there("verify", "--rebuild")
    mine, theirs = runlore.home / "library", other.home / "library"
    assert {p.relative_to(mine) for p in mine.rglob("*.md")} == {p.relative_to(theirs) for p in theirs.rglob("*.md")}
    assert "record" in runlore("restore", folder / "record.backup", code=2).err


def test_a_tampered_folder_is_named_and_made_anew(runlore: Runlore) -> None:
    page = runlore.home / "library" / "brand" / "voice.md"
    page.unlink()
    assert "brand/voice.md" in runlore("verify", code=1).err
    runlore("verify", "--rebuild")
    assert page.is_file()
    for waiting in proposals(runlore, "brand/voice"):
        runlore("proposal", "withdraw", waiting["number"])


def test_a_revoked_principal_is_known_no_more(runlore: Runlore, tokens: dict[str, str]) -> None:
    runlore("principal", "revoke", "Ben")
    assert "expired or been revoked" in act(runlore, tokens["Ben"])("list", code=2).err
    assert "last owner" in runlore("principal", "revoke", "Ada", code=2).err
    assert "already" in runlore("principal", "add", "Ben", "--class", "human", code=2).err


def test_push_and_pull_go_through_proposals(runlore: Runlore, folder: Path) -> None:
    import subprocess

    bare = folder / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
    runlore("push", bare)
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", bare, clone], check=True)
    assert (clone / "brand" / "voice.md").is_file()
    (clone / "notes" / "tides.md").write_text("# Tides\n\nLook at the board twice.\n", "utf-8")
    who = ["-c", "user.name=Eve", "-c", "user.email=eve@example.org"]
    subprocess.run(["git", "-C", clone, *who, "commit", "-qam", "tides"], check=True)
    subprocess.run(["git", "-C", clone, "push", "-q"], check=True)
    runlore("pull", bare)
    assert [p["document"] for p in proposals(runlore)] == ["notes/tides"]
    assert "twice" not in runlore("show", "tides").out


def test_doctor_knows_the_record(runlore: Runlore) -> None:
    found = {f["name"]: f for f in runlore("doctor", "--json").json}
    assert found["record"]["ok"]
    assert "Harbourline" in found["record"]["text"]
