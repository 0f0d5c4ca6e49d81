"""What a reviewer sees of two states of a document: a diff computed from the bytes, with nothing hidden in it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from runlore.model.document import Bundle, FileContent
from runlore.runbooks.hidden import HIDDEN

CONTEXT: Final = 3
"""Unchanged lines shown around a change."""
MOST_COMPARED: Final = 4000
"""Lines that are compared one by one, after what both have in common at the beginning and at the end; more are shown as replaced."""
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one file.

    ``lines`` is the diff in the unified form without its two head lines, hidden characters spelled out; empty for what is no text.
    ``added`` and ``removed`` count lines. ``hidden`` names the invisible and bidirectional characters of the new text, each with its
    count; ``comments`` counts its HTML comments, which a rendered page does not show.
    """

    path: str
    kind: Literal["added", "removed", "changed", "mode"]
    lines: tuple[str, ...]
    added: int
    removed: int
    is_text: bool
    size: int
    hidden: tuple[tuple[str, int], ...] = ()
    comments: int = 0


def list_changes(before: Bundle | None, after: Bundle | None) -> tuple[Change, ...]:
    """List what changes from one state of a document to another, by path; None stands for no document."""
    old = {file.path: file for file in before.files} if before else {}
    new = {file.path: file for file in after.files} if after else {}
    first = after.main if after else before.main if before else ""
    paths = sorted(old.keys() | new.keys(), key=lambda path: (path != first, path))
    changes = (_compare(path, old.get(path), new.get(path)) for path in paths)
    return tuple(change for change in changes if change is not None)


def _compare(path: str, old: FileContent | None, new: FileContent | None) -> Change | None:
    if old is not None and new is not None and old.content == new.content:
        return None if old.executable == new.executable else _mode_change(path, new)
    kind: Literal["added", "removed", "changed"] = "added" if old is None else "removed" if new is None else "changed"
    before, after = _text(old), _text(new)
    size = len(new.content) if new else 0
    if before is None or after is None:
        return Change(path, kind, (), 0, 0, False, size)
    lines = compare_texts(before, after)
    return Change(
        path,
        kind,
        lines,
        sum(line.startswith("+") for line in lines),
        sum(line.startswith("-") for line in lines),
        True,
        size,
        count_hidden(after),
        len(_COMMENT.findall(after)),
    )


def _mode_change(path: str, new: FileContent) -> Change:
    told = "becomes executable" if new.executable else "is executable no longer"
    return Change(path, "mode", (f"  ({told})",), 0, 0, True, len(new.content))


def _text(file: FileContent | None) -> str | None:
    if file is None:
        return ""
    if b"\0" in file.content:
        return None
    try:
        return file.content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def compare_texts(before: str, after: str) -> tuple[str, ...]:
    """Give the unified diff of two texts without its head lines, every hidden character spelled out.

    1. Lines that both have in common at the beginning and at the end are taken off, so that the cost grows with what changed.
    2. What is left is compared line by line (``difflib``), or shown as replaced where it has more than MOST_COMPARED lines.
    """
    old, new = _split(before), _split(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    if not old_middle and not new_middle:
        return ()
    lead = old[max(0, start - CONTEXT) : start]
    tail = old[len(old) - end : len(old) - end + CONTEXT]
    if len(old_middle) + len(new_middle) > MOST_COMPARED:
        body = [f"-{line}" for line in old_middle] + [f"+{line}" for line in new_middle]
        lines = [
            f"@@ -{start + 1} +{start + 1} @@",
            *(f" {line}" for line in lead),
            *body,
            *(f" {line}" for line in tail),
        ]
    else:
        shift = start - len(lead)
        diff = difflib.unified_diff([*lead, *old_middle, *tail], [*lead, *new_middle, *tail], n=CONTEXT)
        lines = [_shift(line, shift) for line in list(diff)[2:]]
    return tuple(_show(line) for line in lines)


def _split(text: str) -> list[str]:
    """Split at line feeds alone: other characters that end a line are shown as what they are."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    most = min(len(old), len(new))
    return next((n for n in range(most) if old[n] != new[n]), most)


_HUNK: Final = re.compile(r"^@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@")


def _shift(line: str, by: int) -> str:
    """Put the line numbers of a hunk right where the beginning of the texts was not compared."""
    found = _HUNK.match(line)
    if found is None:
        return line
    return f"@@ -{int(found[1]) + by}{found[2]} +{int(found[3]) + by}{found[4]} @@"


def _show(line: str) -> str:
    body = line.removesuffix("\n")
    ending = "" if line.endswith("\n") or line.startswith("@@") else " ⟨no line end⟩"
    return reveal(body.removesuffix("\r")) + ("⟨CR⟩" if body.endswith("\r") else "") + ending


def reveal(text: str) -> str:
    """Spell out what a reader would not see: ``⟨U+202E RIGHT-TO-LEFT OVERRIDE⟩`` in place of the character; line ends stay."""
    return HIDDEN.sub(lambda match: f"⟨{name_character(match[0])}⟩", text)


def count_hidden(text: str) -> tuple[tuple[str, int], ...]:
    """Count the invisible and bidirectional characters of a text by their names, the most frequent first."""
    counts = Counter(HIDDEN.findall(text))
    return tuple((name_character(c), n) for c, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def name_character(character: str) -> str:
    """Name a character by its code point and its name in Unicode, where it has one."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".strip()
