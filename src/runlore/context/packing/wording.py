"""Foreign text made safe to stand in a pack: inside a fence that it cannot close, or on one line that it cannot leave."""

from __future__ import annotations

import re
from collections.abc import Callable

Count = Callable[[str], int]
"""How many tokens a text costs, without the margin."""

_ACTIVE = re.compile(r"([\\`*_\[\]<>|~#!&])")
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")
_LINE_END = re.compile(r"\r\n?")
_RUN = re.compile(r"`+")
_LONGEST = 16
"""Characters for a token, more than any prose has: what stands behind is cut away unlooked at."""


def plain(text: str, limit: int = 120) -> str:
    """Give foreign words on one line of at most about ``limit`` characters, with what Markdown or a terminal would act on escaped or gone."""
    words = " ".join(_UNSEEN.sub(" ", text).split())
    if len(words) > limit:
        words = words[: limit - 1].rstrip() + "…"
    return _ACTIVE.sub(r"\\\1", words)


def fence(label: str, text: str) -> str:
    """Give a text between two fences of which it holds none as long; ``label`` is ours and stands on the first line."""
    body = _LINE_END.sub("\n", text).replace("\0", "\ufffd").strip("\n")
    longest = max((len(run) for run in _RUN.findall(body)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{label}\n{body}\n{marks}"


def cut(text: str, most: int, count: Count) -> str:
    """Give the beginning of a text that costs at most ``most`` tokens, cut after a line or else a word; ``…`` marks what is gone."""
    head = text[: _LONGEST * (most + 20)]
    if len(head) == len(text) and count(text) <= most:
        return text
    low, high = 0, len(head)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle]) + 1 <= most else (low, middle - 1)
    head = text[:low]
    for end in ("\n", " "):
        at = head.rfind(end)
        if at > low // 2:
            head = head[:at]
            break
    return head.rstrip() + "…" if head.strip() else ""


def same_words(text: str) -> str:
    """Give a text as its words alone, lower case, by which a repetition is found."""
    return " ".join(re.findall(r"\w+", text.lower()))
