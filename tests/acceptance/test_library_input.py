"""What people and machines give the library: bad input is refused with one clear message, and nothing is written elsewhere or run."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from library_example import SECRET, VOICE, make_library, proposals
from story import Runlore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("input")


@pytest.fixture(scope="module")
def runlore(folder: Path) -> Runlore:
    return make_library(folder)


def files_outside(folder: Path, runlore: Runlore) -> set[Path]:
    return {p for p in folder.rglob("*") if p.is_file() and not p.is_relative_to(runlore.home)}


def type_at_terminal(runlore: Runlore, answer: str, *words: str) -> tuple[int, str]:
    """Run a command at a terminal, type an answer where it asks (none: interrupt it), and give its exit code and everything that was shown."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "runlore", *words],
        env={**runlore.environment(), "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    asked = False
    while select.select([master], [], [], 60)[0]:
        try:
            piece = os.read(master, 4096)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        shown += piece
        if not asked and b"[y/N]" in shown:
            asked = True
            if answer:
                os.write(master, answer.encode())
            else:
                process.send_signal(signal.SIGINT)
    os.close(master)
    return process.wait(timeout=60), shown.decode("utf-8", "replace")


def offer_a_change(runlore: Runlore, folder: Path, words: str) -> int:
    (folder / "voice.md").write_text(VOICE.replace("never promise", words), "utf-8")
    done = runlore("propose", folder / "voice.md", "--shelf", "brand", "--reason", "Words", "--json").json
    return int(done["proposals"][0]["number"])


def test_publish_asks_at_a_terminal_and_no_means_no(runlore: Runlore, folder: Path) -> None:
    number = offer_a_change(runlore, folder, "do not promise")
    code, shown = type_at_terminal(runlore, "n\n", "publish", str(number))
    assert code == 1
    assert "\x1b[32m" in shown
    assert "+We do not promise a date." in shown
    assert "Publish 1 document?" in shown
    assert runlore("show", "voice", "--json").json["revision"] == 1
    code, shown = type_at_terminal(runlore, "y\n", "publish", str(number))
    assert code == 0, shown
    assert runlore("show", "voice", "--json").json["revision"] == 2


def test_an_interrupt_at_the_question_publishes_nothing(runlore: Runlore, folder: Path) -> None:
    number = offer_a_change(runlore, folder, "cannot promise")
    code, _ = type_at_terminal(runlore, "", "publish", str(number))
    assert code == 130
    assert runlore("show", "voice", "--json").json["revision"] == 2
    runlore("proposal", "withdraw", number)


def test_archives_that_lead_out_link_or_burst_are_refused(runlore: Runlore, folder: Path) -> None:
    with zipfile.ZipFile(folder / "out.zip", "w") as archive:
        archive.writestr("../../escaped.md", "# Escaped\n")
        archive.writestr("notes/inside.md", "# Inside\n\nFine.\n")
    with tarfile.open(folder / "links.tar.gz", "w:gz") as archive:
        link = tarfile.TarInfo("notes/passwd.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    bomb = tarfile.TarInfo("notes/bomb.md")
    bomb.size = 64 << 20
    with tarfile.open(folder / "bomb.tar.gz", "w:gz") as archive:
        archive.addfile(bomb, io.BytesIO(b"0" * bomb.size))
    before = files_outside(folder, runlore)
    done = runlore("import", folder / "out.zip", "--json", code=1).json
    assert [d["id"] for d in done["documents"]] == ["notes/inside"]
    for name in ("links.tar.gz", "bomb.tar.gz"):
        refused = runlore("import", folder / name, "--json", code=1).json
        assert refused["documents"] == []
        assert len(refused["problems"]) >= 1
    assert files_outside(folder, runlore) == before
    assert not (folder.parent / "escaped.md").exists()
    runlore("proposal", "withdraw", proposals(runlore, "notes/inside")[0]["number"])


def test_nothing_of_an_imported_repository_is_run(runlore: Runlore, folder: Path) -> None:
    tree = folder / "tree"
    subprocess.run(["git", "init", "-q", tree], check=True)
    marker = folder / "was-run"
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        path = tree / ".git" / "hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch '{marker}'\n", "utf-8")
        path.chmod(0o755)
    (tree / ".git" / "config").write_text(
        f"[core]\n\tfsmonitor = touch '{marker}'\n\tpager = touch '{marker}'\n", "utf-8"
    )
    (tree / "page.md").write_text("# Page\n\nFine.\n", "utf-8")
    done = runlore("import", tree, "--publish", "--json").json
    assert [d["id"] for d in done["documents"]] == ["notes/page"]
    assert {p["slug"] for p in done["problems"]} == {"import-repository"}
    assert not marker.exists()


def test_hooks_planted_in_the_library_folder_are_not_run(runlore: Runlore, folder: Path) -> None:
    marker = folder / "library-hook-was-run"
    hooks = runlore.home / "library" / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-commit", "reference-transaction", "post-checkout", "post-index-change"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch '{marker}'\n", "utf-8")
        (hooks / hook).chmod(0o755)
    (folder / "tide.md").write_text("# Tide\n\nHigh at noon.\n", "utf-8")
    runlore("import", folder / "tide.md", "--publish")
    runlore("verify", "--rebuild")
    assert not marker.exists()


