"""How the Entire CLI lays out agent sessions in a git repository; nothing here runs git.

Two layouts hold them: the shared branch ``entire/checkpoints/v1`` (before that ``entire/sessions``) with a folder
``<2 hex>/<10 hex>`` for each checkpoint, and since version 0.10 one ref for each, ``entire/checkpoints/<2>/<id>``.
In both a checkpoint's folder holds one numbered folder a session, with the transcript in the host's own format and its
metadata; the earliest checkpoints hold one session, without the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from runlore.transcripts import fields
from runlore.transcripts.decoding import decode

_REFERENCE = re.compile(r"refs/(?:heads/|remotes/[^/]+/)?(entire/(?:checkpoints/.+|sessions(?:/v1)?))")
_OWN_REFERENCE = re.compile(r"entire/checkpoints/[^/]{2}/([0-9A-Za-z]{12,40})")
_TRANSCRIPT = re.compile(r"(?:(?P<folder>.+)/)?(?:full\.jsonl(?:\.(?P<part>\d{3,6}))?|full\.log)")
_METADATA = re.compile(r"(?:(?P<folder>.+)/)?metadata\.json")
_SHARDED = re.compile(r"([0-9a-f]{2})/([0-9a-f]{10})(?:/|\Z)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One session as one checkpoint holds it.

    ``path`` is that of the transcript in the tree of ``reference``; ``blobs`` are its parts in their order,
    ``size`` is their sum in bytes. ``session`` and ``agent`` are those of the metadata, ``""`` where it does not say.
    """

    session: str
    agent: str
    checkpoint: str
    reference: str
    path: str
    blobs: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Folder:
    """One session's folder: the transcript's first path, its parts as (number, blob, size), and the metadata's blob."""

    path: str
    parts: tuple[tuple[int, str, int], ...]
    metadata: str = ""


def branch_of(reference: str) -> str:
    """Give the name under which Entire keeps checkpoints (``entire/checkpoints/v1``), or ``""`` for any other ref."""
    found = _REFERENCE.fullmatch(reference)
    return found.group(1) if found else ""


def has_own_reference(branch: str) -> bool:
    """Say whether a ref holds one checkpoint alone."""
    return _OWN_REFERENCE.fullmatch(branch) is not None


def is_wanted(path: str) -> bool:
    """Say whether a file of a checkpoint is a transcript, a part of one, or metadata."""
    return _TRANSCRIPT.fullmatch(path) is not None or _METADATA.fullmatch(path) is not None


def list_folders(files: Iterable[tuple[str, str, int]]) -> tuple[Folder, ...]:
    """Group files, as (path, blob, size), into the folders that hold a transcript, sorted by path."""
    parts: dict[str, dict[int, tuple[str, int, str]]] = {}
    metadata: dict[str, str] = {}
    for path, blob, size in files:
        described = _METADATA.fullmatch(path)
        if described is not None:
            metadata[described.group("folder") or ""] = blob
        found = _TRANSCRIPT.fullmatch(path)
        if found is not None:
            numbered = parts.setdefault(found.group("folder") or "", {})
            number = int(found.group("part") or 0)
            if number not in numbered or path.endswith(".jsonl"):  # `full.log` is the older name of the same
                numbered[number] = (blob, size, path)
    return tuple(
        Folder(
            path=min(numbered.items())[1][2],
            parts=tuple((number, blob, size) for number, (blob, size, _) in sorted(numbered.items())),
            metadata=metadata.get(folder, ""),
        )
        for folder, numbered in sorted(parts.items())
    )


def describe(reference: str, folder: Folder, metadata: bytes) -> Checkpoint:
    """Join a folder with its metadata; a broken one leaves the session and the agent open."""
    about = fields.mapping(decode(metadata)) if metadata else {}
    own = _OWN_REFERENCE.fullmatch(branch_of(reference))
    sharded = _SHARDED.match(folder.path)
    named = sharded.group(1) + sharded.group(2) if sharded else ""
    return Checkpoint(
        session=fields.string(about.get("session_id")),
        agent=fields.string(about.get("agent")),
        checkpoint=own.group(1) if own else named or fields.string(about.get("checkpoint_id")),
        reference=reference,
        path=folder.path,
        blobs=tuple(blob for _, blob, _ in folder.parts),
        size=sum(size for _, _, size in folder.parts),
    )


def longest(checkpoints: Iterable[Checkpoint]) -> tuple[Checkpoint, ...]:
    """Give each session once, as the checkpoint that holds most of it; sorted by session, then path.

    A session without a name is told apart by its content alone.
    """
    best: dict[object, Checkpoint] = {}
    for checkpoint in sorted(checkpoints, key=lambda c: (c.reference, c.path)):
        key: object = checkpoint.session or checkpoint.blobs
        if key not in best or best[key].size < checkpoint.size:
            best[key] = checkpoint
    return tuple(sorted(best.values(), key=lambda c: (c.session, c.reference, c.path)))
