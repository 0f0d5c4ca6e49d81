"""Hand edits in the library folder: found by document with their base, hostile things named, nothing run, nothing lost, and the folder put back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import bundle_of, make_record, put, put_bundle, read_files, run_git, show

from runlore.library.check import verify_folder
from runlore.library.edits import HandEdits
from runlore.library.folder import KEPT
from runlore.library.pickup import find_edits, settle
from runlore.record.database import Record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with make_record(f"sqlite://{tmp_path}/record.sqlite3") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def find(record: Record, folder: Path) -> HandEdits:
    return find_edits(record, "acme", folder)


def slugs(found: HandEdits) -> dict[str, str]:
    return {problem.file: problem.slug for problem in found.problems}


def test_a_folder_that_nobody_touched(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    assert find(record, folder) == HandEdits()
    assert read_files(folder)["notes/a.md"] == b"one\n"


def test_changed_added_and_removed(record: Record, folder: Path) -> None:
    changed = put(record, "skills/post", "one\n", "skill", more__txt=b"more\n")
    removed = put(record, "notes/gone", "one\n")
    put(record, "notes/same", "one\n")
    show(record, folder)
    (folder / "skills/post/SKILL.md").write_bytes(b"two\r\n")
    (folder / "skills/post/more.txt").unlink()
    (folder / "skills/post/run.sh").write_text("#!/bin/sh\n")
    (folder / "skills/post/run.sh").chmod(0o755)
    (folder / "notes/gone.md").unlink()
    (folder / "brand/look.md").write_text("# Look\n\n![logo](look/logo.png)\n")
    (folder / "brand/look").mkdir()
    (folder / "brand/look/logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = find(record, folder)
    assert found.problems == ()
    assert [(e.document, e.kind, e.base) for e in found.edits] == [
        ("brand/look", "added", ""),
        ("notes/gone", "removed", removed.hash),
        ("skills/post", "changed", changed.hash),
    ]
    look, gone, post = found.edits
    assert look.bundle is not None
    assert [(f.path, f.content) for f in look.bundle.files] == [
        ("logo.png", b"\x89PNG\r\n\x1a\n"),
        ("look.md", b"# Look\n\n![logo](look/logo.png)\n"),
    ]
    assert gone.bundle is None
    assert post.bundle is not None
    assert [(f.path, f.content, f.executable) for f in post.bundle.files] == [
        ("SKILL.md", b"two\r\n", False),
        ("run.sh", b"#!/bin/sh\n", True),
    ]
    assert post.paths == ("skills/post/SKILL.md", "skills/post/more.txt", "skills/post/run.sh")


def test_settling_puts_the_folder_back(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    put(record, "notes/gone", "one\n")
    show(record, folder)
    (folder / "notes/a.md").write_text("two\n")
    (folder / "notes/gone.md").unlink()
    (folder / "brand/look.md").write_text("# Look\n")
    found = find(record, folder)
    assert settle(record, "acme", folder, found.edits) == ()
    assert read_files(folder)["notes/a.md"] == b"one\n"
    assert read_files(folder)["notes/gone.md"] == b"one\n"
    assert "brand/look.md" not in read_files(folder)
    assert find(record, folder) == HandEdits()
    assert verify_folder(record, "acme", folder) == ()


def test_what_is_edited_again_meanwhile_stays(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    (folder / "notes/a.md").write_text("two\n")
    found = find(record, folder)
    (folder / "notes/a.md").write_text("three\n")
    assert settle(record, "acme", folder, found.edits) == ("notes/a.md",)
    assert read_files(folder)["notes/a.md"] == b"three\n"
    assert [e.document for e in find(record, folder).edits] == ["notes/a"]


def test_an_edit_names_the_revision_that_it_was_made_from(record: Record, folder: Path) -> None:
    first = put(record, "notes/a", "one\n")
    show(record, folder)
    (folder / "notes/a.md").write_text("mine\n")
    put(record, "notes/a", "two\n")
    show(record, folder)
    (edit,) = find(record, folder).edits
    assert edit.base == first.hash
    assert [p.slug for p in verify_folder(record, "acme", folder)] == ["library-file", "library-waiting"]
    settle(record, "acme", folder, (edit,))
    assert read_files(folder)["notes/a.md"] == b"two\n"
    assert verify_folder(record, "acme", folder) == ()


def test_a_team_owns_and_a_retired_document_comes_back(record: Record, folder: Path) -> None:
    with record.write("acme") as tx:
        put_bundle(tx, "notes/a", bundle_of("notes/a", "one\n"))
        last = put_bundle(tx, "notes/a", bundle_of("notes/a", "one\n"), retires=True)
    show(record, folder)
    (folder / "notes/a.md").write_text("again\n")
    (folder / "teams/growth/brand").mkdir(parents=True)
    (folder / "teams/growth/brand/voice.md").write_text("# Voice\n")
    (folder / "teams/other/brand").mkdir(parents=True)
    (folder / "teams/other/brand/voice.md").write_text("# Voice\n")
    found = find(record, folder)
    assert [(e.document, e.kind, e.base) for e in found.edits] == [
        ("growth:brand/voice", "added", ""),
        ("notes/a", "added", last.hash),
    ]
    assert slugs(found) == {"teams/other/brand/voice.md": "library-no-team"}


def test_hostile_and_odd_things_are_named_and_left(record: Record, folder: Path, tmp_path: Path) -> None:
    put(record, "notes/a", "one\n")
    put(record, "brand/voice", "one\n")
    put(record, "skills/post", "one\n", "skill", more__txt=b"more\n")
    show(record, folder)
    secret = tmp_path / "secret.md"
    secret.write_text("the secret\n")
    (folder / "notes/link.md").symlink_to(secret)
    (folder / "notes/a.md").unlink()
    (folder / "notes/a.md").symlink_to(secret)
    shutil.rmtree(folder / "brand")
    (folder / "brand").symlink_to(tmp_path, target_is_directory=True)
    (folder / "skills/post/more.txt").unlink()
    os.mkfifo(folder / "skills/post/more.txt")
    (folder / "skills/post/SKILL.md").write_text("two\n")
    (folder / "notes/line\nbreak.md").write_text("x")
    (folder / "notes/Big Name.md").write_text("x")
    (folder / "notes/large.md").write_bytes(b"x" * (9 << 20))
    (folder / "notes/binary.md").write_bytes(b"\0\1")
    (folder / "stray.py").write_text("import os\n")
    (folder / "notes/.a.md.swp").write_text("x")
    (folder / "notes/a.md~").write_text("x")
    (folder / ".env").write_text("TOKEN=1")
    found = find(record, folder)
    assert found.edits == ()
    told = slugs(found)
    assert told.pop("notes/binary.md") == "import-not-text"
    assert told.pop("notes/large.md") == "import-too-large"
    assert told == {
        "brand": "library-no-file",
        "notes/Big Name.md": "library-no-place",
        "notes/a.md": "library-no-file",
        "notes/line\\nbreak.md": "import-path",
        "notes/link.md": "library-no-file",
        "skills/post/more.txt": "library-no-file",
        "stray.py": "library-no-place",
    }
    assert all("the secret" not in problem.message for problem in found.problems)


def test_an_edit_that_no_document_can_have(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n", more__txt=b"more\n")
    put(record, "notes/b", "one\n")
    put(record, "runbooks/r", "---\nname: r\n---\n", "runbook")
    show(record, folder)
    (folder / "notes/a.md").write_bytes(b"\xff\xfe")
    (folder / "notes/b.md").write_text("two\n")
    (folder / "notes/b").mkdir()
    (folder / "notes/b/b.md").write_text("where am I")
    (folder / "runbooks/r.md").write_text("# Beside\n")
    found = find(record, folder)
    assert [e.document for e in found.edits] == ["notes/b"]
    assert slugs(found) == {
        "notes/a": "import-not-text",
        "notes/b/b.md": "library-no-place",
        "runbooks/r.md": "library-no-place",
    }


def test_a_main_file_that_goes(record: Record, folder: Path) -> None:
    put(record, "notes/a", "# A\n", more__txt=b"more\n")
    put(record, "skills/post", "---\nname: post\ndescription: d\n---\n", "skill", more__txt=b"more\n")
    show(record, folder)
    (folder / "notes/a.md").unlink()
    (folder / "skills/post/SKILL.md").unlink()
    found = find(record, folder)
    assert slugs(found) == {"notes/a": "library-no-main", "skills/post": "library-no-main"}
    (folder / "notes/a").mkdir(exist_ok=True)
    (folder / "notes/a/more.txt").unlink()
    sop = "# A\n\n## Overview\n\nWhat.\n\n## Steps\n\n### 1. One\n\n**Constraints:**\n- You MUST go\n"
    (folder / "notes/a/a.sop.md").write_text(sop)
    (edit,) = find(record, folder).edits
    assert edit.bundle is not None
    assert (edit.document, edit.kind, edit.bundle.format) == ("notes/a", "changed", "sop")


def test_a_library_that_was_emptied_is_no_hundred_proposals(record: Record, folder: Path) -> None:
    with record.write("acme") as tx:
        for number in range(15):
            put_bundle(tx, f"notes/n{number}", bundle_of(f"notes/n{number}", "x\n"))
    show(record, folder)
    shutil.rmtree(folder / "notes")
    found = find(record, folder)
    assert found.edits == ()
    assert list(slugs(found).values()) == ["library-emptied"]


def test_a_cover_that_was_changed(record: Record, folder: Path) -> None:
    show(record, folder)
    (folder / "README.md").write_text("mine\n")
    assert slugs(find(record, folder)) == {"README.md": "library-cover"}
    assert read_files(folder)["README.md"] == b"mine\n"
    (folder / "README.md").unlink()
    assert find(record, folder) == HandEdits()


def test_on_another_branch_nothing_is_taken_up(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    run_git(folder, "switch", "-qc", "feature")
    (folder / "notes/a.md").write_text("mine\n")
    found = find(record, folder)
    assert found.edits == ()
    assert list(slugs(found).values()) == ["library-elsewhere"]


def test_a_quick_change_of_the_same_size_is_seen(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    place = folder / "notes/a.md"
    for text in ("two\n", "six\n", "ten\n"):
        about = place.stat()
        place.write_text(text)
        os.utime(place, ns=(about.st_atime_ns, about.st_mtime_ns))
        (edit,) = find(record, folder).edits
        assert edit.bundle is not None
        assert edit.bundle.files[0].content == text.encode()


def test_an_old_file_is_not_read_again(record: Record, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(record, "notes/a", "one\n")
    show(record, folder)
    monkeypatch.setattr("runlore.library.stamps._SETTLED", -(10**12))  # as if everything had been written long ago
    assert find(record, folder) == HandEdits()
    reads: list[str] = []
    from runlore.library import stamps

    real = stamps.read_file
    monkeypatch.setattr(
        stamps, "read_file", lambda root, path, **other: reads.append(path) or real(root, path, **other)
    )
    assert find(record, folder) == HandEdits()
    assert not [path for path in reads if path.startswith("notes/")]
    (folder / "notes/a.md").write_text("two\n")
    assert [e.document for e in find(record, folder).edits] == ["notes/a"]


def test_what_a_killed_process_left_aside_comes_back(record: Record, folder: Path) -> None:
    put(record, "notes/a", "one\n")
    put(record, "notes/b", "one\n")
    put(record, "notes/c", "one\n")
    show(record, folder)
    aside = folder / ".git/runlore/aside/notes"
    aside.mkdir(parents=True)
    shutil.move(folder / "notes/a.md", aside / "a.md")  # killed before the new one was linked
    (aside / "b.md").write_text("one\n")  # killed before what the record knows was dropped
    (aside / "c.md").write_text("mine\n")  # killed after a person wrote anew
    assert find(record, folder) == HandEdits()
    assert read_files(folder)["notes/a.md"] == b"one\n"
    assert [p.name for p in aside.iterdir()] == []
    assert (folder / KEPT / "notes/c.md").read_text() == "mine\n"
    assert [p.slug for p in verify_folder(record, "acme", folder)] == ["library-kept"]


def test_both_engines(record_url: str, folder: Path) -> None:
    with make_record(record_url) as record:
        put(record, "notes/a", "one\n")
        show(record, folder)
        (folder / "notes/a.md").write_text("two\n")
        found = find(record, folder)
        assert [e.document for e in found.edits] == ["notes/a"]
        settle(record, "acme", folder, found.edits)
        assert verify_folder(record, "acme", folder) == ()
