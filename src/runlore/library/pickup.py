"""What a person changed in the library folder by hand, document by document: looked at, never run, never served.

An edit names the revision that it was made from, so that it can be merged with what was published since. What cannot become part of a document
is a problem, and stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from runlore.library.cover import COVER_HASHES
from runlore.library.edits import Changes, Edit, HandEdits, Shown, list_added, list_changed, sort_in
from runlore.library.folder import BlockedPath, Found, mode_of, read_file, walk
from runlore.library.projection import hold_library, is_settled, project_held
from runlore.library.recorded import Mode, Source, files_of, open_source
from runlore.library.repository import find_obstacle
from runlore.library.stamps import stamped_mode, use_stamps
from runlore.library.worktree import read_state, refresh_cover, write_mode
from runlore.model import Problem
from runlore.record.database import Record
from runlore.record.heads import list_heads
from runlore.record.revisions import find_head, get_revision

_LEFT_ALONE: Final = re.compile(
    r"(?:^|/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|4913|\.#[^/]*|#[^/]*#|\.?[^/]*~|\.[^/]*\.sw[a-z]|[^/]*\.(?:tmp|bak|orig|rej|swp|part))$"
)
"""What editors, file managers and merges leave behind: no document, and nothing to speak of."""
_MANY: Final = 10


def find_edits(record: Record, company: str, folder: Path) -> HandEdits:
    """Find what a person changed, added or removed in the library folder since Runlore wrote it; the folder is brought up to the record first.

    Raises as ``project`` does.
    """
    with hold_library(record, company, folder) as root:
        if not is_settled(record, company, folder):
            project_held(record, company, folder, root)
        if obstacle := find_obstacle(folder):
            return HandEdits(
                (), (Problem(str(folder), 0, "library-elsewhere", f"The library folder is left alone: {obstacle}."),)
            )
        with record.read() as tx:
            source = open_source(tx, company)
            shown = _list_shown(source, read_state(root).waiting)
            read = partial(read_file, root, keep=True)
            refresh_cover(root)
            changes = _compare(root, source, shown)
            edits = [*list_changed(read, shown, changes), *list_added(read, source, changes)]
    kept, refused = _without_mass_removal(edits, len(shown))
    problems = sorted([*changes.problems, *refused], key=lambda p: p.file)
    return HandEdits(tuple(sorted(kept, key=lambda edit: edit.document)), tuple(problems))


def _list_shown(source: Source, waiting: Mapping[str, str]) -> dict[str, Shown]:
    """Give what the folder shows of each document: the approved revision, or the one that a waiting document was edited from."""
    shown: dict[str, Shown] = {}
    for head in list_heads(source.tx, source.company):
        shown[head.document] = Shown(head, head.revision, files_of(source, head))
    for document, hash in waiting.items():
        revision = (
            get_revision(source.tx, source.company, hash) if hash else find_head(source.tx, source.company, document)
        )
        if revision is not None:
            shown[document] = Shown(revision, revision.hash, files_of(source, revision))
    return shown


def _compare(root: int, source: Source, shown: Mapping[str, Shown]) -> Changes:
    """Walk the folder and find what differs from what it is known to show."""
    changes = Changes()
    expected = {path: document for document, there in shown.items() for path in there.files}
    missing, blocked = set(expected), set[str]()
    with use_stamps(root) as stamps:
        for seen in walk(root):
            if seen.kind != "file":
                blocked.add(seen.path)
                what = "a link" if seen.kind == "link" else "no regular file, or cannot be opened"
                changes.refuse(
                    seen.path, "library-no-file", f"is {what}: it is not followed, and nothing of it is taken up."
                )
            elif seen.path in expected:
                document = expected[seen.path]
                if stamped_mode(stamps, seen) != shown[document].files[seen.path]:
                    changes.changed.setdefault(document, set()).add(seen.path)
                missing.discard(seen.path)
            elif seen.path not in COVER_HASHES and not _LEFT_ALONE.search(seen.path):
                sort_in(seen.path, shown, changes)
    for path in sorted(missing):
        if not any(path == place or path.startswith(f"{place}/") for place in blocked):
            changes.changed.setdefault(expected[path], set()).add(path)
    _check_cover(root, changes)
    return changes


def _check_cover(root: int, changes: Changes) -> None:
    for path, hash in COVER_HASHES.items():
        try:
            found = read_file(root, path)
        except BlockedPath:
            continue  # named already
        if found is None or found.hash != hash:
            changes.refuse(
                path,
                "library-cover",
                "is written by Runlore and was changed: it stays as it is. Delete it to have it written again; notes belong on a shelf.",
                "warning",
            )


def _without_mass_removal(edits: list[Edit], documents: int) -> tuple[list[Edit], list[Problem]]:
    """Take removals for an accident where most of the library is gone: nobody wants a hundred proposals of that."""
    removed = [edit for edit in edits if edit.kind == "removed"]
    if len(removed) <= max(_MANY, documents // 2):
        return edits, []
    message = (
        f"{len(removed)} of {documents} documents are gone from the library folder, which looks like an accident: nothing was proposed for them."
        " `runlore verify --rebuild` brings the files back."
    )
    return [edit for edit in edits if edit.kind != "removed"], [
        Problem(removed[0].paths[0], 0, "library-emptied", message)
    ]


def settle(record: Record, company: str, folder: Path, edits: Iterable[Edit]) -> tuple[str, ...]:
    """Put the files of edits that have become proposals back to what the record says; gives the paths that were edited again meanwhile and stay.

    Call it when the record holds the bytes of the edits. Raises as ``project`` does.
    """
    left: list[str] = []
    with hold_library(record, company, folder) as root:
        with record.read() as tx:
            source = open_source(tx, company)
            for edit in edits:
                left.extend(_settle(root, source, edit))
        project_held(record, company, folder, root)
    return tuple(left)


def _settle(root: int, source: Source, edit: Edit) -> Iterator[str]:
    head = find_head(source.tx, source.company, edit.document)
    target = files_of(source, head) if head else {}
    for path, was in edit.seen:

        def may(found: Found | None, was: Mode | None = was) -> bool:
            return mode_of(found) == was

        try:
            done = write_mode(root, source, path, target.get(path), may)
        except BlockedPath:
            done = False
        if not done:
            yield path
