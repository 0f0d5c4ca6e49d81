"""Other repositories, when a person asks for them: the library's history is sent there, and what others committed there comes back as edits.

Nothing there is overwritten, nothing from there is served: our history holds publications of the record and nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runlore.errors import GitError, NothingToRead, RemoteMoved, UsageError
from runlore.library import git
from runlore.library.cover import COVER_HASHES
from runlore.library.edits import Changes, Edit, HandEdits, Shown, list_added, list_changed, sort_in
from runlore.library.folder import LARGEST, Found
from runlore.library.projection import hold_library, project_held
from runlore.library.recorded import Source, files_of, open_source, read_content
from runlore.library.repository import list_notes, read_main
from runlore.record.canonical import hash_bytes
from runlore.record.database import Record
from runlore.record.heads import count_publications
from runlore.record.publications import list_publications
from runlore.record.revisions import find_head, get_revision

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SERVER: Final = re.compile(r"(?:[A-Za-z0-9._~-]+@)?[A-Za-z0-9._-]+:(?!:)[^:]*")
_BRANCH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_THEIRS: Final = "refs/heads/theirs"
_MOST: Final = 20_000
"""Files that one pull may change."""
_RECEIVE: Final = f"git -c core.hooksPath={os.devnull} receive-pack"


def push(folder: Path, remote: str, branch: str = "main") -> str:
    """Send main to a branch of another repository: a folder, an https or ssh address, or a name that the library's git has for one. Gives the commit.

    Raises RemoteMoved where the branch holds commits that are not ours, UsageError for an address of another kind, GitError.
    """
    url = find_address(folder, remote)
    _check_branch(branch)
    tip = read_main(folder)
    if not tip:
        raise NothingToRead(str(folder), "nothing has been published yet, so there is nothing to push")
    receive = (f"--receive-pack={_RECEIVE}",) if url.startswith("/") else ()
    with git.visit(folder, tip) as ask:
        try:
            ask("push", "--no-verify", *receive, "--end-of-options", url, f"{tip}:refs/heads/{branch}")
        except GitError as error:
            if "[rejected]" in str(error):
                raise RemoteMoved(remote, branch) from None
            raise
    return tip


def pull(record: Record, company: str, folder: Path, remote: str, branch: str = "main") -> HandEdits:
    """Fetch a branch of another repository; what others committed there, compared with what we have in common, as edits by document.

    The edits stand in no file of the folder: to settle them changes nothing. Raises NothingToRead where there is no such branch, UsageError, GitError,
    and as ``project`` does.
    """
    with hold_library(record, company, folder) as root:
        project_held(record, company, folder, root)
        url = find_address(folder, remote)
        theirs = _fetch(folder, url, remote, branch)
        ours = read_main(folder)
        with record.read() as tx:
            source = open_source(tx, company)
            return _compare(source, folder, ours, theirs)


def find_address(folder: Path, remote: str) -> str:
    """Give the address that a remote is reached by; an absolute path for a folder. Raises UsageError for what git would run a program for."""
    address = _address_of(folder, remote) or remote
    scheme, slashes, _ = address.partition("://")
    if slashes and scheme in git.PROTOCOLS:
        return address
    if address.startswith("-") or "::" in address or slashes or not address.isprintable() or not address:
        raise UsageError(
            f"{remote!r} is no remote for a library: name a folder, an https or ssh address, or a remote of the library's own git."
        )
    if _SERVER.fullmatch(address) and not Path(address).exists():
        return address
    place = Path(address).expanduser().absolute()
    if not git.is_repository(place):
        raise UsageError(f"There is no git repository at {place}, and {remote!r} is no address.")
    return str(place)


def _address_of(folder: Path, remote: str) -> str:
    """Look a remote up by its name in the settings of the library's repository; empty where there is none."""
    if not _NAME.fullmatch(remote) or not (folder / ".git").is_dir():
        return ""
    _, output = git.call(folder, "config", "--local", "--no-includes", "--get", f"remote.{remote}.url", most=1)
    return output.decode("utf-8", "replace").strip()


def _check_branch(branch: str) -> None:
    if not _BRANCH.fullmatch(branch) or ".." in branch or branch.endswith(("/", ".lock", ".")):
        raise UsageError(f"{branch!r} is no name of a branch.")


