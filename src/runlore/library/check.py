"""The proof that the library folder is what the record says: its repository, its history commit by commit, its files; and a folder made anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from runlore.errors import GitError, NoLibrary, StoreError
from runlore.library import git
from runlore.library.cover import COVER_HASHES
from runlore.library.folder import KEPT, OWN, BlockedPath, hold, mode_of, read_file, walk
from runlore.library.intake import readable
from runlore.library.projection import hold_library, is_ours, project_held
from runlore.library.recorded import Commit, Mode, Source, list_commits, open_source, read_content, tree_of
from runlore.library.repository import (
    BY_HAND,
    CommitNote,
    check_repository,
    find_obstacle,
    has_repository,
    list_notes,
    read_main,
)
from runlore.library.worktree import read_state
from runlore.model import Problem
from runlore.model.library import Publication
from runlore.record.database import Record
from runlore.record.heads import has_content

_MOST: Final = 100
"""So many files that differ are named."""


def verify_folder(record: Record, company: str, folder: Path) -> tuple[Problem, ...]:
    """Compare the library folder with the record; gives what differs, the first thing first, and nothing where all is one.

    Looked at in this order: the repository and its objects; the history, which has to be one commit for each publication with exactly its files, author,
    message and trailers; the tree of main; the files. Nothing is changed. A problem names commit or file.
    """
    if not folder.is_dir():
        return (
            _problem(
                str(folder), "library-missing", "There is no library folder. `runlore verify --rebuild` makes it."
            ),
        )
    try:
        with hold(folder) as root, record.read() as tx:
            source = open_source(tx, company)
            return tuple(_verify(source, folder, root))
    except (GitError, StoreError, OSError) as error:
        return (_problem(str(folder), "library-repository", str(error)),)


def _problem(file: str, slug: str, message: str, level: str = "error") -> Problem:
    return Problem(readable(file), 0, slug, message, level)


def _verify(source: Source, folder: Path, root: int) -> Iterator[Problem]:
    if not has_repository(root):
        yield _problem(
            str(folder),
            "library-repository",
            "The library folder has no git repository. The next command that publishes makes it anew.",
        )
        return
    check_repository(root, folder)
    broken = list(_check_objects(folder))
    yield from broken
    if broken:
        return
    tip = read_main(folder)
    wrong = next(_check_history(source, folder, tip), None)
    if wrong:
        yield wrong
    elif different := next(_check_tree(source, folder, tip), None):
        yield different
    if obstacle := find_obstacle(folder):
        yield _problem(
            str(folder),
            "library-elsewhere",
            f"The files of the library folder are not brought up to date: {obstacle}.",
            "warning",
        )
    else:
        yield from islice(_check_files(source, root), _MOST)
    yield from _check_kept(root)


def _check_objects(folder: Path) -> Iterator[Problem]:
    """Let git recompute the hash of every object."""
    args = ("fsck", "--full", "--no-dangling", "--no-reflogs", "--no-progress")
    try:
        git.run(folder, *args, timeout=git.IMPORT_TIMEOUT)
    except GitError as error:
        said = " ".join(str(error).split())[:500]
        yield _problem(
            f"{folder}/.git",
            "library-object",
            f"Git finds its repository damaged: {said}. `runlore verify --rebuild` makes it anew.",
        )


def _check_history(source: Source, folder: Path, tip: str) -> Iterator[Problem]:
    """Compare each commit of main with the publication that it has to show; covers may come between."""
    notes = list(list_notes(folder, tip)) if tip else []
    notes.reverse()
    changes = git.list_changes(folder, [commit for commit, _ in notes])
    expected = list_commits(source, 0)
    oids: dict[str, str] = {}
    for (commit, note), (_, changed) in zip(notes, changes, strict=True):
        if (
            note is not None
            and not note.revision
            and note.company == source.company
            and set(changed) <= set(COVER_HASHES)
        ):
            continue
        publication, wanted = next(expected, (None, None))
        if publication is None or wanted is None:
            yield _problem(
                commit[:12], "library-history", f"The commit {commit[:12]} shows no publication of the record."
            )
            return
        why = _compare_commit(source, (commit, note), changed, publication, wanted, oids)
        if why:
            yield _problem(
                commit[:12],
                "library-history",
                f"The commit {commit[:12]} has to show publication {publication.number} of {publication.document}, and {why}.",
            )
            return
    missing = next(expected, None)
    if missing:
        number, document = missing[0].number, missing[0].document
        yield _problem(
            str(folder),
            "library-behind",
            f"The history does not show publication {number} of {document} yet: the next command catches up.",
        )


def _compare_commit(
    source: Source,
    there: tuple[str, CommitNote | None],
    changed: dict[str, tuple[str, str]],
    publication: Publication,
    wanted: Commit,
    oids: dict[str, str],
) -> str:
    """Say how a commit differs from what it has to be; empty where it does not."""
    commit, note = there
    if note is None:
        return "was not written by Runlore"
    if (note.publication, note.revision) != (publication.number, publication.revision):
        return f"shows publication {note.publication}, revision {note.revision[:19]}"
    if note.message != wanted.message or note.author != f"{wanted.author} {wanted.at} +0000":
        return "has another author or another message"
    if publication.commit not in ("", commit):
        return f"is {publication.commit[:12]} by the record"
    expected = {path: (_git_mode(run), _oid(source, hash, oids, len(commit))) for path, (hash, run) in wanted.changed}
    expected.update(dict.fromkeys(wanted.removed, ("", "")))
    different = sorted(path for path in {*expected, *changed} if expected.get(path) != changed.get(path))
    return f"has another `{readable(different[0])}`" if different else ""


def _git_mode(executable: bool) -> str:
    return "100755" if executable else "100644"


def _oid(source: Source, hash: str, oids: dict[str, str], width: int) -> str:
    if hash not in oids:
        oids[hash] = git.hash_blob(read_content(source, hash), width)
    return oids[hash]


def _check_tree(source: Source, folder: Path, tip: str) -> Iterator[Problem]:
    """Compare the tree of main with the tree that the record gives."""
    entries = {entry.path: entry.object for entry in git.list_tree(folder, tip)} if tip else {}
    tree = tree_of(source.tx, source.company)
    for path in sorted({*entries, *tree}):
        wanted = git.hash_blob(read_content(source, tree[path][0]), len(tip) or 40) if path in tree else None
        if entries.get(path) != wanted:
            yield _problem(path, "library-tree", f"`{readable(path)}` is not in the tree of main as the record has it.")


def _check_files(source: Source, root: int) -> Iterator[Problem]:
    """Compare the working files with the tree; every file is read."""
    tree = tree_of(source.tx, source.company)
    waiting = read_state(root).waiting
    seen = set()
    for there in walk(root):
        seen.add(there.path)
        wanted = tree.get(there.path)
        why = _compare_file(root, there.path, wanted) if there.kind == "file" else "is no regular file"
        if why:
            yield _problem(there.path, "library-file", f"`{readable(there.path)}` {why}.", "warning")
    for path in sorted(set(tree) - seen):
        if not any(path.startswith(f"{other}/") for other in seen):
            yield _problem(path, "library-file", f"`{path}` is missing from the folder.", "warning")
    for document in sorted(waiting):
        why = "was edited by hand in the folder, so its approved revision is not shown there: `runlore proposals` takes the edit up."
        yield _problem(document, "library-waiting", f"{document} {why}", "warning")


def _compare_file(root: int, path: str, wanted: Mode | None) -> str:
    try:
        found = read_file(root, path)
    except BlockedPath as blocked:
        return blocked.why
    if wanted is None:
        return "is in the folder and in no approved document"
    return "" if mode_of(found) == wanted else "is not what the record has"


def _check_kept(root: int) -> Iterator[Problem]:
    try:
        kept = os.open(KEPT, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=root)
    except OSError:
        return
    try:
        for seen in walk(kept):
            place = f"{KEPT}/{seen.path}"
            message = f"An edit of `{readable(seen.path)}` met another one in the moment of writing and is kept as `{readable(place)}`: look at it, and delete it."
            yield _problem(place, "library-kept", message, "warning")
    finally:
        os.close(kept)


def rebuild(record: Record, company: str, folder: Path) -> Path | None:
    """Make the library folder anew from the record: beside, then in its place. Byte for byte the tree of the record, with the same commits.

    What stood there is erased if the record has all of it. Otherwise it is kept beside the new folder, and its path is given: it holds files that a
    person edited, or branches of theirs. Raises NoLibrary where the folder is no library, StoreError, GitError.
    """
    place = folder.resolve()
    beside = place.with_name(f".{place.name}.rebuilding")
    shutil.rmtree(beside, ignore_errors=True)
    with hold_library(record, company, place) as root:
        if not is_ours(root):
            raise NoLibrary(str(folder), "it holds other files, and would be replaced")
        with hold(beside, make=True) as fresh:
            project_held(record, company, beside, fresh)
        keep = _has_more(record, company, place, root)
        before = _free_name(place)
        try:
            place.rename(before)
            beside.rename(place)
        except OSError as error:
            raise StoreError(str(place), f"cannot be replaced: {error.strerror or error}") from error
    if keep:
        return before
    shutil.rmtree(before)
    return None


def _free_name(place: Path) -> Path:
    number = 1
    while (before := place.with_name(f"{place.name}-before-{number}")).exists():
        number += 1
    return before


def _has_more(record: Record, company: str, place: Path, root: int) -> bool:
    """Say whether a folder holds anything that the record does not: a file, a link, a branch of a person's."""
    with record.read() as tx:
        known = {hash for hash, _ in tree_of(tx, company).values()}
        for seen in walk(root):
            if seen.kind != "file":
                return True
            try:
                found = read_file(root, seen.path)
            except BlockedPath:
                return True
            if found and found.hash not in known and not has_content(tx, company, found.hash):
                return True
    if (place / OWN / "kept").exists():
        return True
    return _has_branches(place / ".git")


def _has_branches(repository: Path) -> bool:
    """Say whether a repository has branches other than main; without git, which may not be able to read it."""
    heads = repository / "refs" / "heads"
    loose = (
        [path for path in heads.rglob("*") if path.is_file() and path.relative_to(heads).as_posix() != "main"]
        if heads.is_dir()
        else []
    )
    try:
        packed = (repository / "packed-refs").read_text("utf-8", "replace").splitlines()
    except OSError:
        packed = []
    return bool(loose) or any(
        line.partition(" ")[2].startswith(("refs/heads/", BY_HAND)) and not line.endswith("refs/heads/main")
        for line in packed
    )
