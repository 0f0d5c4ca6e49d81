"""Where documents stand in the library folder: document and file ↔ path, inverse; and which names documents may have.

Documents of the formats runbook, skill and sop are folders ``<shelf>/<name>/``; a Markdown document is ``<shelf>/<name>.md``
with its other files below ``<shelf>/<name>/``. What a team owns stands below ``teams/<team>/``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from runlore.model.document import SHELVES, Bundle, Format

TEAMS = "teams"
LONGEST_NAME = 64

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """One file of one document. ``team`` is empty for what the company owns; ``file`` is the path below the document's folder."""

    team: str
    shelf: str
    name: str
    file: str


def main_file(format: Format, name: str) -> str:
    """Give the path of a document's main file below its folder."""
    match format:
        case "runbook":
            return "RUNBOOK.md"
        case "skill":
            return "SKILL.md"
        case "sop":
            return f"{name}.sop.md"
        case "markdown":
            return f"{name}.md"


def folder_of(shelf: str, name: str, team: str = "") -> str:
    """Give the folder that holds a document's files, without a slash at its end; a Markdown document's main file stands beside it."""
    below = f"{shelf}/{name}"
    return f"{TEAMS}/{team}/{below}" if team else below


def path_of(shelf: str, name: str, bundle: Bundle, file: str, team: str = "") -> str:
    """Give the path of one of a document's files in the library folder."""
    folder = folder_of(shelf, name, team)
    if bundle.format == "markdown" and file == bundle.main:
        return f"{folder.rpartition('/')[0]}/{file}"
    return f"{folder}/{file}"


def document_of(path: str) -> Place | None:
    """Give which file of which document a path in the library folder is; None where documents have no such file.

    Inverse of ``path_of``. It does not look at content: whether the document is there, and of which format, the caller knows.
    """
    parts = path.split("/")
    team = ""
    if parts[0] == TEAMS and len(parts) > 2:
        team, parts = parts[1], parts[2:]
        if not is_name(team):
            return None
    if len(parts) < 2 or parts[0] not in SHELVES or not all(parts):
        return None
    if len(parts) == 2:
        name = parts[1].removesuffix(".md")
        return Place(team, parts[0], name, parts[1]) if parts[1].endswith(".md") and is_name(name) else None
    return Place(team, parts[0], parts[1], "/".join(parts[2:])) if is_name(parts[1]) else None


def is_name(text: str) -> bool:
    """Say whether a text can be a document's name: 1 to 64 characters of a–z, 0–9 and single inner hyphens, and no device of Windows."""
    return len(text) <= LONGEST_NAME and bool(_NAME.fullmatch(text)) and not is_device(text)


def is_device(part: str) -> bool:
    """Say whether a part of a path is a name that Windows keeps for a device (``con``, ``nul.txt``)."""
    return bool(_DEVICES.fullmatch(part))


def name_of(stem: str) -> str:
    """Give a valid name made from a file's stem; a stem that is valid stays as it is.

    Accents are taken off, capitals lowered, anything else becomes a hyphen. Where nothing is left (a name in another script), the
    name is ``document-`` and eight digits of the stem's hash.
    """
    if is_name(stem):
        return stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii").lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-")
    if is_name(name):
        return name
    if is_device(name):
        return f"{name}-document"
    return f"document-{hashlib.sha256(stem.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
