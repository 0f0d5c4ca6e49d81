"""A file of any supported format to readings and problems; the format is detected, not asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from runlore.model import Problem
from runlore.transcripts.base import Head, Line, Reader, Reading
from runlore.transcripts.decoding import decode
from runlore.transcripts.opening import LIMITS, open_lines, read_head, split_lines
from runlore.transcripts.readers import READERS

Redact = Callable[[bytes], bytes]


def unchanged(line: bytes) -> bytes:
    """The redaction that changes nothing, for content that is redacted already."""
    return line


def read_file(path: Path, redact: Redact = unchanged, name: str | None = None) -> Iterator[Reading | Problem]:
    """Read the transcripts of one file (plain, .gz or .zst) and say what is wrong with it.

    ``redact`` is applied to each line before a reader sees it; ``name`` is the file's name in readings and problems
    (default: the path). Raises nothing on account of the content.
    """
    file = str(path) if name is None else name
    problems: list[Problem] = []
    return _read(file, open_lines(path, LIMITS, problems, file), redact, problems)


def read_lines(name: str, lines: Iterable[bytes], redact: Redact = unchanged) -> Iterator[Reading | Problem]:
    """Read the transcripts of content that is no file of its own: a blob in git, an archive's lines.

    ``lines`` may carry their line ends or not.
    """
    problems: list[Problem] = []
    blocks = (line if line.endswith(b"\n") else line + b"\n" for line in lines)
    return _read(name, split_lines(name, blocks, LIMITS, problems), redact, problems)


def find_reader(head: Head) -> Reader | None:
    """Find the first format that a file's head looks like."""
    return next((reader for reader in READERS.values() if reader.detect(head)), None)


def _read(file: str, lines: Iterator[Line], redact: Redact, problems: list[Problem]) -> Iterator[Reading | Problem]:
    head, lines = read_head(file, lines)
    reader = find_reader(head)
    if reader is None:
        yield from (replace(p, level="error") for p in problems) if problems else (_describe(head),)
        return
    if redact is not unchanged:
        lines = ((number, redact(line)) for number, line in lines)
    yield from reader.read(file, lines)
    yield from problems


def _describe(head: Head) -> Problem:
    """Say why a file is no transcript that anyone here can read; names what was seen, never its content."""
    if not head.lines:
        return Problem(head.file, 0, "empty-file", "The file is empty.")
    values = [head.document] if head.document is not None else [decode(line) for line in head.lines]
    seen = next((value for value in values if value is not None), None)
    if seen is None and any(not _is_utf8(line) for line in head.lines):
        return Problem(head.file, 1, "wrong-encoding", "The file is not UTF-8 text; save it as UTF-8.")
    if seen is None and head.lines[0][:1] in (b"{", b"["):
        message = (
            "The file begins like JSON and cannot be read as JSON: it is cut off, nested too deeply, larger than "
            f"{LIMITS.document >> 20} MiB, or holds millions of values."
        )
        return Problem(head.file, 1, "not-json", message)
    formats = ", ".join(READERS)
    return Problem(head.file, 1, "unknown-format", f"No format fits: {_shape(seen)}. Known formats: {formats}.")


def _is_utf8(line: bytes) -> bool:
    try:
        line[:65536].decode()
    except UnicodeDecodeError as error:
        return error.end >= min(len(line), 65536)  # a character that the cut went through
    return True


def _shape(value: object) -> str:
    if isinstance(value, list):
        return f"a JSON list of {_shape(value[0])}" if value else "an empty JSON list"
    if isinstance(value, dict):
        keys = [key for key in value if isinstance(key, str) and re.fullmatch(r"[A-Za-z_$][\w.$-]{0,39}", key)]
        return f"JSON objects with the keys {', '.join(keys[:8])}" if keys else "JSON objects without telling keys"
    return "lines of text" if value is None else f"JSON values of the kind {type(value).__name__}"
