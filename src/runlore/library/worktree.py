"""The working files of the library folder: which revision of each document they show, and how they are brought up to the approved one.

What a person has edited is left alone: that document waits, at the revision that it was edited from, until its edit has become a proposal.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from runlore.errors import StoreError
from runlore.library.cover import COVER, COVER_HASHES, EARLIER_HASHES
from runlore.library.folder import (
    OWN,
    BlockedPath,
    Found,
    Judge,
    drop_empty_folders,
    drop_file,
    mode_of,
    put_file,
    read_file,
    sync_folders,
    write_own,
)
from runlore.library.recorded import Files, Mode, Source, files_of, read_content
from runlore.model.document import SHELVES
from runlore.model.library import Publication
from runlore.record.revisions import find_head, get_revision
from runlore.runbooks.formats.places import TEAMS

_STATE: Final = "state.json"
_FEW: Final = 32
"""Up to so many files each is waited for by itself; beyond, the whole disk is waited for once."""
_NOTHING: Final = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(frozen=True, slots=True)
class State:
    """What the working files show: everything up to a publication and its revision; main as it was; and which documents wait, at which revision.

    A waiting document's revision is empty where it is not known what the folder showed of it.
    """

    company: str = ""
    publication: int = 0
    revision: str = ""
    commit: str = ""
    waiting: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """One document as the folder may show it: the revision that it showed, and the files of every revision from that to the approved one.

    ``waits``: a person had edited it when it was last looked at.
    """

    document: str
    shown: str
    versions: tuple[Files, ...]
    waits: bool = False

    @property
    def target(self) -> Files:
        """What the folder must show: the files of the approved revision, none where it was taken out of use."""
        return self.versions[-1]


def read_state(root: int) -> State:
    """Read what the working files show; a state that is missing or damaged is as if nothing had been shown yet."""
    try:
        found = read_file(root, f"{OWN}/{_STATE}", keep=True)
        raw = json.loads(found.content) if found else {}
        waiting = {str(document): str(revision) for document, revision in raw.get("waiting", {}).items()}
        return State(str(raw["company"]), int(raw["publication"]), str(raw["revision"]), str(raw["commit"]), waiting)
    except (BlockedPath, ValueError, KeyError, TypeError, AttributeError):
        return State()


def write_state(root: int, state: State) -> None:
    """Keep what the working files show."""
    raw = {
        "company": state.company,
        "publication": state.publication,
        "revision": state.revision,
        "commit": state.commit,
        "waiting": dict(sorted(state.waiting.items())),
    }
    write_own(root, _STATE, (json.dumps(raw, indent=1) + "\n").encode())


def make_shelves(root: int) -> None:
    """Make the folders of the shelves, for people to see where things go; git knows no empty folders."""
    for shelf in SHELVES:
        try:
            os.mkdir(shelf, 0o755, dir_fd=root)
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreError(shelf, f"the folder of the shelf cannot be made: {error.strerror or error}") from error


def list_standings(source: Source, state: State, after: Sequence[Publication]) -> Iterator[Standing]:
    """Give the documents that are not known to be shown as approved: those of the publications after the state, and those that wait."""
    shown = dict(state.waiting)
    for publication in after:
        if publication.document not in shown:
            shown[publication.document] = get_revision(source.tx, source.company, publication.revision).parent
    for document, revision in sorted(shown.items()):
        yield find_standing(source, document, revision, waits=document in state.waiting)


def find_standing(source: Source, document: str, shown: str, *, waits: bool) -> Standing:
    """Follow a document from its approved revision back to the one that the folder showed."""
    versions: list[Files] = []
    revision = find_head(source.tx, source.company, document)
    while revision is not None:
        versions.append(files_of(source, revision))
        if revision.hash == shown:
            break
        revision = get_revision(source.tx, source.company, revision.parent) if revision.parent else None
    else:
        versions.append({})
    return Standing(document, shown, tuple(reversed(versions)), waits)


def refresh(root: int, source: Source, standings: Iterable[Standing]) -> dict[str, str]:
    """Bring the files of documents up to their approved revision; give those that wait because a person edited them, and at which revision."""
    chosen = [(standing, _is_ours(root, source, standing)) for standing in standings]
    files = sum(len(standing.target) for standing, ours in chosen if ours)
    waiting: dict[str, str] = {}
    touched: list[str] = []
    for standing, ours in chosen:
        if not (ours and _show(root, source, standing, touched, durable=files <= _FEW)):
            waiting[standing.document] = standing.shown
    if len(touched) <= _FEW:
        sync_folders(root, touched)
    else:
        os.sync()
    return waiting


def refresh_cover(root: int) -> bool:
    """Bring the files of the cover up to date; says whether they are: a person's own text in their place stays."""
    done = True
    for path, content in COVER.items():
        wanted: Mode = (COVER_HASHES[path], False)
        states = frozenset({None, wanted, *((hash, False) for hash in EARLIER_HASHES.get(path, ()))})
        try:
            if mode_of(read_file(root, path)) != wanted:
                done = put_file(root, path, content, False, partial(is_one_of, states=states)) and done
        except BlockedPath:
            done = False
    return done


def _is_ours(root: int, source: Source, standing: Standing) -> bool:
    """Say whether all files of a document are as some revision since the one that was shown has them."""
    try:
        return all(
            is_one_of(read_file(root, path), list_states(source, standing, path)) for path in list_paths(standing)
        )
    except BlockedPath:
        return False


def list_paths(standing: Standing) -> tuple[str, ...]:
    """List the paths that a document has had since the revision that was shown."""
    return tuple(sorted({path for version in standing.versions for path in version}))


def list_states(source: Source, standing: Standing, path: str) -> frozenset[Mode | None]:
    """List what may stand at a path without anybody having edited it.

    What was erased from the record may still stand there; and an empty file may, which a power cut leaves behind.
    """
    states = {version.get(path) for version in standing.versions}
    shown = {state for state in states if state}
    states.update((original, run) for hash, run in shown for original, line in source.erased.items() if line == hash)
    if not standing.waits:
        states.update(((_NOTHING, False), (_NOTHING, True)))
    return frozenset(states)


def is_one_of(found: Found | None, states: frozenset[Mode | None]) -> bool:
    """Say whether a file is in one of some states."""
    return mode_of(found) in states


def _show(root: int, source: Source, standing: Standing, touched: list[str], *, durable: bool) -> bool:
    """Write the approved revision of a document into the folder; says whether it stands there as a whole."""
    try:
        for path in list_paths(standing):
            wanted = standing.target.get(path)
            if mode_of(read_file(root, path)) == wanted:
                continue
            may = partial(is_one_of, states=list_states(source, standing, path))
            if not write_mode(root, source, path, wanted, may, durable=durable):
                return False
            touched.append(path)
    except BlockedPath:
        return False
    return True


def write_mode(root: int, source: Source, path: str, wanted: Mode | None, may: Judge, *, durable: bool = True) -> bool:
    """Make one path what it has to be, if ``may`` allows; says whether it is. Raises BlockedPath, StoreError."""
    if wanted is not None:
        return put_file(root, path, read_content(source, wanted[0]), wanted[1], may, durable=durable)
    done = drop_file(root, path, may)
    drop_empty_folders(root, path, 0 if path.startswith(f"{TEAMS}/") else 1)  # the folders of shelves stay
    return done
