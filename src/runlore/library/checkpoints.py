"""Sessions that the Entire CLI keeps in a project's own git repository: found and read, never checked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from runlore.library import git
from runlore.model import Problem
from runlore.transcripts.base import Reading
from runlore.transcripts.entire import (
    Checkpoint,
    Folder,
    branch_of,
    describe,
    has_own_reference,
    is_wanted,
    list_folders,
    longest,
)
from runlore.transcripts.reading import read_lines, unchanged

_METADATA_BYTES = 4 << 20
_SESSION_FOLDER_DEPTH = 1  # below a checkpoint's own ref: <n>/full.jsonl


def find_checkpoints(repo: Path) -> tuple[Checkpoint, ...]:
    """Find the sessions of a repository's checkpoints, each as its longest copy; raises GitError where it is none."""
    heads: dict[str, str] = {}
    for reference in git.list_references(repo):
        if branch_of(reference.name):
            heads.setdefault(reference.object, reference.name)  # what was pushed stands under the remote's name too
    own = {oid: name for oid, name in heads.items() if has_own_reference(branch_of(name))}
    found: list[tuple[str, Folder]] = []
    for oid, name in heads.items():
        if oid not in own:
            files = ((entry.path, entry.object, entry.size) for entry in git.list_tree(repo, oid))
            found.extend((name, folder) for folder in list_folders(file for file in files if is_wanted(file[0])))
    found.extend(_folders_of_own(repo, own))
    wanted = dict.fromkeys(folder.metadata for _, folder in found if folder.metadata)
    metadata = dict(git.read_blobs(repo, wanted, _METADATA_BYTES))
    return longest(describe(name, folder, metadata.get(folder.metadata) or b"") for name, folder in found)


def _folders_of_own(repo: Path, own: dict[str, str]) -> Iterator[tuple[str, Folder]]:
    """List the trees of many refs with one git instead of one each: there may be tens of thousands."""
    level = [(name, "", f"{oid}^{{tree}}", len(oid) // 2) for oid, name in own.items()]
    files: dict[str, list[tuple[str, str]]] = {}
    for depth in range(_SESSION_FOLDER_DEPTH + 1):
        below = []
        trees = git.read_objects(repo, [tree for _, _, tree, _ in level])
        for (name, folder, _, width), content in zip(level, trees, strict=True):
            for entry, oid, is_folder in git.parse_tree(content or b"", width):
                path = f"{folder}{entry}"
                if is_folder and depth < _SESSION_FOLDER_DEPTH:
                    below.append((name, f"{path}/", oid, width))
                elif not is_folder and is_wanted(path):
                    files.setdefault(name, []).append((path, oid))
        level = below
    sizes = git.list_sizes(repo, dict.fromkeys(oid for held in files.values() for _, oid in held))
    for name, held in sorted(files.items()):
        for folder_found in list_folders((path, oid, sizes.get(oid, 0)) for path, oid in held):
            yield name, folder_found


def read_checkpoints(
    repo: Path, redact: Callable[[bytes], bytes] = unchanged, checkpoints: Iterable[Checkpoint] | None = None
) -> Iterator[Reading | Problem]:
    """Read the sessions of a repository's checkpoints, all that are found or those given, one after the other.

    Readings carry ``<ref>:<path>`` as their file, which ``git show`` takes. A transcript that git does not have, or
    that is larger than 256 MiB, gives a problem.
    """
    chosen = find_checkpoints(repo) if checkpoints is None else checkpoints
    for checkpoint in chosen:
        file = f"{checkpoint.reference.removeprefix('refs/')}:{checkpoint.path}"
        contents = [content for _, content in git.read_blobs(repo, checkpoint.blobs)]
        parts = [content for content in contents if content is not None]
        if len(parts) < len(contents):
            yield Problem(file, 0, "missing-object", "Git does not have this transcript, or it is too large to read.")
            continue
        for item in read_lines(file, parts, redact):
            yield _named(item, checkpoint) if isinstance(item, Reading) else item


def _named(reading: Reading, checkpoint: Checkpoint) -> Reading:
    """Give a transcript that does not name its session the name that the checkpoint has for it."""
    transcript = reading.transcript
    if transcript.session not in ("full", "full:1"):  # the file's stem, which is the same for all of them
        return reading
    session = checkpoint.session or f"{checkpoint.checkpoint}:{checkpoint.path}"
    return Reading(msgspec.structs.replace(transcript, session=session), reading.lines)
