"""The command line of a step: one that agents ran with success, never one that was made up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

_VARIES = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|\b[0-9a-f]{7,40}\b|\b\d+\b")
LONGEST = 300


def typical_command(ran: Sequence[tuple[str, str]]) -> str:
    """Choose, among (session, command) that went well, the command that most sessions ran as it stands; "" where none is short enough.

    Where no two sessions ran the same, the shortest of the most common form (numbers and quoted words aside) stands for them.
    """
    exact: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, set[str]] = defaultdict(set)
    for session, command in ran:
        if len(command) <= LONGEST and "\n" not in command.strip():
            exact[command.strip()].add(session)
            forms[form(command)].add(session)
    if not exact:
        return ""
    best = max(exact, key=lambda c: (len(exact[c]), -len(c), c))
    if len(exact[best]) >= 2:
        return best
    widest = max(forms, key=lambda f: (len(forms[f]), -len(f), f))
    return min((c for c in exact if form(c) == widest), key=lambda c: (len(c), c))


def form(command: str) -> str:
    """Reduce a command to its form: quoted words, numbers and hashes become ``<*>``."""
    return _VARIES.sub("<*>", command.strip())
