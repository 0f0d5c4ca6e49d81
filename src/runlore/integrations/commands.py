"""Run a command that an owner has allowed, and say how it ended. Never a shell, never a worker's own words."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 120.0
LARGEST_OUTPUT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code (-1 where it did not end by itself), the last of its output, and what went wrong in a few words."""

    code: int
    output: bytes
    why: str = ""


def run_command(line: str, folder: Path | None = None, timeout: float = TIMEOUT, keep: tuple[str, ...] = ()) -> Ended:
    """Run a command line without a shell, with a bare environment (``PATH``, ``HOME``, the variables in ``keep``), in ``folder`` or an empty one.

    Output beyond 256 KiB is dropped from the front; a command that takes longer than ``timeout`` seconds is ended.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        return Ended(-1, b"", f"it is no command line: {error}")
    if not words:
        return Ended(-1, b"", "it is empty")
    names = ("PATH", "HOME", "LANG", *keep)
    environment = {name: os.environ[name] for name in names if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="runlore-command-") as empty:
        try:
            done = subprocess.run(
                words,
                cwd=folder or empty,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Ended(-1, b"", f"it did not end within {timeout:g} seconds")
        except OSError as error:
            return Ended(-1, b"", f"it cannot be started: {error.strerror or error}")
    return Ended(done.returncode, done.stdout[-LARGEST_OUTPUT:])
