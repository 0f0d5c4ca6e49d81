"""The proof that the folder is what the record says: whatever is tampered with is named, first things first, and the folder is made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from libraries import bundle_of, hash_files, make_record, put, put_bundle, read_files, run_git, show

from runlore.errors import NoLibrary
from runlore.library.check import rebuild, verify_folder
from runlore.library.recorded import tree_of
from runlore.record.database import Record
from runlore.record.publications import mark_projected


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with make_record(f"sqlite://{tmp_path}/record.sqlite3") as opened:
        put(opened, "notes/a", "one\n")
        put(opened, "skills/post", "one\n", "skill", run__sh=b"#!/bin/sh\n")
        put(opened, "notes/a", "two\n")
        with opened.write("acme") as tx:
            put_bundle(tx, "notes/b", bundle_of("notes/b", "x\n"))
            put_bundle(tx, "notes/b", bundle_of("notes/b", "x\n"), retires=True)
        yield opened


@pytest.fixture
def folder(record: Record, tmp_path: Path) -> Path:
    show(record, tmp_path / "library")
    return tmp_path / "library"


def verify(record: Record, folder: Path) -> list[tuple[str, str]]:
    return [(problem.slug, problem.file) for problem in verify_folder(record, "acme", folder)]


def test_a_sound_library(record: Record, folder: Path) -> None:
    assert verify(record, folder) == []


def amend(folder: Path) -> None:
    """Write the last commit anew, as if another had reviewed it."""
    raw = run_git(folder, "cat-file", "commit", "main")
    forged = raw.replace("Reviewed-by: Ada Lovelace", "Reviewed-by: Bob")
    (folder / ".git/forged").write_text(forged)
    made = run_git(folder, "hash-object", "-t", "commit", "-w", ".git/forged").strip()
    (folder / ".git/forged").unlink()
    run_git(folder, "update-ref", "refs/heads/main", made)


def smuggle(folder: Path) -> None:
    """Let a commit of ours carry a file more."""
    run_git(
        folder,
        "update-index",
        "--add",
        "--cacheinfo",
        f"100644,{run_git(folder, 'rev-parse', 'main:notes/a.md').strip()},notes/more.md",
    )
    tree = run_git(folder, "write-tree").strip()
    raw = run_git(folder, "cat-file", "commit", "main")
    (folder / ".git/forged").write_text(raw.replace(raw.splitlines()[0], f"tree {tree}"))
    made = run_git(folder, "hash-object", "-t", "commit", "-w", ".git/forged").strip()
    (folder / ".git/forged").unlink()
    run_git(folder, "update-ref", "refs/heads/main", made)
    run_git(folder, "read-tree", "main")


def damage_object(folder: Path) -> None:
    oid = run_git(folder, "rev-parse", "main:notes/a.md").strip()
    place = folder / ".git/objects" / oid[:2] / oid[2:]
    place.chmod(0o644)
    place.write_bytes(b"nonsense")


TAMPERING: dict[str, tuple[Callable[[Path], object], str]] = {
    "no repository": (lambda f: shutil.rmtree(f / ".git"), "library-repository"),
    "no HEAD": (lambda f: (f / ".git/HEAD").unlink(), "library-repository"),
    "main points nowhere": (lambda f: (f / ".git/refs/heads/main").write_text("0" * 39 + "1\n"), "library-object"),
    "a damaged object": (damage_object, "library-object"),
    "a commit of a person's": (lambda f: run_git(f, "commit", "-q", "--allow-empty", "-m", "mine"), "library-history"),
    "main moved back": (lambda f: run_git(f, "update-ref", "refs/heads/main", "main~1"), "library-behind"),
    "another reviewer": (amend, "library-history"),
    "a file more in a commit": (smuggle, "library-history"),
    "another branch": (lambda f: run_git(f, "switch", "-qc", "feature"), "library-elsewhere"),
    "a changed file": (lambda f: (f / "notes/a.md").write_text("mine\n"), "library-file"),
    "a missing file": (lambda f: (f / "notes/a.md").unlink(), "library-file"),
    "a file more": (lambda f: (f / "notes/c.md").write_text("mine\n"), "library-file"),
    "another mode": (lambda f: (f / "notes/a.md").chmod(0o755), "library-file"),
    "a link": (lambda f: (f / "notes/c.md").symlink_to("/etc/passwd"), "library-file"),
    "a changed cover": (lambda f: (f / "README.md").write_text("mine\n"), "library-file"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_whatever_differs_is_named_and_can_be_made_anew(record: Record, folder: Path, what: str) -> None:
    tamper, slug = TAMPERING[what]
    main = run_git(folder, "rev-parse", "main")
    tamper(folder)
    standing = read_files(folder)
    found = verify(record, folder)
    assert found[0][0] == slug, found
    assert read_files(folder) == standing, "to look changes nothing"
    kept = rebuild(record, "acme", folder)
    assert verify(record, folder) == []
    assert run_git(folder, "rev-parse", "main") == main
    with record.read() as tx:
        assert hash_files(folder) == tree_of(tx, "acme")
    by_hand = what in ("another branch", "a changed file", "a file more", "a link", "a changed cover")
    assert (kept is not None) == by_hand
    if kept is not None:
        assert read_files(kept) == standing
        assert kept.name == "library-before-1"
    assert sorted(p.name for p in folder.parent.iterdir() if "library" in p.name) == (
        ["library", "library-before-1"] if by_hand else ["library"]
    )


@pytest.mark.parametrize("forge", [amend, smuggle])
def test_nothing_is_built_upon_a_forged_commit(record: Record, folder: Path, forge: Callable[[Path], None]) -> None:
    forge(folder)
    forged = run_git(folder, "rev-parse", "main").strip()
    put(record, "notes/later", "x\n")
    show(record, folder)
    assert verify(record, folder) == []
    assert run_git(folder, "rev-parse", f"by-hand/{forged[:12]}").strip() == forged


def test_a_commit_that_the_record_does_not_name(record: Record, folder: Path) -> None:
    with record.write("acme") as tx:
        mark_projected(tx, "acme", 3, "1" * 40)
    assert verify(record, folder)[0][0] == "library-history"
    rebuild(record, "acme", folder)
    assert verify(record, folder) == []


def test_a_folder_that_is_missing_or_not_ours(record: Record, tmp_path: Path) -> None:
    assert verify(record, tmp_path / "nowhere")[0][0] == "library-missing"
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "thesis.txt").write_text("years of work")
    with pytest.raises(NoLibrary, match="would be replaced"):
        rebuild(record, "acme", strange)
    assert read_files(strange) == {"thesis.txt": b"years of work"}
    other = tmp_path / "other"
    other.mkdir()
    run_git(other, "init", "-q")
    with pytest.raises(NoLibrary):
        rebuild(record, "acme", other)
    assert rebuild(record, "acme", tmp_path / "fresh") is None
    assert verify(record, tmp_path / "fresh") == []


def test_a_rebuild_that_was_killed(record: Record, folder: Path) -> None:
    left = folder.with_name(".library.rebuilding")
    (left / "notes").mkdir(parents=True)
    (left / "notes/half.md").write_text("half")
    assert rebuild(record, "acme", folder) is None
    folder.rename(folder.with_name("library-before-1"))  # killed between the two renames
    show(record, folder)
    assert verify(record, folder) == []


def test_both_engines(record_url: str, tmp_path: Path) -> None:
    place = tmp_path / "on-both"
    with make_record(record_url) as record:
        put(record, "notes/a", "one\n")
        show(record, place)
        assert verify(record, place) == []
        shutil.rmtree(place / ".git/objects")
        assert verify(record, place)[0][0] == "library-repository"
        rebuild(record, "acme", place)
        assert verify(record, place) == []
