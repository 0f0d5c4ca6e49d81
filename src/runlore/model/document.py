"""A document as it stands on a shelf: the files that came in, and what is recognised in them.

Bytes are kept, recognition is derived: a revision stores the very files, and what they say is computed from them again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from runlore.model.runbook import Runbook
from runlore.model.source import Problem

SHELVES = ("strategy", "proof", "runbooks", "lessons", "brand", "customers", "notes", "skills", "integrations")
"""The parts of the library, in the order in which a person reads them; skills and integrations stand beside the seven shelves of knowledge."""

Format = Literal["runbook", "skill", "sop", "markdown"]
LinkKind = Literal["skill", "integration", "role", "document", "runbook", "asset"]


@dataclass(frozen=True, slots=True)
class FileContent:
    """One file of a document: its ``path`` below the document's folder with ``/`` between the parts, and its bytes."""

    path: str
    content: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one document, sorted by path; ``main`` names the one that a person reads first."""

    format: Format
    main: str
    files: tuple[FileContent, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """What a document points to.

    ``target`` is ``shelf/name`` for what stands in the library, a role's name, or the path of an asset below the document's folder.
    ``where`` says which part points there: ``frontmatter/skills``, ``step-2``, ``when-1``, ``body``.
    """

    kind: LinkKind
    target: str
    where: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a document says of itself. Text that it does not give is empty: nothing is invented.

    ``reviewed`` is an ISO date; ``review_every`` a number and a unit (``90 days``). ``body`` is the text for search, without
    frontmatter. ``runbook`` is there where the document describes a procedure. ``missing`` names, in words for people, what a runbook
    needs and this document does not say; it is empty where the document is no procedure.
    """

    title: str
    description: str = ""
    owner: str = ""
    team: str = ""
    reviewed: str = ""
    review_every: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    runbook: Runbook | None = None
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
