"""What a database must do to hold the record; SQLite and PostgreSQL each have a module that does it.

Statements are written once, in the common subset of both, with named parameters ``:name``. A connection belongs to one thread at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol

Kind = Literal["sqlite", "postgresql"]
Row = tuple[Any, ...]
Parameters = Mapping[str, Any]

WAIT_SECONDS: Final = 30
"""How long a writer waits for the ones before it; then the record is busy."""


class Connection(Protocol):
    """One link to the database. Every method raises StoreError or a subclass where the database does not do it."""

    def begin(self, *, write: bool) -> None:
        """Begin a transaction: one consistent snapshot to read, or the right to write."""

    def lock(self, name: str) -> None:
        """Hold the lock of that name to the end of the transaction, so that writers of one company follow one another."""

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        """Run one statement and give its rows."""

    def change(self, sql: str, parameters: Parameters) -> int:
        """Run one statement and say how many rows it changed."""

    def script(self, sql: str) -> None:
        """Run several statements of the schema."""

    def commit(self) -> None:
        """Keep the transaction: when this comes back, it is on the disk. Raises OutcomeUnknown where the link was cut meanwhile."""

    def rollback(self) -> None:
        """Drop the transaction, if there is one."""

    def close(self) -> None:
        """Close the link."""

    @property
    def usable(self) -> bool:
        """Say whether the link still stands."""


class Engine(Protocol):
    """One kind of database at one place."""

    kind: Kind
    label: str
    """The place, for messages; never a password."""

    def exists(self) -> bool:
        """Say whether anything is there: a file that is not empty, a schema of ours. Raises StoreError."""

    def make(self) -> None:
        """Make the place that the schema goes into, empty; one that is there is left as it is. Raises StoreError."""

    def connect(self) -> Connection:
        """Open a link with the settings that durability asks for. Raises StoreError."""

    def adapt(self, sql: str) -> str:
        """Give the schema's SQL in the engine's own words."""

    def plan(self, connection: Connection) -> None:
        """Tell the planner, within the transaction that changes the schema, how the tables will look when they are full."""

    def check(self) -> tuple[str, ...]:
        """Say in sentences what the database itself finds wrong with its files; empty where nothing is."""
