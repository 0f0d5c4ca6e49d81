"""Where a Markdown text points: its links and pictures, as they stand and as paths beside the text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

_INLINE = re.compile(r"\[[^\]\[]{0,400}\]\(\s{0,4}<?([^()<>\s]{1,800})>?(?:\s+[\"'][^\"']{0,400}[\"'])?\s{0,4}\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\[]{1,400}\]:[ \t]{0,8}<?([^<>\s]{1,800})>?", re.MULTILINE)
_IMAGE = re.compile(r"<img\s[^<>]{0,400}?src\s{0,4}=\s{0,4}[\"']([^\"'<>]{1,800})[\"']", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


def list_targets(text: str) -> tuple[str, ...]:
    """List what a text links to or shows outside its code blocks, as it stands, each once, in the order of the text."""
    prose = "\n".join(_outside_fences(text))
    found = [(m.start(), m[1]) for pattern in (_INLINE, _DEFINITION, _IMAGE) for m in pattern.finditer(prose)]
    return tuple(dict.fromkeys(target for _, target in sorted(found)))


def resolve(folder: str, target: str) -> str:
    """Give the path that a target names beside a text in ``folder``; ``""`` for an address, an anchor or a path that leads out."""
    if _SCHEME.match(target) or target.startswith("/"):
        return ""
    path = _ESCAPED.sub(_unescaped, re.split(r"[?#]", target, maxsplit=1)[0])
    whole = posixpath.normpath(posixpath.join(folder, path)) if path else ""
    return "" if whole in ("", ".", "..") or whole.startswith(("../", "/")) else whole


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if 32 <= code < 127 else found[0]


def _outside_fences(text: str) -> Iterator[str]:
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield line
