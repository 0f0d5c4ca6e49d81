"""Back up: the whole record in one file, as it is at one moment, while others go on working."""

from __future__ import annotations

from pathlib import Path

from runlore.actions.caller import Caller
from runlore.record.backup import backup as write_backup


def backup(caller: Caller, file: Path) -> int:
    """Write the record to a file, beside its place and then in it; gives its size in bytes. Raises NotAllowed, StoreError."""
    caller.require_owner("back up the record")
    write_backup(caller.record, file)
    return file.stat().st_size
