"""The library folder follows the record: one commit for each publication, then the working files, then the record is told so.

Whatever ends this in the middle, the next call goes on where it stopped: what is in the history is read from the history, what the files show
from the folder's own state, and the record's outbox is emptied last. Commits hold nothing but what the record says, so making one twice makes
the same one.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from runlore.errors import GitError, NoLibrary, StoreError
from runlore.library import git
from runlore.library.cover import COVER, COVER_HASHES, EARLIER_HASHES
from runlore.library.folder import OWN, BlockedPath, hold, list_aside, read_file, recover, walk
from runlore.library.intake import readable
from runlore.library.recorded import Commit, Source, cover_commit, list_commits, open_source, read_content
from runlore.library.repository import (
    BY_HAND,
    CommitNote,
    check_repository,
    find_obstacle,
    has_repository,
    list_notes,
    make_repository,
    move_main,
    pack_loose,
    peek_main,
    read_main,
    unlocked,
    write_index,
)
from runlore.library.stream import WORK_REF, render_stream
from runlore.library.worktree import (
    State,
    list_standings,
    make_shelves,
    read_state,
    refresh,
    refresh_cover,
    write_state,
)
from runlore.model.document import SHELVES
from runlore.model.library import Publication
from runlore.record.database import Record
from runlore.record.heads import count_publications, find_published, has_content
from runlore.record.publications import list_outbox, list_publications, mark_projected
from runlore.runbooks.formats.places import TEAMS

_FAR = 200
_FURTHEST = 10_000
"""How many commits of others upon ours are walked back through."""


@dataclass(frozen=True, slots=True)
class Line:
    """Main as it is: the commit that it points to, the newest commit on it that the record knows, and the number of its publication."""

    tip: str = ""
    ours: str = ""
    publication: int = 0


def project(record: Record, company: str, folder: Path) -> tuple[Publication, ...]:
    """Bring the library folder up to the record; give the publications that its history did not show before, with their commits.

    Makes folder and repository where there are none, and finishes what a process that was killed had begun. Raises StoreError, LibraryDamaged,
    NoLibrary, GitError; what is published stays published, and the next call tries again.
    """
    if is_settled(record, company, folder):
        return ()
    with hold_library(record, company, folder) as root:
        return project_held(record, company, folder, root)


def project_held(record: Record, company: str, folder: Path, root: int) -> tuple[Publication, ...]:
    """Do what ``project`` does, for a caller that holds the folder."""
    with record.read() as tx:
        source = open_source(tx, company)
        state = read_state(root)
        _open_repository(root, folder)
        if state.company not in ("", company):
            raise NoLibrary(str(folder), f"it shows the library of another company, {state.company!r}")
        recover(root, partial(has_content, tx, company))
        line, tip, made = _bring_history(source, folder)
        _bring_files(source, folder, root, state, tip)
        unmarked = {p.number for p in list_outbox(tx, company)} - set(made)
        made_before = _find_commits(folder, tip, unmarked) if unmarked else {}
        published = list_publications(tx, company, line.publication) if made else ()
        added = tuple(replace(p, commit=made[p.number]) for p in published)
    if made or made_before:
        with record.write(company) as tx:
            for number, commit in sorted({**made_before, **made}.items()):
                mark_projected(tx, company, number, commit)
        pack_loose(folder)
    return added


@contextlib.contextmanager
def hold_library(record: Record, company: str, folder: Path) -> Iterator[int]:
    """Hold the library folder alone on this machine, and the right to write it alone on all machines; gives its descriptor.

    Makes the folder where it is missing. What the disk refuses inside the block is raised as StoreError.
    """
    try:
        with _one_committer(record, company), hold(folder, make=True) as root:
            yield root
    except OSError as error:
        why = f"the library folder cannot be read or written: {error.strerror or error}"
        raise StoreError(str(folder), why) from error


@contextlib.contextmanager
def _one_committer(record: Record, company: str) -> Iterator[None]:
    """Let one process of all machines project at a time. Where the record is a file, the lock of the folder does that alone."""
    if record.kind == "sqlite":
        yield
        return
    connection = record.engine.connect()  # a link of its own: the lock is held over several transactions
    try:
        connection.begin(write=True)
        connection.lock(f"projection:{company}")
        yield
    finally:
        connection.close()


def is_settled(record: Record, company: str, folder: Path) -> bool:
    """Say, without git and without waiting for anybody, whether the folder shows everything: for the start of every command."""
    with record.read() as tx:
        if list_outbox(tx, company):
            return False
        newest = count_publications(tx, company)
        last = list_publications(tx, company, newest - 1)
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        state, left = read_state(root), list_aside(root)
    except BlockedPath:
        return False
    finally:
        os.close(root)
    told = (state.company, state.publication, state.revision)
    return (
        told == (company, newest, last[-1].revision if last else "")
        and not state.waiting
        and not left
        and bool(state.commit)
        and peek_main(folder) == state.commit
    )


def _open_repository(root: int, folder: Path) -> None:
    """Make the repository where there is none; see to it that it is one that we may write to."""
    if not has_repository(root):
        if strange := _find_strange(root):
            raise NoLibrary(str(folder), f"it holds other files, such as `{readable(strange)}`")
        make_repository(root, folder)
        make_shelves(root)
    check_repository(root, folder)


def is_ours(root: int) -> bool:
    """Say whether a folder is a library of ours, whole or damaged, or empty: one that may be replaced."""
    try:
        os.stat(OWN, dir_fd=root)
    except OSError:
        return not has_repository(root) and not _find_strange(root)
    return True


def _find_strange(root: int) -> str:
    """Find a file that has no place in a library folder; empty where there is none."""
    return next((seen.path for seen in walk(root) if not _is_expected(root, seen.path)), "")


def _is_expected(root: int, path: str) -> bool:
    """Say whether a file may stand in a library folder whose repository is missing."""
    head, slash, _ = path.partition("/")
    if path in COVER:
        try:
            found = read_file(root, path)
        except BlockedPath:
            return False
        return found is not None and found.hash in (COVER_HASHES[path], *EARLIER_HASHES.get(path, ()))
    return bool(slash and (head in SHELVES or head == TEAMS)) or head.startswith(".")


def find_line(source: Source, folder: Path) -> Line:
    """Find how far main is ours. Commits of others upon it are walked back through; raises NoLibrary where nothing on it is ours.

    The commit that the record names for its publication is looked for first: anybody can write the trailers of one.
    """
    tip = read_main(folder)
    if not tip:
        return Line()
    for most, strict in ((1, True), (_FAR, True), (_FURTHEST, False)):
        for commit, note in list_notes(folder, tip, most):
            if note is not None and _is_recorded(source, folder, note, strict=strict):
                return Line(tip, commit, note.publication)
    raise NoLibrary(str(folder), "its branch `main` was not written by Runlore for this company's record")


def _is_recorded(source: Source, folder: Path, note: CommitNote, *, strict: bool) -> bool:
    """Say whether a commit shows a publication as the record has it, or is a cover upon one."""
    revision, commit = find_published(source.tx, source.company, note.publication)
    if note.revision:
        return revision == note.revision and (not strict or commit in ("", note.commit))
    if note.company != source.company or not (revision or not note.publication):
        return False
    return not strict or all(set(changed) <= set(COVER) for _, changed in git.list_changes(folder, [note.commit]))


def _bring_history(source: Source, folder: Path) -> tuple[Line, str, dict[int, str]]:
    """Bring main up to the record; where something else moved it meanwhile, such as the git of a killed process, look again."""
    while True:
        line = find_line(source, folder)
        try:
            return (line, *_extend(source, folder, line))
        except GitError:
            if read_main(folder) == line.tip:
                raise


def _extend(source: Source, folder: Path, line: Line) -> tuple[str, dict[int, str]]:
    """Write the commits that main lacks and move it to them; give where it points then, and the commits by their publications.

    Commits of others that stood upon ours are kept on a branch of their own.
    """
    numbers: list[int] = []

    def commits() -> Iterator[Commit]:
        numbers.clear()
        if not _has_cover(folder, line.ours):
            numbers.append(0)
            yield cover_commit(source, line.publication)
        for publication, commit in list_commits(source, line.publication):
            numbers.append(publication.number)
            yield commit

    behind = count_publications(source.tx, source.company) > line.publication or not _has_cover(folder, line.ours)
    if not behind and line.tip == line.ours:
        return line.tip, {}
    tip, also, marks = line.ours, [], {}
    if behind:
        read = partial(read_content, source)
        marks = unlocked(folder, lambda: git.fast_import(folder, render_stream(commits(), line.ours, read)))
        tip, also = marks[len(numbers)], [f"delete {WORK_REF}"]
    if line.tip != line.ours:
        also.append(f"update {BY_HAND}{line.tip[:12]} {line.tip}")
    move_main(folder, tip, line.tip, *also)
    return tip, {number: marks[mark] for mark, number in enumerate(numbers, 1) if number}


def _has_cover(folder: Path, commit: str) -> bool:
    """Say whether a commit has the cover as it is now."""
    if not commit:
        return False
    entries = {entry.path: entry.object for entry in git.list_tree(folder, commit, tuple(COVER))}
    return entries == {path: git.hash_blob(content, len(commit)) for path, content in COVER.items()}


def _bring_files(source: Source, folder: Path, root: int, state: State, tip: str) -> None:
    """Bring the working files up to main, unless a person has the folder on another branch or in the middle of something."""
    if find_obstacle(folder):
        return
    published = list_publications(source.tx, source.company, max(state.publication - 1, 0))
    if state.publication and (not published or published[0].revision != state.revision):
        state = State()  # of a record that was taken back to an earlier backup
        published = list_publications(source.tx, source.company)
    after = [p for p in published if p.number > state.publication]
    waiting = refresh(root, source, list_standings(source, state, after))
    refresh_cover(root)
    last = published[-1] if published else None
    now = State(source.company, last.number if last else 0, last.revision if last else "", tip, waiting)
    if now.commit != state.commit:
        write_index(root, folder, tip)
    if now != state:
        write_state(root, now)


def _find_commits(folder: Path, tip: str, numbers: set[int]) -> dict[int, str]:
    """Find in the history the commits of publications that the record does not know to be there: a process was killed before it could say so."""
    found: dict[int, str] = {}
    for commit, note in list_notes(folder, tip):
        if note is not None and note.revision and note.publication in numbers:
            found[note.publication] = commit
        if note is not None and note.publication < min(numbers):
            break
    return found
