"""Caller: who acts, on which record, at what time. Every action over the library takes one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from runlore.corpus.files import read_file
from runlore.errors import GitError, NoCredential, NotAllowed, StoreError
from runlore.library.projection import project
from runlore.model import Problem
from runlore.model.library import Principal, Scope
from runlore.record.database import Record, Transaction, open_record
from runlore.record.principals import find_by_credential
from runlore.settings import Settings

Clock = Callable[[], int]
"""Gives the time in microseconds since the epoch, UTC."""

Progress = Callable[[int, int, str], None]
"""Told how far long work is: how many are done, of how many, and what."""

DAY = 24 * 3600 * 1_000_000
PROPOSED_FOR = 90 * DAY
"""How long a proposal stays open, in microseconds."""
REVIEWED_FOR = 7 * DAY
"""How long a review may wait for its one use, in microseconds."""

RECORD = "record.sqlite3"
"""The record's file in the home, where no URL names another place."""

OWNER = "owner"
AGENT = "agent"
"""The credentials that a home keeps, by the names of their files."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One principal with the record of its company. ``problems`` says what could not be finished on the way in."""

    settings: Settings
    record: Record
    principal: Principal
    now: int
    problems: tuple[Problem, ...] = ()

    @property
    def company(self) -> str:
        """The company whose record this is; it follows from the credential."""
        return self.principal.company

    @property
    def folder(self) -> Path:
        """The library folder."""
        return library_folder(self.settings)

    def require(self, scope: Scope, what: str) -> None:
        """Raise NotAllowed where the principal lacks a scope; ``what`` is an infinitive without "to"."""
        if not self.principal.may(scope):
            raise NotAllowed(
                self.principal.name, what, f"its credential lacks the scope `{scope}`. Ask the owner of the company."
            )

    def require_owner(self, what: str) -> None:
        """Raise NotAllowed for everyone but a human owner."""
        if self.principal.kind != "human" or not self.principal.may("own"):
            raise NotAllowed(self.principal.name, what, "only an owner may, and never through an agent's credential.")


def record_url(settings: Settings) -> str:
    """Give the URL of the record: the one that is set, or SQLite in the home."""
    return settings.record or "sqlite" + (settings.home / RECORD).absolute().as_uri().removeprefix("file")


def has_record(settings: Settings) -> bool:
    """Say whether there is a record to read: one that is named, or the home's own."""
    return bool(settings.record) or (settings.home / RECORD).exists()


def library_folder(settings: Settings) -> Path:
    """Give the library folder: the one that is set, or the home's own."""
    return settings.library or settings.home / "library"


def credential_file(settings: Settings, name: str) -> Path:
    """Name the file in which the home keeps a credential; readable by its owner alone."""
    return settings.home / "credentials" / name


def find_credential(settings: Settings, name: str = OWNER) -> str:
    """Find a credential that the home keeps; empty where there is none."""
    content = read_file(credential_file(settings, name))
    return content.decode("ascii", "replace").strip() if content else ""


def make_token() -> str:
    """Make a credential: 256 random bits behind a beginning by which redaction knows it for what it is."""
    return f"rlt_{secrets.token_hex(32)}"


@contextmanager
def open_caller(settings: Settings, clock: Clock) -> Iterator[Caller]:
    """Open the record as the principal whose credential is given, and finish what a crash left undone.

    Raises NoRecord before `runlore init`, and NoCredential where nobody is known by the credential.
    """
    record = open_record(record_url(settings))
    try:
        now = clock()
        with record.read() as tx:
            principal = identify(settings, tx, now)
        caller = Caller(settings, record, principal, now)
        yield replace(caller, problems=show_published(caller))
    finally:
        record.close()


def identify(settings: Settings, tx: Transaction, now: int) -> Principal:
    """Say who acts, from the credential alone: the one that is set, or the owner's that the home keeps. Raises NoCredential."""
    where = "RUNLORE_TOKEN" if settings.token else str(credential_file(settings, OWNER))
    token = settings.token or find_credential(settings)
    if not token:
        raise NoCredential(where, "there is no credential here")
    principal = find_by_credential(tx, token, now)
    if principal is None:
        raise NoCredential(where, "the record knows nobody by this credential; it may have expired or been revoked")
    return principal


def show_published(caller: Caller) -> tuple[Problem, ...]:
    """Bring the library folder up to the record, where this home has one; costs next to nothing where it is.

    What is published stays published if that fails, and the next command tries again.
    """
    if not caller.folder.is_dir():
        return ()
    try:
        project(caller.record, caller.company, caller.folder)
    except (GitError, StoreError) as error:
        message = f"What is published stands in the record, and the folder does not show it yet: {error} The next command tries again."
        return (Problem(str(caller.folder), 0, "folder-behind", message, "warning"),)
    return ()