def _fetch(folder: Path, url: str, remote: str, branch: str) -> str:
    """Bring the objects of a branch into our repository, checked by git; no ref of ours moves. Gives its commit."""
    _check_branch(branch)
    with git.visit(folder, read_main(folder)) as ask:
        if not ask("ls-remote", "--end-of-options", url, f"refs/heads/{branch}").strip():
            raise NothingToRead(remote, f"it has no branch `{branch}`")
        options = ("--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--quiet", "--end-of-options")
        ask("fetch", *options, url, f"+refs/heads/{branch}:{_THEIRS}")
        return ask("rev-parse", "--verify", _THEIRS).decode("ascii").strip()


@dataclass(frozen=True, slots=True)
class _Common:
    """What both histories have in common: a commit, and the number of the publication that it shows."""

    commit: str
    publication: int


def _find_common(source: Source, folder: Path, ours: str, theirs: str) -> _Common:
    """Find where the histories part; where they have nothing in common, theirs is compared with all that we have."""
    _, output = git.call(folder, "merge-base", "--end-of-options", ours, theirs, most=1)
    commit = output.decode("ascii").split("\n")[0]
    if not commit:
        return _Common(ours, count_publications(source.tx, source.company))
    note = next((note for _, note in list_notes(folder, commit, 1)), None)
    return _Common(commit, note.publication if note else 0)


def _compare(source: Source, folder: Path, ours: str, theirs: str) -> HandEdits:
    common = _find_common(source, folder, ours, theirs)
    differences = git.list_differences(folder, common.commit, theirs)
    changes = Changes()
    if len(differences) > _MOST:
        changes.refuse(
            theirs[:12],
            "import-limit",
            f"changes {len(differences):,} files, more than {_MOST:,}: nothing of it is taken up.",
        )
        return HandEdits((), tuple(changes.problems))
    shown = _list_shown(source, common.publication)
    owners = {path: document for document, there in shown.items() for path in there.files}
    wanted: dict[str, tuple[str, bool]] = {}
    for path, (mode, oid) in sorted(differences.items()):
        if path in COVER_HASHES:
            continue
        if mode and not mode.startswith("100"):
            changes.refuse(
                path,
                "library-no-file",
                "is a link or another repository: it is not followed, and nothing of it is taken up.",
            )
            continue
        if mode:
            wanted[path] = (oid, mode == "100755")
        if path in owners:
            changes.changed.setdefault(owners[path], set()).add(path)
        elif mode:
            sort_in(path, shown, changes)
    found = _read(folder, wanted)

    def read(path: str) -> Found | None:
        if path in differences:
            return found.get(path)
        there = shown[owners[path]].files[path] if path in owners else None
        return Found(*there, read_content(source, there[0])) if there else None

    edits = [*list_changed(read, shown, changes), *list_added(read, source, changes)]
    kept = (replace(edit, seen=()) for edit in edits if not _is_there(source, edit))
    return HandEdits(
        tuple(sorted(kept, key=lambda e: e.document)), tuple(sorted(changes.problems, key=lambda p: p.file))
    )


def _list_shown(source: Source, publication: int) -> dict[str, Shown]:
    """Give what the library showed of each document at a publication."""
    last: dict[str, str] = {}
    for row in list_publications(source.tx, source.company):
        if row.number <= publication:
            last[row.document] = row.revision
    shown = {}
    for document, hash in last.items():
        revision = get_revision(source.tx, source.company, hash)
        if files := files_of(source, revision):
            shown[document] = Shown(revision, hash, files)
    return shown


def _read(folder: Path, wanted: Mapping[str, tuple[str, bool]]) -> dict[str, Found]:
    """Read files by path; the hash of one that is too large is empty."""
    contents = git.read_objects(folder, [oid for oid, _ in wanted.values()], LARGEST)
    found = {}
    for (path, (_, executable)), content in zip(wanted.items(), contents, strict=True):
        found[path] = Found(hash_bytes(content), executable, content) if content is not None else Found("", executable)
    return found


def _is_there(source: Source, edit: Edit) -> bool:
    """Say whether the approved revision is what the edit would make it already."""
    head = find_head(source.tx, source.company, edit.document)
    if head is None:
        return False
    if edit.bundle is None:
        return head.hash in source.retiring
    mine = {file.path: (hash_bytes(file.content), file.executable) for file in edit.bundle.files}
    return mine == {file.path: (file.hash, file.executable) for file in head.files}
