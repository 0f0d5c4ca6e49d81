"""The drafts folder: inactive runbooks, one folder each, and beside them what mining itself last wrote, so that a person's edits are known."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from runlore.errors import StoreError

FOLDER = "drafts"
GENERATED = ".generated"
RUNBOOK = "RUNBOOK.md"
_NAME = re.compile(r"[^./\\\0][^/\\\0]{0,99}\Z")
"""One folder within the drafts, nothing that leads elsewhere: names come from the command line too."""


def draft_path(home: Path, name: str) -> Path:
    """Where the runbook of a draft stands."""
    return home / FOLDER / name / RUNBOOK


def find_text(home: Path, name: str) -> str | None:
    """Read a draft's text as it stands now; None where there is none, or the name is no draft's name."""
    return _read(draft_path(home, name)) if _NAME.match(name) else None


def find_generated(home: Path, name: str) -> str | None:
    """Read the text that mining last wrote for a draft."""
    return _read(home / FOLDER / GENERATED / name / RUNBOOK) if _NAME.match(name) else None


def list_names(home: Path) -> tuple[str, ...]:
    """Name the drafts that stand in the folder."""
    folder = home / FOLDER
    if not folder.is_dir():
        return ()
    return tuple(sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name != GENERATED))


def write_draft(home: Path, name: str, text: str, generated: str, files: Mapping[str, str]) -> None:
    """Write a draft: its text, what mining wrote for it, and the files that belong to it, each written beside and moved."""
    folder = home / FOLDER / name
    try:
        for path, content in {RUNBOOK: text, **files}.items():
            _write(folder / path, content)
        _write(home / FOLDER / GENERATED / name / RUNBOOK, generated)
    except OSError as error:
        raise StoreError(str(folder), error.strerror or str(error)) from error


def drop_draft(home: Path, name: str) -> None:
    """Remove a draft that nobody has edited."""
    shutil.rmtree(home / FOLDER / name, ignore_errors=True)
    shutil.rmtree(home / FOLDER / GENERATED / name, ignore_errors=True)


def read_folder(folder: Path) -> dict[str, str]:
    """Read the text files of a draft by their path within it; links and what is no text are left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            text = _read(path)
            if text is not None:
                found[path.relative_to(folder).as_posix()] = text
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", errors="surrogatepass")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return None
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error


def _write(path: Path, text: str) -> None:
    data = text.encode("utf-8", errors="surrogatepass")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    os.replace(beside, path)
