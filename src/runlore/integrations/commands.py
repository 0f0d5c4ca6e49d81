"""Run a command that an owner has allowed, and say how it ended. Never a shell, never a worker's own words."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

TIMEOUT = 120.0
LARGEST_OUTPUT = 256 * 1024
MOST_WRITTEN = 64 << 20


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code (-1 where it did not end by itself), the last of its output, and what went wrong in a few words."""

    code: int
    output: bytes
    why: str = ""


def run_command(line: str, folder: Path | None = None, timeout: float = TIMEOUT, keep: tuple[str, ...] = ()) -> Ended:
    """Run a command line without a shell, with a bare environment (``PATH``, ``HOME``, the variables in ``keep``), in ``folder`` or an empty one.

    Output beyond 256 KiB is dropped from the front; a command that takes longer than ``timeout`` seconds, or writes more than 64 MiB, is ended with
    everything that it has started.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        return Ended(-1, b"", f"it is no command line: {error}")
    if not words:
        return Ended(-1, b"", "it is empty")
    names = ("PATH", "HOME", "LANG", *keep)
    environment = {name: os.environ[name] for name in names if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="runlore-command-") as empty, tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                words,
                cwd=folder or empty,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return Ended(-1, b"", f"it cannot be started: {getattr(error, 'strerror', None) or error}")
        code = _wait(process, output, timeout)
        if code is None:
            return Ended(
                -1, b"", f"it did not end within {timeout:g} seconds, or wrote more than {MOST_WRITTEN >> 20} MiB"
            )
        return Ended(code, _last(output))


def _wait(process: subprocess.Popen[bytes], output: IO[bytes], timeout: float) -> int | None:
    """Wait for the end of a command; None where it was ended, with everything that it had started, after its time or its measure of output."""
    until = time.monotonic() + timeout
    while process.poll() is None:
        if time.monotonic() >= until or os.fstat(output.fileno()).st_size > MOST_WRITTEN:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None
        time.sleep(0.02)
    return process.returncode


def _last(output: IO[bytes]) -> bytes:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - LARGEST_OUTPUT))
    return output.read(LARGEST_OUTPUT)
