"""Plain Markdown of any kind → what it says: a procedure where it has steps, else a document."""

from __future__ import annotations

from runlore.model import Problem
from runlore.model.runbook import Runbook
from runlore.runbooks.formats.find_steps import find_steps, is_procedure
from runlore.runbooks.formats.matter import Matter, read_matter
from runlore.runbooks.formats.outline import LARGEST, MOST_LINES, is_long, read_outline, whole_outline
from runlore.runbooks.formats.said import Said, extra_keys, read_head
from runlore.runbooks.formats.sections import read_sections
from runlore.runbooks.hidden import shorten


def read_markdown(
    lines: list[str], matter: Matter, name: str, file: str, stem: str
) -> tuple[Said, Runbook | None, tuple[Problem, ...]]:
    """Give the head of a document, and its runbook where steps are recognised; a very long text is read without its structure."""
    if is_long(lines):
        return read_head(matter, lines, whole_outline(lines, matter.body), stem), None, (too_long(file),)
    outline = read_outline(lines, matter.body)
    said = read_head(matter, lines, outline, stem)
    found = find_steps(lines, outline, said.title_at, said.title)
    problems = tuple(_unread(text, file) for text in said.unread)
    if not found.steps:
        return said, None, problems
    return said, read_sections(lines, outline, said.title_at, found, base_runbook(name, said, matter)), problems


def _unread(text: str, file: str) -> Problem:
    """The warning that a review date or interval is there and cannot be read."""
    message = (
        f'The review "{shorten(text, 60)}" cannot be read: write a date as `2026-03-02`, an interval as `90 days`.'
    )
    return Problem(file, 1, "import-review", message, "warning")


def too_long(file: str) -> Problem:
    """Give the warning that a text was not read for its structure."""
    message = f"The text is longer than {LARGEST // 1024:,} KiB or {MOST_LINES:,} lines: it is kept and searched, and its steps were not looked for."  # fmt: skip
    return Problem(file, 0, "import-long", message, "warning")


def shows_procedure(text: str, file: str) -> bool:
    """Say whether a text shows by itself that it is a procedure, so that it stands with the runbooks where nobody says otherwise."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = text.split("\n")
    if is_long(lines):
        return False
    matter = read_matter(text, file)
    outline = read_outline(lines, matter.body)
    said = read_head(matter, lines, outline, "")
    return is_procedure(lines, outline, said.title_at, said.title)


def base_runbook(name: str, said: Said, matter: Matter) -> Runbook:
    """Give the head of a runbook, without its sections."""
    return Runbook(
        name=name,
        description=said.description,
        title=said.title,
        owner=said.owner,
        team=said.team,
        skills=said.skills,
        integrations=said.integrations,
        permissions=said.permissions,
        reviewed=said.reviewed,
        review_every=said.review_every,
        extra=extra_keys(matter, said),
    )
