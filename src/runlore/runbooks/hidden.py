"""Characters that a reader does not see, and text made safe to stand inside a line of Markdown."""

from __future__ import annotations

import re

from runlore.model.condition_text import render_code

HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control, zero-width, bidirectional, tag and filler characters, and lone surrogates."""

_ANSI = re.compile("\u001b\\[[0-9;?]*[ -/]*[@-~]")
_MARKDOWN = re.compile(r"([\\`*\[\]<>|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|!(?=\[)|&(?=#?\w+;))")
_LEADING = re.compile(r"^(#{1,6}(?=\s|$)|[-+=](?=[\s=-]|$)|\d{1,9}(?=[.)](?:\s|$)))")


def clean(text: str) -> str:
    """Give a text on one line: no terminal colours, no hidden characters, runs of white space as one space."""
    return " ".join(HIDDEN.sub("", _ANSI.sub("", text)).split())


def shorten(text: str, limit: int) -> str:
    """Give at most ``limit`` characters, cut after a word and marked with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,;:.-") + "…"


def escape_words(text: str, limit: int = 240) -> str:
    """Give foreign words so that they stay words: cleaned, shortened, Markdown and HTML escaped."""
    safe = _MARKDOWN.sub(r"\\\1", shorten(clean(text), limit))
    lead = _LEADING.match(safe)
    if lead is None:
        return safe
    return f"{lead[1]}\\{safe[lead.end() :]}" if lead[1][0].isdigit() else f"\\{safe}"


def quote_words(text: str, limit: int = 240) -> str:
    """Give a person's words in double quotes, escaped; quotes inside become single ones."""
    return '"' + escape_words(text.replace('"', "'"), limit) + '"'


def code_words(text: str, limit: int = 160) -> str:
    """Give foreign text as a code span, cleaned and shortened; a dash where nothing is left of it."""
    kept = shorten(clean(text), limit)
    return render_code(kept) if kept else "–"