def test_hostile_frontmatter_is_refused_and_the_rest_is_taken(runlore: Runlore, folder: Path) -> None:
    bad = folder / "frontmatter"
    bad.mkdir()
    laughs = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 8)}]\n" for n in range(8)
    )
    (bad / "laughs.md").write_text(f"---\n{laughs}---\n\n# Laughs\n", "utf-8")
    (bad / "object.md").write_text(
        "---\ntitle: !!python/object/apply:os.system ['touch /tmp/x']\n---\n\n# Object\n", "utf-8"
    )
    (bad / "deep.md").write_text("---\n" + "a: " + "[" * 5000 + "]" * 5000 + "\n---\n\n# Deep\n", "utf-8")
    (bad / "good.md").write_text("---\ntitle: Good\n---\n\nFine.\n", "utf-8")
    done = runlore("import", bad, "--shelf", "notes", "--json", code=1).json
    assert "notes/good" in {d["id"] for d in done["documents"]}
    assert {p["file"].rpartition("/")[2] for p in done["problems"]} >= {"laughs.md", "object.md"}


def test_a_name_that_is_a_secret_is_not_kept(runlore: Runlore, folder: Path) -> None:
    named = folder / "named"
    named.mkdir()
    (named / f"{SECRET}.md").write_text("# Fine\n\nYes.\n", "utf-8")
    told = runlore("import", named, "--shelf", "notes", code=1)
    assert SECRET not in told.out + told.err
    assert "secret-in-name" in told.err
    assert "looks like a secret" in runlore("principal", "add", SECRET, "--class", "human", code=2).err


@pytest.mark.parametrize(
    "words",
    [
        ("show", "../../etc/passwd"),
        ("show", "brand/../../voice"),
        ("show", "voice", "--revision", "999999999999"),
        ("show", "voice", "--revision", "' OR 1=1 --"),
        ("show", "--proposal", "999999"),
        ("diff", "voice", "1", "77"),
        ("history", "nothing-of-this-name"),
        ("rollback", "voice", "--to", "77", "--yes"),
        ("review", "nothing", "--accept"),
        ("review", "--accept"),
        ("publish", "99999", "--yes"),
        ("publish", "voice", "--json"),
        ("propose", "no/such/path.md", "--reason", "x"),
        ("propose", "voice", "--reason", "   "),
        ("propose", "voice", "--reason", "x", "--group", "Not A Name"),
        ("proposal", "withdraw", "0"),
        ("list", "shelf-of-nothing"),
        ("team", "join", "nobody", "Ada"),
        ("team", "add", "Not A Name"),
        ("principal", "revoke", "nobody"),
        ("principal", "add", "x", "--class", "agent", "--scope", "review"),
        ("principal", "add", "x", "--class", "service", "--operator", "Ada"),
        ("push", "ext::sh -c touch% /tmp/pwned"),
        ("pull", "--upload-pack=touch /tmp/pwned"),
        ("restore", "/etc/hostname"),
    ],
)
def test_what_cannot_be_is_said_in_one_message(runlore: Runlore, words: tuple[str, ...]) -> None:
    code = 3 if words[0] == "restore" else 2
    told = runlore(*words, code=code)
    assert len(told.err.strip().splitlines()) <= 4, told.err
    assert told.err.strip()


def test_a_record_that_is_no_database_is_reported_and_left_alone(folder: Path) -> None:
    from story import make_runlore

    other = make_runlore(folder / "damaged")
    other("init")
    record = other.home / "record.sqlite3"
    for beside in other.home.glob("record.sqlite3-*"):
        beside.unlink()
    record.write_bytes(b"this is no database" * 400)
    before = record.read_bytes()
    assert str(record) in other("list", code=3).err
    assert record.read_bytes() == before
    findings = {f["name"]: f for f in json.loads(other("doctor", "--json", code=1).out)}
    assert not findings["record"]["ok"]


def test_wrong_urls_and_credentials_are_named_without_their_secrets(runlore: Runlore) -> None:
    assert "sqlite:///" in runlore("list", code=2, RUNLORE_RECORD="mysql://root@localhost/x").err
    told = runlore("list", code=2, RUNLORE_TOKEN="rlt_0123456789abcdefghijklmnop")
    assert "rlt_0123" not in told.err
    assert "RUNLORE_TOKEN" in told.err
