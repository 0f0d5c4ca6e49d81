"""What a lint check is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from runlore.model import Problem
from runlore.model.runbook import Runbook, Step
from runlore.runbooks.parse import Parsed

SecretFinder = Callable[[str], Sequence[tuple[int, int, str]]]
"""Finds secrets in a text: where each begins and ends (characters), and its kind."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The names that exist in this company; None where that is not known, and then nothing is checked against it."""

    tools: frozenset[str] | None = None
    skills: frozenset[str] | None = None
    integrations: frozenset[str] | None = None
    roles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One text under lint."""

    text: str
    file: str
    parsed: Parsed
    catalogue: Catalogue
    today: date | None
    find_secrets: SecretFinder | None

    @property
    def runbook(self) -> Runbook:
        """The value of the text."""
        return self.parsed.runbook

    def error(self, key: str, slug: str, message: str) -> Problem:
        """Make an error at the line of a piece."""
        return Problem(self.file, self.parsed.line(key), slug, message)

    def warning(self, key: str, slug: str, message: str) -> Problem:
        """Make a warning at the line of a piece."""
        return Problem(self.file, self.parsed.line(key), slug, message, "warning")

    def is_asked(self, *subjects: str) -> bool:
        """Say whether an open question is about one of the subjects: then what is missing there is known and listed once."""
        wanted = {subject.lower() for subject in subjects}
        return any(question.subject.lower() in wanted for question in self.runbook.open_questions)

    def is_step_asked(self, step: Step) -> bool:
        """Say whether an open question is about a step."""
        asked = (question.subject for question in self.runbook.open_questions)
        return any(
            re.match(r"Steps? \d", subject) and str(step.number) in re.findall(r"\d+", subject) for subject in asked
        )


Check = Callable[[Checked], Sequence[Problem]]
