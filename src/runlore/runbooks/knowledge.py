"""Facts, traps and preferences → one Markdown document a shelf and kind, so that a shelf is not flooded with single sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runlore.model import Fact
from runlore.model.document import SHELVES, Bundle, FileContent
from runlore.runbooks.formats.places import main_file
from runlore.runbooks.hidden import escape_words

_KINDS: Final = {
    "fact": (
        "facts-found-again",
        "What sessions keep finding out",
        "Looked up or asked again and again. Read it here instead.",
    ),
    "trap": ("traps-met-again", "What sessions keep stumbling over", "What failed more than once, and what helped."),
    "preference": (
        "wishes-told-again",
        "What people keep telling agents",
        "Told in more than one session. Do it so without being told.",
    ),
}
"""Kind → the document's name, its title, and its first sentence."""
_OTHER_SHELF: Final = "notes"
_LONGEST: Final = 600


@dataclass(frozen=True, slots=True)
class KnowledgePage:
    """A document made of facts of one kind for one shelf, and the facts in the order in which it tells them."""

    shelf: str
    name: str
    title: str
    bundle: Bundle
    facts: tuple[Fact, ...]


def write_pages(facts: Sequence[Fact]) -> tuple[KnowledgePage, ...]:
    """Write one document for each shelf and kind that has facts, in the order of shelves and kinds; the same facts give the same bytes."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        shelf = fact.shelf if fact.shelf in SHELVES else _OTHER_SHELF
        groups.setdefault((shelf, fact.kind), []).append(fact)
    return tuple(
        _page(shelf, kind, tuple(sorted(groups[shelf, kind], key=lambda f: (-f.occurrences, f.text, f.id))))
        for shelf in SHELVES
        for kind in _KINDS
        if (shelf, kind) in groups
    )


def _page(shelf: str, kind: str, facts: tuple[Fact, ...]) -> KnowledgePage:
    name, title, opening = _KINDS[kind]
    lines = [f"# {title}", "", opening, ""]
    for fact in facts:
        lines.append(f"- {escape_words(fact.text, _LONGEST)}")
        if fact.remedy:
            lines.append(f"  - What helps: {escape_words(fact.remedy, _LONGEST)}")
        times = "once" if fact.occurrences == 1 else f"{fact.occurrences} times"
        sessions = "1 session" if len(fact.sessions) == 1 else f"{len(fact.sessions)} sessions"
        lines.append(f"  - Seen {times} in {sessions}")
    main = main_file("markdown", name)
    return KnowledgePage(
        shelf, name, title, Bundle("markdown", main, (FileContent(main, "\n".join([*lines, ""]).encode()),)), facts
    )
