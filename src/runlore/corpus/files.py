"""The home folder, and how a file in it is written: beside, then replaced."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runlore.errors import StoreError
from runlore.settings import Settings

_SECRET_BYTES: Final = 32


def make_home(home: Path) -> Path:
    """Make the home folder where it is missing, readable by its owner alone; raises StoreError where that cannot be."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "corpus").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(str(home), f"the home folder cannot be made: {error.strerror or error}") from error
    return home


def read_secret(settings: Settings) -> bytes:
    """Read the local secret: the one given, or the home's own, which is made when first needed."""
    if settings.secret:
        return settings.secret.encode()
    path = make_home(settings.home) / "secret"
    secret = _read_secret_file(path)
    if secret:
        return secret
    with lock(settings.home):
        secret = _read_secret_file(path)  # another process may have made it meanwhile
        if not secret:
            secret = secrets.token_bytes(_SECRET_BYTES)
            write_file(path, secret)
    return secret


def _read_secret_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StoreError(str(path), f"the local secret cannot be read: {error.strerror or error}") from error


def write_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file as a whole or not at all: beside its place, then in its place; readable by its owner alone.

    ``durable`` waits until the bytes are on the disk; what can be derived again does without. Raises StoreError.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(data)
                if durable:
                    stream.flush()
                    os.fsync(stream.fileno())
            os.replace(beside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(str(path), f"cannot be written: {error.strerror or error}") from error


def read_file(path: Path) -> bytes | None:
    """Read a file of the home, or None where there is none; raises StoreError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(str(path), f"cannot be read: {error.strerror or error}") from error


def erase_file(path: Path) -> bool:
    """Erase a file of the home; says whether there was one. Raises StoreError."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(str(path), f"cannot be erased: {error.strerror or error}") from error
    return True


@contextlib.contextmanager
def lock(home: Path) -> Iterator[None]:
    """Hold the home's lock: one process at a time, released when the process ends however it ends."""
    path = make_home(home) / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(str(path), f"cannot be locked: {error.strerror or error}") from error
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
