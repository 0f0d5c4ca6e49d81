"""Verify: the record proves itself, and that the library folder shows what it holds; a folder that does not can be made anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runlore.actions.caller import Caller
from runlore.corpus.files import write_file
from runlore.errors import UsageError
from runlore.library.check import rebuild, verify_folder
from runlore.model import Problem
from runlore.record.events import make_checkpoint
from runlore.record.verify import check_database, verify_record

_LARGEST = 1 << 16


def verify(caller: Caller, checkpoints: Sequence[Path] = ()) -> tuple[Problem, ...]:
    """Check chain, checkpoints, hashes, revisions and reviews of the record, then the library folder against it; gives what does not fit."""
    caller.require("read", "verify the record")
    kept = [read_checkpoint(path) for path in checkpoints]
    for checkpoint, path in zip(kept, checkpoints, strict=True):
        if checkpoint["company"] != caller.company:
            raise UsageError(f"{path} is a checkpoint of another company, {checkpoint['company']!r}.")
    found = list(check_database(caller.record))
    with caller.record.read() as tx:
        found += verify_record(tx, caller.company, kept)
    if caller.folder.is_dir():
        found += verify_folder(caller.record, caller.company, caller.folder)
    return tuple(dict.fromkeys(found))


def rebuild_folder(caller: Caller) -> Path | None:
    """Make the library folder anew from the record, beside and then in its place; gives where the old one is kept, if it held more than the record has.

    Raises NotAllowed, NoLibrary, StoreError, GitError.
    """
    caller.require_owner("make the library folder anew")
    return rebuild(caller.record, caller.company, caller.folder)


def export_checkpoint(caller: Caller, file: Path) -> dict[str, Any]:
    """Write a checkpoint of the log to a file, to be kept where the record is not: what is in the log now cannot be changed unseen any more."""
    caller.require("read", "make a checkpoint")
    with caller.record.read() as tx:
        checkpoint = make_checkpoint(tx, caller.company, caller.now)
    write_file(file, (json.dumps(checkpoint, sort_keys=True) + "\n").encode())
    return checkpoint


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint; raises UsageError where the file is none."""
    try:
        with path.open("rb") as stream:
            value = json.loads(stream.read(_LARGEST))
        return {
            "company": str(value["company"]),
            "seq": int(value["seq"]),
            "hash": str(value["hash"]),
            "made": int(value["made"]),
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no checkpoint that `runlore checkpoint` wrote: {error}") from error
