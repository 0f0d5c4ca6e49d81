"""Keeping a library: bad input, checkpoints, backups, a folder that was tampered with, other repositories.

The steps are tests in the order in which a company takes them; each relies on the home that the earlier ones left.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from library_example import act, make_library, proposals
from story import Runlore

from postgres_server import PostgresServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the record stands: in the home, or in PostgreSQL."""
    if request.param == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.make_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="module")
def folder(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def runlore(folder: Path, url: str) -> Runlore:
    return make_library(folder, url)


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
    other = replace(runlore, home=folder / "other", record="")
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


def test_push_and_pull_go_through_proposals(runlore: Runlore, folder: Path) -> None:
    bare = folder / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
    runlore("push", bare)
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", bare, clone], check=True)
    assert (clone / "brand" / "voice.md").is_file()
    (clone / "notes" / "tides.md").write_text("# Tides\n\nLook at the board twice.\n", "utf-8")
    who = ["-c", "user.name=Eve", "-c", "user.email=eve@example.org"]
    subprocess.run(["git", "-C", clone, "add", "notes/tides.md"], check=True)
    subprocess.run(["git", "-C", clone, *who, "commit", "-qm", "tides"], check=True)
    subprocess.run(["git", "-C", clone, "push", "-q"], check=True)
    runlore("pull", bare)
    assert [p["document"] for p in proposals(runlore)] == ["notes/tides"]
    assert "There is no document" in runlore("show", "notes/tides", code=2).err


def test_doctor_knows_the_record(runlore: Runlore) -> None:
    found = {f["name"]: f for f in runlore("doctor", "--json").json}
    assert found["record"]["ok"]
    assert "Harbourline" in found["record"]["text"]
