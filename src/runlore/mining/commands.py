"""The command line of a step: one that agents ran with success, or its form where the parts that vary are named as such."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ('"<text>"', re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|\$'(?:[^'\\]|\\.)*'|<<-?\s*'?\w+'?[\s\S]*")),
    ("<commit>", re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")),
    ("<date>", re.compile(r"(?<![\dA-Za-z])(?:19|20)\d\d[-_]?[01]\d[-_]?[0-3]\d(?!\d)")),
    ("<number>", re.compile(r"(?<![\w.-])\d+(?![\w.-])")),
)
LONGEST = 300


def typical_command(ran: Sequence[tuple[str, str]]) -> str:
    """Choose, among (session, command) that went well, the command of a step; "" where no two sessions ran anything alike.

    A command that two sessions ran as it stands is taken as it stands, unless its form (numbers, hashes and quoted words named instead of
    given) stands for twice as many sessions: then the form. Where there is one session alone, its most frequent command is taken.
    """
    exact: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, set[str]] = defaultdict(set)
    for session, command in ran:
        line = command.strip()
        if line and len(line) <= LONGEST and "\n" not in line:
            exact[line].add(session)
            forms[form(line)].add(session)
    if not exact:
        return ""
    if len({session for session, _ in ran}) == 1:
        return max(exact, key=lambda c: ([x.strip() for _, x in ran].count(c), -len(c), c))
    best = max(exact, key=lambda c: (len(exact[c]), -len(c), c))
    widest = max(forms, key=lambda f: (len(forms[f]), -len(f), f))
    if len(exact[best]) >= 2 and (form(best) == best or len(forms[form(best)]) < 2 * len(exact[best])):
        return best
    return widest if len(forms[widest]) >= 2 else ""


def form(command: str) -> str:
    """Name the parts of a command that vary from run to run: ``<number>``, ``<commit>``, ``"<text>"``; flags' short quoted patterns too."""
    for name, pattern in _PARTS:
        command = pattern.sub(name.replace("\\", "\\\\"), command)
    return command.strip()
