"""Three-way merge of texts and of whole documents, by `git merge-file`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runlore.library import git
from runlore.model.document import Bundle, FileContent

ConflictKind = Literal["text", "binary", "removed", "format", "broken"]

_MOST_CONFLICTS = 127  # git merge-file answers with their number, at most this; 255 is a failure
_LABELS = ("approved", "base", "proposed")


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """One file that both sides changed differently.

    ``kind``: ``text``: the same lines; ``binary``: no lines to merge; ``removed``: one side took the file away, the other changed it;
    ``format``: the document's format or main file; ``broken``: the lines merge, but to no JSON. ``text`` is the file with git's
    conflict markers for ``text``, else empty.
    """

    path: str
    kind: ConflictKind
    message: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge gives: the bundle, None where there are conflicts."""

    bundle: Bundle | None
    conflicts: tuple[MergeConflict, ...] = ()


def merge_bundles(base: Bundle, ours: Bundle, theirs: Bundle) -> Merged:
    """Bring what changed from ``base`` to ``theirs`` into ``ours``, file by file; ``ours`` is what is approved, ``theirs`` what is proposed.

    A file that one side alone changed, added or removed is taken from that side. Raises GitError where git fails.
    """
    if theirs == base or ours == theirs:
        return Merged(ours)
    if ours == base:
        return Merged(theirs)
    conflicts = list(_format_conflicts(base, ours, theirs))
    sides = [{file.path: file for file in bundle.files} for bundle in (base, ours, theirs)]
    files: list[FileContent] = []
    for path in sorted({*sides[0], *sides[1], *sides[2]}):
        merged = _merge_file(path, *(side.get(path) for side in sides))
        if isinstance(merged, MergeConflict):
            conflicts.append(merged)
        elif merged is not None:
            files.append(merged)
    if conflicts:
        return Merged(None, tuple(conflicts))
    changed = ours if (theirs.format, theirs.main) == (base.format, base.main) else theirs
    if all(file.path != changed.main for file in files):
        message = f"One side took the main file `{changed.main}` away: say which text the document is."
        return Merged(None, (MergeConflict(changed.main, "removed", message),))
    return Merged(Bundle(changed.format, changed.main, tuple(files)))


def _format_conflicts(base: Bundle, ours: Bundle, theirs: Bundle) -> Iterator[MergeConflict]:
    before, here, there = ((b.format, b.main) for b in (base, ours, theirs))
    if before not in (here, there) and here != there:
        message = f"The document became a {ours.format} (`{ours.main}`) and is proposed as a {theirs.format} (`{theirs.main}`)."
        yield MergeConflict(theirs.main, "format", message)


def _merge_file(
    path: str, base: FileContent | None, ours: FileContent | None, theirs: FileContent | None
) -> FileContent | MergeConflict | None:
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    if ours is None or theirs is None:
        gone = "no longer in the approved revision" if ours is None else "taken away by the proposal"
        return MergeConflict(path, "removed", f"`{path}` is {gone}, and changed by the other side.")
    executable = theirs.executable if base is None or ours.executable == base.executable else ours.executable
    contents = [side.content if side else b"" for side in (ours, base, theirs)]
    if ours.content == theirs.content or contents[1] == theirs.content:
        return FileContent(path, ours.content, executable)
    if contents[1] == ours.content and base is not None:
        return FileContent(path, theirs.content, executable)
    merged = _merge_contents(path, contents)
    return merged if isinstance(merged, MergeConflict) else FileContent(path, merged, executable)


def _merge_contents(path: str, contents: list[bytes]) -> bytes | MergeConflict:
    if not all(_is_text(content) for content in contents):
        return MergeConflict(path, "binary", f"Both sides changed `{path}`, which has no lines to merge.")
    code, output = _merge_lines(contents, "--diff3", *(word for label in _LABELS for word in ("-L", label)))
    if code:
        text = output.decode(errors="replace")
        return MergeConflict(path, "text", f"Both sides changed the same lines of `{path}`.", text)
    if path.endswith(".json") and all(_is_json(content) for content in contents) and not _is_json(output):
        return MergeConflict(path, "broken", f"The lines of `{path}` can be merged, but the result is no JSON.")
    return output


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def merge_texts(ours: str, base: str, theirs: str) -> str:
    """Bring what changed from ``base`` to ``theirs`` into ``ours``; where both changed the same lines, ours stays. Raises GitError."""
    contents = [text.encode("utf-8", errors="surrogatepass") for text in (ours, base, theirs)]
    return _merge_lines(contents, "--ours")[1].decode("utf-8", errors="surrogatepass")


def _merge_lines(contents: Iterable[bytes], *options: str) -> tuple[int, bytes]:
    """Merge ours, base and theirs in a folder of their own; gives the number of conflicts and the text."""
    with tempfile.TemporaryDirectory(prefix="runlore-merge-") as folder:
        names = ("ours", "base", "theirs")
        for name, content in zip(names, contents, strict=True):
            Path(folder, name).write_bytes(content)
        return git.call(Path(folder), "merge-file", "-p", *options, *names, timeout=30, most=_MOST_CONFLICTS)
