"""What a document says of itself at its head: title, owner, review, labels; in frontmatter, or in lines and rows like ``Owner: x``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runlore.runbooks.formats.matter import Matter, day_of, span_of, text_of, texts_of
from runlore.runbooks.formats.outline import Heading, plain
from runlore.runbooks.hidden import clean, shorten

LONGEST_DESCRIPTION = 1024
_HEAD_LINES = 60
_SHORT_LINE = 80

_OWNER = ("owner", "owners", "owned-by", "document-owner", "doc-owner", "runbook-owner", "process-owner", "owner-slack", "maintainer", "maintainers", "maintained-by", "service-owner", "dri")  # fmt: skip
_TEAM = ("team", "owning-team", "owner-team", "squad", "department")
_REVIEWED = ("reviewed", "last-reviewed-on", "last-reviewed", "last-review", "reviewed-on", "last-review-date", "review-date", "date-reviewed", "last-verified", "last-validated")  # fmt: skip
_EVERY = ("review-every", "review-in", "review-interval", "review-cycle", "review-frequency", "review-period")
_LABELS = ("labels", "tags", "categories", "topics", "keywords")
_TITLE = ("title", "page-title")
_DESCRIPTION = ("description", "summary", "abstract", "excerpt")
_HEAD_LINE = re.compile(r"[>\s|*_-]*(?P<key>[A-Za-z][A-Za-z -]{2,30})[\s*_]*[:|][\s*_|:]*(?P<value>[^|]+)\|?\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """The head of a document. ``title_at`` is the section that its title heads; ``unread`` are review dates and intervals that cannot be read."""

    title: str
    description: str
    owner: str
    team: str
    reviewed: str
    review_every: str
    labels: tuple[str, ...]
    skills: tuple[str, ...]
    integrations: tuple[str, ...]
    permissions: tuple[str, ...]
    title_at: int
    unread: tuple[str, ...] = ()


def read_head(matter: Matter, lines: Sequence[str], outline: Sequence[Heading], stem: str) -> Said:
    """Read the head of a document; ``stem`` is its title where it gives none. What is not said is empty."""
    values = matter.values
    title_at, heading = _title_heading(outline)
    said = dict(_head_lines(lines, matter.body, outline, title_at))
    reviewed, every = _first(values, said, _REVIEWED), _first(values, said, _EVERY)
    day, span = day_of(reviewed), span_of(every)
    return Said(
        title=text_of(values, *_TITLE) or heading or text_of(values, "name") or stem,
        description=shorten(text_of(values, *_DESCRIPTION) or _first_paragraph(outline), LONGEST_DESCRIPTION),
        owner=_first(values, said, _OWNER),
        team=_first(values, said, _TEAM),
        reviewed=day,
        review_every=span,
        labels=texts_of(values, *_LABELS),
        skills=texts_of(values, "skills"),
        integrations=texts_of(values, "integrations"),
        permissions=texts_of(values, "permissions"),
        title_at=title_at,
        unread=tuple(text for text, read in ((reviewed, day), (every, span)) if text and not read),
    )


def extra_keys(matter: Matter, said: Said) -> tuple[tuple[str, str], ...]:
    """Give the frontmatter keys that no field of a runbook holds, with their lines as they stand."""
    known = {*_TITLE, "description", "name", "skills", "integrations", "permissions", _OWNER[0], _TEAM[0]}
    known |= {*(_REVIEWED[:2] if said.reviewed else ()), *(_EVERY[:2] if said.review_every else ())}
    return tuple(
        (key, text) for key, text in matter.lines.items() if re.sub(r"[ _-]+", "-", key.strip().lower()) not in known
    )


def _title_heading(outline: Sequence[Heading]) -> tuple[int, str]:
    """The section that the title heads, with the title: the first heading of level 1, or a heading with nothing before it.

    A title that only a template would fill in is empty.
    """
    first = next((at for at, heading in enumerate(outline) if heading.level == 1), 0)
    opens = len(outline) > 1 and not any(piece.kind != "other" for piece in outline[0].pieces)
    if not first and opens:
        after = [heading.level for heading in outline[2:]]
        first = 1 if not after or min(after) > outline[1].level else 0
    elif first > 1:
        first = first if not any(heading.level for heading in outline[1:first] if heading.pieces) else 0
    return first, clean(plain(outline[first].title))


def _head_lines(
    lines: Sequence[str], body: int, outline: Sequence[Heading], title_at: int
) -> Iterator[tuple[str, str]]:
    """``Key: value`` lines and rows before the first section, the last first, so that the first of a key wins in a dict."""
    end = min(outline[title_at].end, body + _HEAD_LINES)
    found = [_HEAD_LINE.fullmatch(line[:400]) for line in lines[body:end]]
    for match in reversed([match for match in found if match]):
        yield re.sub(r"[ _-]+", "-", match["key"].strip().lower()), plain(match["value"]).strip(" *_\\`")


def _first(values: Mapping[str, object], said: Mapping[str, str], names: Sequence[str]) -> str:
    listed = texts_of(values, *names)
    named = text_of(values, *names) or ", ".join(listed)
    return named or next((said[name] for name in names if name in said), "")


def _first_paragraph(outline: Sequence[Heading]) -> str:
    """The first paragraph that is a sentence, as words; a lone link, a badge or a line in bold is none."""
    for heading in outline[:8]:
        for piece in heading.pieces:
            words = plain(piece.text[:2000]) if piece.kind == "text" else ""
            says_field = len(piece.text) < _SHORT_LINE and _HEAD_LINE.fullmatch(piece.text)
            if len(words.split()) > 3 and not says_field:
                return words
    return ""
