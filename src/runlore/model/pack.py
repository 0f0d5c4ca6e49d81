"""The context pack: the bounded text that a worker gets for an issue, pinned to revisions, with its receipt.

Tokens are whole numbers of Runlore's own counter with its margin on top: they may be compared with a budget, and added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PackPurpose = Literal["issue", "request", "onboarding"]
PackKind = Literal["runbook", "skill", "integration", "document", "example", "record"]
PackForm = Literal["whole", "essentials", "outline", "passages", "reference"]

SECTIONS = (
    "Runbook",
    "What good looks like",
    "Integrations",
    "Skills",
    "What the leader adds",
    "What the steps name",
    "What else matches",
    "Example",
)
"""The sections of a pack for a piece of work, in the order in which they are read."""

STARTING_SECTIONS = (
    "Who we are",
    "What matters",
    "Which repository",
    "Where things are",
    "How approvals work",
    "Runbooks",
    "What else to know",
)
"""The sections of a new worker's starting pack, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What the pack is for. ``title`` is an issue's title, the free text of a request, or the worker's name.

    ``issue`` is the issue's number, 0 for none. ``fields`` is what the issue gives by name.
    """

    purpose: PackPurpose
    title: str
    body: str = ""
    issue: int = 0
    url: str = ""
    labels: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PackText:
    """One way to show a document: how much of it, and the text. A reference has no text: its line says where to read on."""

    form: PackForm
    text: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may go into a pack. ``texts`` are the ways to show it, the fullest first; a reference is always possible and is not among them.

    ``section`` is where it stands in the pack. ``document`` and ``revision`` are empty where the text is computed from the record;
    ``number`` is the revision's. ``why`` says what speaks for it. ``share`` is how much of the budget it may take before the others had
    their turn. ``note`` is a line of our own beside it (an integration's health).
    """

    kind: PackKind
    section: str
    document: str
    title: str
    texts: tuple[PackText, ...]
    why: tuple[str, ...]
    revision: str = ""
    number: int = 0
    share: float = 0.5
    note: str = ""


@dataclass(frozen=True, slots=True)
class PackItem:
    """What is in a pack: which revision of which document, how much of it, why, and what it costs; ``whole`` is what all of it would."""

    kind: PackKind
    section: str
    document: str
    revision: str
    number: int
    title: str
    form: PackForm
    text: str
    note: str
    why: tuple[str, ...]
    tokens: int
    whole: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not in a pack although something spoke for it (``why``): the ``reason``, and what its shortest form would have cost."""

    kind: PackKind
    document: str
    revision: str
    title: str
    why: tuple[str, ...]
    reason: str
    tokens: int


@dataclass(frozen=True, slots=True)
class GivenInput:
    """A value that the issue gives: the input or field that takes it, and where in the issue it stands."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class MissingInput:
    """A value that the steps need and the issue does not give; ``text`` says what it is."""

    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ContextPack:
    """A pack: its ``markdown`` costs ``tokens``, never more than ``budget``. ``runbook`` is the id of the best runbook, empty where none fits.

    ``cut`` is how many tokens of the issue's own text had to go.
    """

    request: PackRequest
    budget: int
    tokens: int
    items: tuple[PackItem, ...]
    left_out: tuple[LeftOut, ...] = ()
    runbook: str = ""
    given: tuple[GivenInput, ...] = ()
    missing: tuple[MissingInput, ...] = ()
    cut: int = 0
    markdown: str = ""

    @property
    def pins(self) -> tuple[str, ...]:
        """The revisions that the pack holds, each as ``id@hash``, sorted and once."""
        return tuple(sorted({f"{item.document}@{item.revision}" for item in self.items if item.revision}))
