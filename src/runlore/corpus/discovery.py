"""Where the hosts keep their sessions, and which files under a folder may be transcripts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

HOST_FOLDERS: Final[tuple[tuple[str, str], ...]] = (
    ("claude-code", ".claude/projects"),
    ("codex", ".codex/sessions"),
    ("codex", ".codex/archived_sessions"),
    ("copilot-cli", ".copilot/session-state"),
    ("copilot-cli", ".copilot/history-session-state"),
    ("gemini-cli", ".gemini/tmp"),
)
"""Hosts and the folders below the person's home in which they keep sessions."""

_SKIPPED_FOLDERS: Final = frozenset({".git", "node_modules", "__pycache__", ".venv", ".hg", ".svn", "tool-results"})
_SUFFIXES: Final = (".jsonl", ".json", ".jsonl.gz", ".json.gz", ".jsonl.zst", ".json.zst", ".ndjson")
# Files that stand beside sessions and are none.
_METADATA: Final = (
    "*.meta.json",
    "package.json",
    "package-lock.json",
    "tsconfig*.json",
    "settings*.json",
    "metadata.json",
    "sessions-index.json",
    "logs.json",
    "vscode.metadata.json",
)
_DEEPEST: Final = 24


def find_host_folders(user_home: Path) -> tuple[tuple[str, Path], ...]:
    """Find the folders of the hosts that are there: host and folder, in a fixed order."""
    return tuple((host, user_home / folder) for host, folder in HOST_FOLDERS if (user_home / folder).is_dir())


def list_transcript_files(
    paths: Iterable[Path], *, since: float = 0.0, project: str = "", exclude: tuple[str, ...] = ()
) -> tuple[Path, ...]:
    """List the files that may be transcripts: those named, and below folders those with a suffix of transcripts, sorted by path.

    ``since`` (seconds since the epoch) leaves out files that were last written before it; ``project`` those in a host's folder of
    another project; ``exclude`` those that match a pattern (of the name, the whole path, or a folder in it). Links to folders are
    followed once; version control and packages are not walked.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for file in _walk(path, exclude):
                found.setdefault(file, None)
        else:
            found.setdefault(path, None)
    return tuple(file for file in sorted(found) if _is_wanted(file, since, exclude) and _may_be_project(file, project))


def is_project(project: str, wanted: str) -> bool:
    """Say whether a session's project (its folder) is the wanted one: the same folder, one below it, or one of that name."""
    if not wanted:
        return True
    have, want = project.rstrip("/\\"), wanted.rstrip("/\\")
    if have == want or have.startswith((want + "/", want + "\\")):
        return True
    return want in have.replace("\\", "/").split("/")


def _walk(folder: Path, exclude: tuple[str, ...]) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    start = len(folder.parts)
    for place, folders, files in os.walk(folder, followlinks=True):
        try:
            state = os.stat(place)
        except OSError:
            folders.clear()
            continue
        if (state.st_dev, state.st_ino) in seen or len(Path(place).parts) - start > _DEEPEST:
            folders.clear()
            continue
        seen.add((state.st_dev, state.st_ino))
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS and not _matches(name, exclude))
        for name in sorted(files):
            lower = name.lower()
            if lower.endswith(_SUFFIXES) and not any(fnmatch(lower, pattern) for pattern in _METADATA):
                yield Path(place, name)


def _is_wanted(file: Path, since: float, exclude: tuple[str, ...]) -> bool:
    if any(_matches(name, exclude) for name in (file.name, str(file), *file.parts[:-1])):
        return False
    if since <= 0:
        return True
    try:
        return file.stat().st_mtime >= since
    except OSError:
        return True  # reading it says what is wrong


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _may_be_project(file: Path, project: str) -> bool:
    """Say whether a file can hold sessions of a project: Claude Code names its folders after them; elsewhere only reading tells."""
    parts = file.parts
    if not project or "projects" not in parts[:-1] or ".claude" not in parts:
        return True
    after = parts.index("projects", parts.index(".claude")) + 1 if "projects" in parts[parts.index(".claude") :] else 0
    wanted = "".join(letter if letter.isalnum() else "-" for letter in project.rstrip("/\\"))
    return not after or wanted in parts[after]
