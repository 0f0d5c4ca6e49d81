"""The tables of the record as its schema names them: what a backup carries and in which order it is put back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from runlore.record.migrations import read_schema

_TABLE: Final = re.compile(r"^CREATE TABLE (\w+) \(\n(.*?)^\) STRICT", re.MULTILINE | re.DOTALL)
_COLUMN: Final = re.compile(r'^    ("?[a-z_]+"?) (TEXT|INTEGER|BLOB)\b(.*)$', re.MULTILINE)
_KEY: Final = re.compile(r"^    PRIMARY KEY \(([^)]*)\)", re.MULTILINE)
_OTHER_ORDER: Final = {"revisions": ("company", "document", "number")}
"""Tables whose rows have to be put back in another order than that of their key: a revision after the one that it follows."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns as SQL writes them, and the columns that order its rows, no two of which are equal in all of these."""

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


@cache
def list_tables() -> tuple[Table, ...]:
    """List the tables of the schema, each after those that it refers to."""
    return tuple(_read(found[1], found[2]) for found in _TABLE.finditer(read_schema()))


def _read(name: str, body: str) -> Table:
    columns = tuple(column[1] for column in _COLUMN.finditer(body))
    key = _KEY.search(body)
    if key:
        order = tuple(part.strip() for part in key[1].split(","))
    else:
        order = tuple(column[1] for column in _COLUMN.finditer(body) if "PRIMARY KEY" in column[3])
    return Table(name, columns, _OTHER_ORDER.get(name, order))
