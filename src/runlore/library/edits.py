"""Edits: documents that differ from what was shown of them, whoever changed them and wherever; what cannot become part of a document is a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from runlore.library.folder import BlockedPath, Found, mode_of
from runlore.library.intake import check_name, readable
from runlore.library.recorded import Files, Mode, Source
from runlore.model import Problem
from runlore.model.document import Bundle, FileContent
from runlore.model.library import Revision, render_document_id
from runlore.record.companies import list_teams
from runlore.record.documents import find_document
from runlore.record.heads import Head
from runlore.runbooks.formats.bundling import Incoming, bundle_files
from runlore.runbooks.formats.hostile import check_asset, check_text, check_whole
from runlore.runbooks.formats.places import Place, document_of, path_of

EditKind = Literal["added", "changed", "removed"]

Reader = Callable[[str], Found | None]
"""Gives a file with its content by its path, None where there is none; raises BlockedPath."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person did to one document. ``base`` is the revision that it was made from, empty for a new document.

    ``bundle`` is the document as it stands in the folder now, None where it was removed. ``seen`` says of each path what was found there when the
    edit was taken up: the hash of the content and whether it is executable, None where nothing was.
    """

    document: str
    kind: EditKind
    base: str
    bundle: Bundle | None
    seen: tuple[tuple[str, Mode | None], ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths in the folder that differ from what Runlore wrote."""
        return tuple(path for path, _ in self.seen)


@dataclass(frozen=True, slots=True)
class HandEdits:
    """The edits by document, and what could not be taken up, by path."""

    edits: tuple[Edit, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it was shown before somebody changed it."""

    revision: Revision | Head
    hash: str
    files: Files


@dataclass(slots=True)
class Changes:
    """What differs, by document: known files that changed or went, and files that nobody knows."""

    changed: dict[str, set[str]] = field(default_factory=dict)
    fresh: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: str, slug: str, why: str, level: str = "error") -> None:
        """Keep a problem with a path; ``why`` goes on after it."""
        self.problems.append(Problem(readable(path), 0, slug, f"`{readable(path)}` {why}", level))


def sort_in(path: str, shown: Mapping[str, Shown], changes: Changes) -> None:
    """Find the document that a new file belongs to."""
    if found := check_name(path):
        changes.refuse(path, found.slug, f"is not taken up: {found.message}")
        return
    place = document_of(path)
    if place is None:
        if not any(part.startswith(".") for part in path.split("/")):
            why = "is no place for a document: Markdown goes to `<shelf>/<name>.md`, everything else below `<shelf>/<name>/`, with names of a–z, 0–9 and hyphens."
            changes.refuse(path, "library-no-place", why, "warning")
        return
    document = render_document_id(place.team, place.shelf, place.name)
    there = shown.get(document)
    if there is None:
        changes.fresh.setdefault(document, []).append(path)
    elif _path_in(there, place) == path:
        changes.changed.setdefault(document, set()).add(path)
    else:
        why = f"stands where `{document}` has no file: that document is a {there.revision.format} at `{_path_in(there, place)}`. Rename it, or move it there."
        changes.refuse(path, "library-no-place", why)


def _path_in(there: Shown, place: Place) -> str:
    bundle = Bundle(there.revision.format, there.revision.main, ())
    return path_of(place.shelf, place.name, bundle, place.file, place.team)


def list_changed(read: Reader, shown: Mapping[str, Shown], changes: Changes) -> Iterator[Edit]:
    """Make the edits of documents that the folder was showing."""
    for document, paths in sorted(changes.changed.items()):
        there = shown[document]
        try:
            found = {path: read(path) for path in sorted({*there.files, *paths})}
        except BlockedPath:
            continue  # named while walking: what lies behind a link cannot be told to be gone
        seen = tuple((path, mode_of(found[path])) for path in found if mode_of(found[path]) != there.files.get(path))
        files = {path: there_now for path, there_now in found.items() if there_now is not None}
        if not seen:
            continue
        if not files:
            yield Edit(document, "removed", there.hash, None, seen)
            continue
        bundle = _bundle(document, there, files, changes)
        if bundle is not None:
            yield Edit(document, "changed", there.hash, bundle, seen)


def _bundle(document: str, there: Shown, files: Mapping[str, Found], changes: Changes) -> Bundle | None:
    """Make the document of the files that stand there now; None, with problems, where they are none."""
    format, main = there.revision.format, there.revision.main
    contents = []
    for path, found in files.items():
        place = document_of(path)
        if not found.hash:
            changes.refuse(
                path,
                "import-too-large",
                "is larger than any document may be: shorten it, or keep it elsewhere and link to it.",
            )
            return None
        if place is not None:
            contents.append(FileContent(place.file, found.content, found.executable))
    contents.sort(key=lambda file: file.path)
    if all(file.path != main for file in contents):
        return _bundle_anew(document, main, files, changes)
    wrong = [p for file in contents for p in (check_text(file) if file.path == main else check_asset(file, format))]
    wrong += check_whole(document, contents)
    errors = [problem for problem in wrong if problem.level == "error"]
    for problem in errors:
        changes.refuse(document, problem.slug, f"was edited and is not taken up: {problem.message}")
    return None if errors else Bundle(format, main, tuple(contents))


def _bundle_anew(document: str, main: str, files: Mapping[str, Found], changes: Changes) -> Bundle | None:
    """Find what a document has become whose main file is gone."""
    bundled = bundle_files(FileContent(path, found.content, found.executable) for path, found in files.items())
    for incoming in bundled.documents:
        if render_document_id(incoming.team, incoming.shelf, incoming.name) == document and len(bundled.documents) == 1:
            return incoming.bundle
    changes.refuse(
        document,
        "library-no-main",
        f"has lost its main file `{main}`: put it back, or remove the other files too if the document is to go.",
    )
    return None


def list_added(read: Reader, source: Source, changes: Changes) -> Iterator[Edit]:
    """Make the edits that add documents."""
    teams = {team.id for team in list_teams(source.tx, source.company)}
    for paths in changes.fresh.values():
        found = {path: there for path in paths if (there := read(path)) is not None}
        large = [path for path, there in found.items() if not there.hash]
        for path in large:
            changes.refuse(
                path, "import-too-large", "is larger than any document may be: keep it elsewhere and link to it."
            )
            del found[path]
        bundled = bundle_files(FileContent(path, there.content, there.executable) for path, there in found.items())
        changes.problems.extend(bundled.problems)
        for incoming in bundled.documents:
            edit = _add(source, incoming, found, teams, changes)
            if edit is not None:
                yield edit


def _add(
    source: Source, incoming: Incoming, found: Mapping[str, Found], teams: set[str], changes: Changes
) -> Edit | None:
    document = render_document_id(incoming.team, incoming.shelf, incoming.name)
    there = find_document(source.tx, source.company, document)
    if there is not None and not there.retired:
        changes.refuse(
            incoming.source,
            "library-no-place",
            f"would be `{document}`, which is there already: edit that, or rename this.",
        )
        return None
    if incoming.team and incoming.team not in teams:
        changes.refuse(
            incoming.source,
            "library-no-team",
            f"is of the team `{incoming.team}`, which the company does not have: `runlore team add {incoming.team}` makes it.",
        )
        return None
    contents = {(file.path.rpartition("/")[2], file.content) for file in incoming.bundle.files}
    seen = tuple(
        (path, mode_of(there_now))
        for path, there_now in sorted(found.items())
        if path == incoming.source or (path.rpartition("/")[2], there_now.content) in contents
    )
    return Edit(document, "added", there.head if there else "", incoming.bundle, seen)
