"""The command line of a step: one that agents ran with success, or its form where the parts that vary are named as such."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ('"<text>"', re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|\$'(?:[^'\\]|\\.)*'|<<-?\s*'?\w+'?[\s\S]*")),
    ("<commit>", re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")),
    ("<date>", re.compile(r"(?<![\dA-Za-z])(?:19|20)\d\d[-_]?[01]\d[-_]?[0-3]\d(?!\d)")),
    ("<number>", re.compile(r"(?<![\w.-])\d+(?![\w.-])|(?<=[-_/])\d{4,}(?![A-Za-z\d])")),
)
_HEREDOC = re.compile(
    r"\"?\$\(cat <<-?\s*['\"]?(\w+)['\"]?\n[\s\S]*?\n\s*\1\s*\)\"?|<<-?\s*['\"]?(\w+)['\"]?\n[\s\S]*?(?:\n\s*\2\b|\Z)|\"?\$\(cat <<[\s\S]*\Z"
)
_PLACE = re.compile(r"\\?<[a-z]+\\?>")
_TOKEN = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|[^\s\"'])+")
LONGEST = 300
SHARED = 0.6
"""Share of the sessions in whose commands a word must stand to be part of the common form."""


def typical_command(ran: Sequence[tuple[str, str]]) -> str:
    """Choose, among (session, command) that went well, the command of a step; "" where no two sessions ran anything alike.

    A command that two sessions ran as it stands is taken as it stands, unless its form (numbers, hashes and quoted words named instead of
    given) stands for twice as many sessions: then the form. Where every session ran another, what their words have in common.
    Where there is one session alone, its most frequent command is taken.
    """
    exact: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, set[str]] = defaultdict(set)
    for session, command in ran:
        line = _flat(command)
        if line and len(line) <= LONGEST and "\n" not in line:
            exact[line].add(session)
            forms[form(line)].add(session)
    sessions = len({session for session, _ in ran})
    if sessions == 1 and exact:
        times = Counter(_flat(command) for _, command in ran)
        return max(exact, key=lambda c: (times[c], -len(c), c))
    if not exact:
        return _common_form(ran)
    best = max(exact, key=lambda c: (len(exact[c]), -len(c), c))
    widest = max(forms, key=lambda f: (len(forms[f]), -len(f), f))
    if len(exact[best]) >= 2 and (form(best) == best or len(forms[form(best)]) < 2 * len(exact[best])):
        return best
    return widest if len(forms[widest]) >= 2 else _common_form(ran)


def tokens_of(command: str) -> list[str]:
    """The words of a command's first line, quoted ones whole."""
    return _TOKEN.findall(_first_line(command))


def _flat(command: str) -> str:
    """A command with the texts that it carries along named instead of given."""
    return _HEREDOC.sub('"<text>"', command).strip()


def form(command: str) -> str:
    """Name the parts of a command that vary from run to run: ``<number>``, ``<commit>``, ``<date>``, ``"<text>"``."""
    command = _flat(command)
    for name, pattern in _PARTS:
        command = pattern.sub(name, command)
    return command.strip()


def is_run_of(command: str, typical: str) -> bool:
    """Say whether a command that ran is an instance of a typical one."""
    if _flat(command) == typical or form(command) == typical:
        return True
    pattern = _PLACE.sub(r"[\\s\\S]+?", re.escape(typical))
    return re.fullmatch(pattern, _first_line(command)) is not None


def _first_line(command: str) -> str:
    return _flat(command).split("\n", 1)[0]


def _common_form(ran: Sequence[tuple[str, str]]) -> str:
    """The shortest command with the words that most sessions do not share named by kind; "" where only the program is shared."""
    tokens = [(session, tokens_of(command)) for session, command in ran if command.strip()]
    held: dict[str, set[str]] = defaultdict(set)
    for session, row in tokens:
        for token in row:
            held[token].add(session)
    sessions = len({session for session, _ in tokens})
    if sessions < 2:
        return ""
    kept = {token for token, where in held.items() if len(where) >= max(2, SHARED * sessions)}
    usual = [row for _, row in tokens if kept <= set(row)] or [row for _, row in tokens]
    shortest = min(usual, key=lambda row: (len(row), row))
    words: list[str] = []
    for token in shortest:
        word = token if token in kept else _named(token)
        if not (word.startswith("<") and words and words[-1] == word):
            words.append(word)
    words = _once(words)
    literal = [w for w in words if "<" not in w]
    return " ".join(words) if len(literal) >= 2 and len(" ".join(words)) <= LONGEST else ""


def _once(words: Sequence[str]) -> list[str]:
    """Leave out a flag with a value that varies where the same flag with another stands right before it."""
    found: list[str] = []
    for at, word in enumerate(words):
        again = word.startswith("<") and found[-1:] and found[-1].startswith("-") and at >= 3
        if again and found[-3:-2] == found[-1:] and found[-2].startswith("<"):
            found.pop()
            continue
        found.append(word)
    return found


def _named(token: str) -> str:
    """Name a word that varies by what it looks like."""
    if token[:1] in "\"'":
        return '"<text>"'
    if token.startswith("-"):
        return f"{token.split('=', 1)[0]}=<value>" if "=" in token else token
    known = form(token)
    if known != token:
        return known
    return "<path>" if "/" in token or "." in token else "<name>"
