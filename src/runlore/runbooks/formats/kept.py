"""The record beside an export: a JSON file with the very bytes that were exported, so that reading the export again loses nothing.

``references/runlore.json`` inside a skill, ``<name>.sop.json`` beside an SOP. A file that the export holds unchanged is named there, not repeated.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from runlore.model import Problem
from runlore.model.document import SHELVES, Bundle, FileContent, Format
from runlore.runbooks.formats.hostile import check_asset, check_path, check_text, check_whole, decode
from runlore.runbooks.formats.places import is_name

IN_SKILL = "references/runlore.json"
MARK = "runlore-kept/1"

Restored = tuple[str, str, Bundle]
"""Shelf, name and files of the document that an export was made from."""


def record_path(bundle: Bundle) -> str:
    """Give the path of the record in a bundle that was exported; ``""`` for a format that is never exported to."""
    match bundle.format:
        case "skill":
            return IN_SKILL
        case "sop":
            return f"{bundle.main.removesuffix('.md')}.json"
        case _:
            return ""


def keep(shelf: str, name: str, bundle: Bundle, written: Sequence[FileContent], path: str) -> FileContent:
    """Make the record of a document for an export whose other files are ``written``; it stands at ``path`` among them."""
    by_content = {(file.content, file.executable): file.path for file in reversed(written)}
    record = {
        "format": MARK,
        "shelf": shelf,
        "name": name,
        "of": bundle.format,
        "main": bundle.main,
        "files": [_kept(file, by_content.get((file.content, file.executable), "")) for file in bundle.files],
        "written": {file.path: _digest(file.content) for file in written},
    }
    return FileContent(path, (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


def restore(bundle: Bundle, source: str) -> tuple[Restored | None, tuple[Problem, ...]]:
    """Give what a bundle was exported from, where it holds the record of that; an export that was edited since stands for itself.

    A record that is damaged, or holds what may not be imported, is an error, and nothing is restored.
    """
    path = record_path(bundle)
    record = _read(bundle, path)
    if record is None:
        return None, ()
    files = {file.path: file for file in bundle.files}
    try:
        edited = [p for p, digest in record["written"].items() if p not in files or _digest(files[p].content) != digest]
        if edited:
            message = f"`{edited[0]}` was edited after it was exported: the document is taken as it stands now."
            return None, (Problem(source, 0, "kept-edited", message, "warning"),)
        restored, problems = _restored(record, files)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        return None, (_damaged(source, path),)
    if problems:
        return None, tuple(replace(p, file=source, message=f"In `{path}`, `{p.file}`: {p.message}") for p in problems)
    return restored, ()


def _read(bundle: Bundle, path: str) -> dict[str, Any] | None:
    """The record of a bundle; None where it has none. JSON that is not ours is an ordinary file."""
    file = next((file for file in bundle.files if path and file.path == path), None)
    text = decode(file.content) if file else None
    try:
        record = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and record.get("format") == MARK else None


def _restored(record: Mapping[str, Any], files: Mapping[str, FileContent]) -> tuple[Restored, tuple[Problem, ...]]:
    shelf, name, of, main = (str(record[key]) for key in ("shelf", "name", "of", "main"))
    found = tuple(sorted((_unkept(entry, files) for entry in record["files"]), key=lambda file: file.path))
    paths = [file.path for file in found]
    if shelf not in SHELVES or not is_name(name) or of not in get_args(Format) or paths.count(main) != 1:
        raise ValueError(name)
    if len(set(paths)) != len(paths):
        raise ValueError(paths)
    format = cast(Format, of)
    problems = [problem for path in paths for problem in check_path(path)]
    for file in found:
        checked = check_text(file) if file.path == main else check_asset(file, format)
        problems.extend(problem for problem in checked if problem.level == "error")
    problems.extend(check_whole(name, found))
    return (shelf, name, Bundle(format, main, found)), tuple(problems)


def _kept(file: FileContent, same_as: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": file.path}
    text = decode(file.content)
    if same_as:
        entry["at"] = same_as
    elif text is not None:
        entry["text"] = text
    else:
        entry["base64"] = base64.b64encode(file.content).decode("ascii")
    return entry | ({"executable": True} if file.executable else {})


def _unkept(entry: Mapping[str, Any], files: Mapping[str, FileContent]) -> FileContent:
    if "at" in entry:
        content = files[entry["at"]].content
    elif "text" in entry:
        content = entry["text"].encode("utf-8")
    else:
        content = base64.b64decode(entry["base64"], validate=True)
    return FileContent(entry["path"], content, entry.get("executable", False) is True)


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _damaged(source: str, path: str) -> Problem:
    message = f"`{path}` says that it holds the document that was exported, and cannot be read: export it again, or leave that file out."
    return Problem(source, 0, "kept-unreadable", message)
