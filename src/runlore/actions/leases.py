"""The fences that this home holds: which lease of which run its worker last took. A file each, so that a command after a crash goes on under the same."""

from __future__ import annotations

import os

from runlore.actions.caller import Caller
from runlore.corpus.files import read_file
from runlore.errors import StaleLease, StoreError
from runlore.model.run import Run

FOLDER = "leases"


def keep_fence(caller: Caller, run: Run) -> None:
    """Keep the fence of a lease that the caller took."""
    path = caller.settings.home / FOLDER / _name(caller, run.number)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(str(run.lease.fence), "ascii")
        os.replace(beside, path)
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error


def get_fence(caller: Caller, number: int) -> int:
    """Get the fence under which the caller holds a run from this home; raises StaleLease where it was never taken here."""
    content = read_file(caller.settings.home / FOLDER / _name(caller, number))
    if not content or not content.strip().isdigit():
        raise StaleLease(
            number,
            f"it was not started from this home as {caller.principal.name}; `runlore run resume {number}` takes it, if it is free",
        )
    return int(content)


def _name(caller: Caller, number: int) -> str:
    return f"{caller.company}-{caller.principal.id}-{number}"
