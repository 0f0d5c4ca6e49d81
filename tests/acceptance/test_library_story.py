"""The library from its first day on, through the real command line: init, import, read, propose, publish, roll back, edit by hand.

The steps are tests in the order in which a company takes them; each relies on the home that the earlier ones left.
"""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from library_example import RUNBOOK, VOICE, act, check_form, outcomes, proposals, write_company
from story import Runlore, make_runlore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def runlore(folder: Path) -> Runlore:
    return make_runlore(folder)


@pytest.fixture(scope="module")
def company(folder: Path) -> Path:
    return write_company(folder)


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
    check_form("imported", done.json)
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
    check_form("document", shown)
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
    assert proposals(runlore, "runbooks/announce-a-berth") == []


def test_links_are_shown_from_both_ends(runlore: Runlore) -> None:
    runbook = runlore("show", "announce-a-berth", "--json").json
    check_form("document", runbook)
    check_form("runbook", runbook["runbook"])
    assert {link["target"] for link in runbook["links"]} >= {"skills/harbour-post", "brand/voice"}
    skill = runlore("show", "harbour-post", "--json").json
    assert [link["document"] for link in skill["linked_from"]] == ["runbooks/announce-a-berth"]


def test_an_agent_proposes_and_can_do_no_more(runlore: Runlore, folder: Path) -> None:
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
    for offered_now in proposals(runlore):
        check_form("proposal", offered_now)
    check_form("document", runlore("proposal", "show", number, "--json").json)
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
    assert "Taken up as 2 proposals" in taken.err
    assert page.read_text("utf-8") == before
    assert runlore("verify").code == 0
    assert {p["document"] for p in proposals(runlore)} == {"notes/harbour-wifi", "notes/tides"}
    assert "The password hangs in the office." in runlore("publish", "--yes").out
    assert "office" in page.read_text("utf-8")
    assert runlore("show", "tides", "--json").json["title"] == "Tides"
