"""A document's text in pieces short enough to be compared and shown: at its headings, and where a section is long, at its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LONG: Final = 120
"""Words from which on a section is cut at its next paragraph."""
LONGEST: Final = 300
"""Words of the longest piece; a paragraph that is longer is cut at its lines."""

_HEADING: Final = re.compile(r"#{1,6}[ \t]+(.*?)[ \t]*#*$")
_FENCE: Final = re.compile(r"[ ]{0,3}(```|~~~)")


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a document: the heading that it stands under (empty before the first), and its text, the heading's line left out."""

    heading: str
    text: str


def split_sections(body: str) -> tuple[Section, ...]:
    """Split a Markdown text into sections in order; every line that is no heading and not blank stands in exactly one.

    A heading with nothing under it is joined to the one that follows; at the end it stands alone, with an empty text.
    """
    found: list[Section] = []
    heading, words = "", 0
    lines: list[str] = []
    bare = False  # whether nothing stood under the heading so far

    def close() -> None:
        nonlocal lines, words, bare
        text = "\n".join(lines).strip("\n")
        if text.strip():
            found.append(Section(heading, text))
            bare = False
        lines, words = [], 0

    for line, fenced in _with_fences(body):
        title = None if fenced else _HEADING.match(line)
        if title:
            close()
            heading = f"{heading} › {title[1]}" if bare and title[1] else title[1]
            bare = bool(heading)
            continue
        if words >= LONGEST or (words >= LONG and not line.strip() and not fenced):
            close()
        lines.append(line)
        words += len(line.split())
    close()
    if bare:
        found.append(Section(heading, ""))
    return tuple(found)


def _with_fences(body: str) -> Iterator[tuple[str, bool]]:
    """Give every line, and whether it stands within a fenced block or opens or ends one."""
    fence = ""
    for line in body.splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1] == fence):
            fence = "" if fence else mark[1]
            yield line, True
        else:
            yield line, bool(fence)
