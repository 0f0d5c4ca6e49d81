"""The passphrase with which a person answers: an agent with a shell of the same user does not know it, so an answer with it counts as A2."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from runlore.corpus.files import read_file
from runlore.errors import StoreError, UsageError

FILE = "passphrase"
LEAST = 8
_N, _R, _P = 1 << 15, 8, 1


def set_passphrase(folder: Path, words: str) -> None:
    """Keep the hash of a passphrase (scrypt, RFC 7914) in the folder of credentials. Raises UsageError for a short one."""
    if len(words) < LEAST:
        raise UsageError(f"A passphrase has at least {LEAST} characters.")
    salt = secrets.token_bytes(16)
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{FILE}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as sink:
            sink.write(f"{salt.hex()} {_hash(words, salt).hex()}\n")
        os.replace(beside, path)
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error


def has_passphrase(folder: Path) -> bool:
    """Say whether a passphrase was set."""
    return bool(read_file(folder / FILE))


def is_passphrase(folder: Path, words: str) -> bool:
    """Say whether these are the words that were set."""
    kept = (read_file(folder / FILE) or b"").decode("ascii", "replace").split()
    if len(kept) != 2 or not words:
        return False
    return hmac.compare_digest(_hash(words, bytes.fromhex(kept[0])).hex(), kept[1])


def _hash(words: str, salt: bytes) -> bytes:
    return hashlib.scrypt(words.encode("utf-8", "replace"), salt=salt, n=_N, r=_R, p=_P, maxmem=64 << 20)
