"""Export the library: approved documents as skills, as SOPs, as a passage of AGENTS.md; strict, and so that nothing is lost on the way back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from runlore.actions.caller import Caller
from runlore.actions.shelved import Shelved, choose_teams, find_shelved, list_visible, recognise_shelved
from runlore.errors import Conflict, StoreError
from runlore.model import Problem
from runlore.model.document import Bundle, FileContent, Recognised
from runlore.model.library import Document
from runlore.record.database import Transaction
from runlore.record.documents import resolve_name
from runlore.runbooks.formats.agents_md import TEACHING, Listed, teaching_skill, to_agents_md
from runlore.runbooks.formats.to_skill import to_skill
from runlore.runbooks.formats.to_sop import to_sop

Kind = Literal["skills", "sop"]
BEGIN: Final = "<!-- runlore:begin -->"
END: Final = "<!-- runlore:end -->"
_WRITERS: Final[dict[Kind, Callable[[str, str, Bundle, Recognised], tuple[FileContent, ...]]]] = {
    "skills": to_skill,
    "sop": to_sop,
}
_SHELVES: Final[dict[Kind, tuple[str, ...]]] = {"skills": ("skills", "runbooks"), "sop": ("runbooks",)}


@dataclass(frozen=True, slots=True)
class ExportedDocuments:
    """What was written: the id of each document with the path of its first file; and what could not be."""

    written: tuple[tuple[str, Path], ...]
    problems: tuple[Problem, ...]


def export_documents(
    caller: Caller, kind: Kind, folder: Path, *, names: Sequence[str] = (), team: str = ""
) -> ExportedDocuments:
    """Write approved documents into a folder: those that are named, or all runbooks (and with ``skills`` all skills) as a team's member sees them.

    All skills together are accompanied by the one that teaches an agent to use the library. Raises NotAllowed, NoSuchName, AmbiguousName, StoreError.
    """
    caller.require("read", "export the library")
    with caller.record.read() as tx:
        teams = choose_teams(tx, caller.company, team, caller.principal.teams)
        chosen = [resolve_name(tx, caller.company, name, teams) for name in names] or [
            document for shelf in _SHELVES[kind] for document in list_visible(tx, caller.company, shelf, teams)
        ]
        found = [_get(tx, caller.company, document) for document in chosen]
    taken = {TEACHING: "the skill that teaches to use the library"} if kind == "skills" and not names else {}
    written: list[tuple[str, Path]] = []
    problems: list[Problem] = []
    for shelved in found:
        document = shelved.document
        files = _WRITERS[kind](document.shelf, document.name, shelved.bundle, recognise_shelved(shelved))
        if document.name in taken:
            message = f"It would stand in the same place as {taken[document.name]}. Export one of them by its name into another folder."
            problems.append(Problem(document.id, 0, "export-same-name", message))
        elif not files:
            problems.append(
                Problem(
                    document.id, 0, "export-no-steps", "No step is recognised in it, so it cannot be written as an SOP."
                )
            )
        else:
            taken[document.name] = document.id
            written.append((document.id, _write_all(folder / document.name if kind == "skills" else folder, files)))
    if kind == "skills" and not names:
        _write_all(folder / TEACHING, teaching_skill())
    return ExportedDocuments(tuple(written), tuple(problems))


def export_agents_md(caller: Caller, target: Path, *, team: str = "") -> Path:
    """Write the passage that tells agents how to work with the library into an AGENTS.md: between its marks where they stand, else at the end.

    ``target`` is the file, or its folder. What people wrote around the passage stays as it is. Raises NotAllowed, Conflict, StoreError.
    """
    caller.require("read", "export the library")
    with caller.record.read() as tx:
        documents = list_visible(tx, caller.company, "", choose_teams(tx, caller.company, team, caller.principal.teams))
    listed = (Listed(d.id, Recognised(d.title, d.description)) for d in documents)
    file = target if target.suffix == ".md" else target / "AGENTS.md"
    passage = f"{BEGIN}\n{to_agents_md(listed).strip()}\n{END}"
    try:
        before = file.read_bytes().decode("utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(str(file), str(error)) from error
    write_file(file, place_passage(before, passage, str(file)).encode())
    return file


def place_passage(text: str, passage: str, file: str) -> str:
    """Put a passage in the place of the one between the marks, or at the end of a text that has none; raises Conflict for half a pair."""
    begin, end = text.find(BEGIN), text.find(END)
    if begin < 0 and end < 0:
        return f"{text.rstrip()}\n\n{passage}\n" if text.strip() else f"{passage}\n"
    if begin < 0 or end < begin:
        raise Conflict(
            f"{file} holds only one of the marks {BEGIN} and {END}, or they are in the wrong order. Mend or remove them."
        )
    return text[:begin] + passage + text[end + len(END) :]


def _get(tx: Transaction, company: str, document: Document) -> Shelved:
    shelved = find_shelved(tx, company, document.id)
    if shelved is None:
        raise Conflict(f"{document.id} has no approved revision in use, so there is nothing to export.")
    return shelved


def _write_all(folder: Path, files: Iterable[FileContent]) -> Path:
    """Write files below a folder and give the path of the first one."""
    first: Path | None = None
    for file in files:
        path = folder / file.path
        write_file(path, file.content, executable=file.executable)
        first = first or path
    return first or folder


def write_file(path: Path, content: bytes, *, executable: bool = False) -> None:
    """Write a file beside its place and then move it there; raises StoreError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        if executable:
            beside.chmod(0o755)
        os.replace(beside, path)
    except OSError as error:
        with suppress(OSError):  # where not even its folder is, nothing was written
            beside.unlink(missing_ok=True)
        raise StoreError(str(path), error.strerror or str(error)) from error
