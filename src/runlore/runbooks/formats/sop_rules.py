"""The rules of the Agent SOP project's validator (``validate-sop.sh``), to the letter.

That script stops with status 1 at the first error and also at the first warning (``set -e`` with ``((X++))``), so a text passes only
where it gives no problem at all. Its check of reasons takes ``as`` inside any word for one; so does this one, as it says what that
script says. Whoever writes an SOP should give a reason with ``because``.
"""

from __future__ import annotations

import re

from runlore.model import Problem

ACQUISITION = "Constraints for parameter acquisition"
_SECTIONS = ("Overview", "Parameters", "Steps")
_NEAR = 20
_STEP = re.compile(r"### \d+\. ")
_KEYWORD = re.compile(r"You (?:MUST|SHOULD|MAY)")
_PROHIBITION = re.compile(r"(?:MUST NOT|SHALL NOT|SHOULD NOT|NOT RECOMMENDED)")
_REASON = re.compile(r"because|since|as|to avoid")


def check_sop(text: str, file: str) -> tuple[Problem, ...]:
    """Check an SOP: errors first, then warnings, each in the order of the lines."""
    lines = text.replace("\r\n", "\n").split("\n")
    return (*_errors(lines, file), *_warnings(lines, file))


def is_unreasoned(line: str) -> bool:
    """Say whether a line forbids something without one of the words that the script takes for a reason."""
    return bool(_PROHIBITION.search(line)) and not _REASON.search(line)


def _errors(lines: list[str], file: str) -> list[Problem]:
    found = []
    if not file.endswith(".sop.md"):
        found.append(_error(file, 0, "The file's name must end in `.sop.md`."))
    if not any(line.startswith("# ") for line in lines):
        found.append(_error(file, 1, "The title is missing: begin with `# Title`."))
    for section in _SECTIONS:
        if not _line_of(lines, f"## {section}"):
            found.append(_error(file, 1, f"The section `## {section}` is missing."))
    at = _line_of(lines, "## Parameters")
    if at:
        if not any(ACQUISITION in line for line in lines[at - 1 : at + _NEAR]):
            message = f"`{ACQUISITION}` must stand within {_NEAR} lines of `## Parameters`."
            found.append(_error(file, at, message))
        if at < len(lines) and lines[at].strip():
            found.append(_error(file, at, "A blank line must follow `## Parameters`."))
    if not any(_STEP.match(line) for line in lines):
        found.append(_error(file, 1, "There is no step: a step's heading is `### 1. Name`."))
    if not any(line.startswith("**Constraints:**") for line in lines):
        found.append(_error(file, 1, "No step has constraints: begin a line with `**Constraints:**`."))
    return found


def _warnings(lines: list[str], file: str) -> list[Problem]:
    found = []
    if not any(_KEYWORD.search(line) for line in lines):
        found.append(_warning(file, 1, "No constraint says `You MUST`, `You SHOULD` or `You MAY`."))
    for number, line in enumerate(lines, 1):
        if is_unreasoned(line):
            found.append(_warning(file, number, "A prohibition gives no reason: add `because …`."))
    for section in ("Examples", "Troubleshooting"):
        if not _line_of(lines, f"## {section}"):
            found.append(_warning(file, 1, f"The section `## {section}` is missing."))
    return found


def _line_of(lines: list[str], heading: str) -> int:
    """The number, from 1, of the first line that begins with a heading; 0 for none."""
    return next((number for number, line in enumerate(lines, 1) if line.startswith(heading)), 0)


def _error(file: str, line: int, message: str) -> Problem:
    return Problem(file, line, "sop-invalid", message)


def _warning(file: str, line: int, message: str) -> Problem:
    return Problem(file, line, "sop-invalid", message, "warning")
