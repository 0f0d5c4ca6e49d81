"""Back up and restore: the whole record in one file that either engine can be filled from, with a checksum.

A backup is one snapshot, taken while others go on writing. The file is ``runlore-backup/1``, a zstandard stream of framed msgpack (a head, then each
table's rows, then the counts), and the SHA-256 of everything before it. It holds hashes of credentials and no credential.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec
import zstandard

from runlore.errors import Conflict, StoreError
from runlore.record.database import Record, Transaction, make_engine, open_record
from runlore.record.engine import Connection, Engine, Row
from runlore.record.migrations import list_applied, list_migrations, make_schema
from runlore.record.tables import Table, list_tables
from runlore.record.verify import verify_record

_MAGIC: Final = b"runlore-backup/1\n"
_SUM: Final = 32
_ROWS: Final = {"blobs": 16}
_MOST_ROWS: Final = 500
_FRAME: Final = 1 << 30
"""The largest frame that is read: sixteen files of the greatest size that a document may have, and then some."""
_NAME: Final = re.compile(r'[a-z_]{1,40}|"[a-z]{1,10}"')


class _Summing:
    """A file to write to that sums what goes through."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.sum = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()


class _Body:
    """A file to read from that ends before its checksum."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int) -> bytes:
        part = self._stream.read(min(size, self._left))
        self._left -= len(part)
        return part


def backup(record: Record, file: Path) -> dict[str, int]:
    """Write a backup of the whole record, beside its place and then in it; gives how many rows of each table it holds. Raises StoreError."""
    beside = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                counts = _write(record, stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(str(file), f"cannot be written: {error.strerror or error}") from error
    return counts


def _write(record: Record, stream: BinaryIO) -> dict[str, int]:
    out = _Summing(stream)
    out.write(_MAGIC)
    counts: dict[str, int] = {}
    applied = [[m.name, m.checksum] for m in list_migrations()]
    with (
        zstandard.ZstdCompressor(level=6).stream_writer(cast("BinaryIO", out), closefd=False) as packed,
        record.read() as tx,
    ):
        _frame(packed, {"migrations": applied, "tables": [[t.name, list(t.columns)] for t in list_tables()]})
        for table in list_tables():
            counts[table.name] = 0
            for rows in _pages(tx, table):
                _frame(packed, [table.name, rows])
                counts[table.name] += len(rows)
        _frame(packed, counts)
    stream.write(out.sum.digest())
    return counts


def _frame(stream: Any, value: Any) -> None:
    data = msgspec.msgpack.encode(value)
    stream.write(len(data).to_bytes(4, "big") + data)


def _pages(tx: Transaction, table: Table) -> Iterator[list[Row]]:
    """Give a table's rows page by page in its order."""
    columns, order = ", ".join(table.columns), ", ".join(table.order)
    marks = ", ".join(f":k{letter}" for letter, _ in zip("abcd", table.order, strict=False))
    first = f"SELECT {columns} FROM {table.name} ORDER BY {order} LIMIT :rows"  # noqa: S608 - names of our own schema
    later = f"SELECT {columns} FROM {table.name} WHERE ({order}) > ({marks}) ORDER BY {order} LIMIT :rows"  # noqa: S608
    limit = _ROWS.get(table.name, _MOST_ROWS)
    places = [table.columns.index(column) for column in table.order]
    rows = tx.all(first, rows=limit)
    while rows:
        yield rows
        key = {f"k{letter}": rows[-1][place] for letter, place in zip("abcd", places, strict=False)}
        rows = tx.all(later, rows=limit, **key)


def restore(file: Path, url: str) -> dict[str, int]:
    """Fill a record that is not there yet, or is empty, from a backup; gives how many rows of each table it has now.

    The file is checked as a whole before anything is made, and the record verifies itself before it is kept. Raises StoreError for a file that is
    no backup, is damaged, or was made by a newer Runlore; Conflict for a record that holds something.
    """
    _check_sum(file)
    frames = _frames(file)
    head = next(frames, None)
    wanted = _check_head(file, head)
    engine = make_engine(url)
    engine.make()
    connection = engine.connect()
    try:
        if not _is_empty(engine, connection):
            raise Conflict(
                f"The record at {engine.label} holds something already. A backup is restored into a new place only."
            )
        make_schema(engine, connection, until=wanted)
    finally:
        connection.close()
    columns = {str(name): [str(c) for c in names] for name, names in (head or {})["tables"]}
    with Record(engine) as record, record.write() as tx:
        counts = _fill(tx, file, columns, frames)
        for row in tx.all("SELECT id FROM companies ORDER BY id"):
            problems = verify_record(tx, str(row[0]), runs="runs" in columns)
            if problems:
                raise StoreError(
                    str(file), f"the backup does not hold a sound record: {problems[0].message} Nothing was restored."
                )
    open_record(url).close()  # brings a record of an older Runlore up to date
    return counts


def _check_sum(file: Path) -> None:
    try:
        with file.open("rb") as stream:
            left = os.fstat(stream.fileno()).st_size - _SUM
            if left < len(_MAGIC) or stream.read(len(_MAGIC)) != _MAGIC:
                raise StoreError(str(file), "is no backup of Runlore.")
            sum = hashlib.sha256(_MAGIC)
            left -= len(_MAGIC)
            while left and (part := stream.read(min(left, 1 << 20))):
                sum.update(part)
                left -= len(part)
            whole = sum.digest() == stream.read(_SUM)
    except OSError as error:
        raise StoreError(str(file), f"cannot be read: {error.strerror or error}") from error
    if not whole:
        raise StoreError(str(file), "the backup is damaged: its checksum does not fit. Nothing was restored.")


def _frames(file: Path) -> Iterator[Any]:
    with file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size - len(_MAGIC) - _SUM
        stream.seek(len(_MAGIC))
        body = cast("BinaryIO", _Body(stream, size))
        with zstandard.ZstdDecompressor().stream_reader(body, closefd=False) as packed:
            while frame := _read_frame(file, packed):
                yield frame


def _read_frame(file: Path, packed: zstandard.ZstdDecompressionReader) -> Any | None:
    try:
        size = packed.read(4)
        length = int.from_bytes(size, "big")
        data = packed.read(length) if length <= _FRAME else b""
        if len(data) != length:
            raise StoreError(str(file), "the backup is cut off. Nothing was restored.")
        return msgspec.msgpack.decode(data) if size else None
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise StoreError(str(file), f"the backup cannot be read: {error}. Nothing was restored.") from error


def _check_head(file: Path, head: Any) -> str:
    """Give the last migration that the backup's record had; raises StoreError where this Runlore does not know it, or the tables are no record's."""
    names = [name for table, columns in (head or {}).get("tables", ()) for name in (table, *columns)]
    if not names or not all(_NAME.fullmatch(str(name)) for name in names):
        raise StoreError(str(file), "does not hold the tables of a record.")
    known = {m.name: m.checksum for m in list_migrations()}
    applied = {str(name): str(checksum) for name, checksum in (head or {}).get("migrations", ())}
    strange = sorted(name for name, checksum in applied.items() if known.get(name) != checksum)
    if strange or not applied:
        raise StoreError(
            str(file),
            f"was made by another Runlore (it has the migration {(strange or ['none'])[0]}). Use that one, or upgrade.",
        )
    return max(applied)


def _is_empty(engine: Engine, connection: Connection) -> bool:
    if not list_applied(engine, connection):
        return True
    return not connection.rows("SELECT 1 FROM companies LIMIT 1", {})


def _fill(tx: Transaction, file: Path, columns: dict[str, list[str]], frames: Iterator[Any]) -> dict[str, int]:
    counts = dict.fromkeys(columns, 0)
    for frame in frames:
        if isinstance(frame, dict):
            if frame != counts:
                raise StoreError(str(file), "the backup lacks rows that it counts. Nothing was restored.")
            return counts
        name, rows = frame
        for at in range(0, len(rows), 50):
            _insert(tx, name, columns[name], rows[at : at + 50])
        counts[name] += len(rows)
    raise StoreError(str(file), "the backup is cut off. Nothing was restored.")


def _insert(tx: Transaction, table: str, columns: list[str], rows: list[list[Any]]) -> None:
    """Insert some rows with one statement; its parameters are named by letters, for the row and for the column."""
    marks = [[f"{_letters(n)}_{_letters(at)}" for at in range(len(columns))] for n in range(len(rows))]
    values = ", ".join("(" + ", ".join(f":{mark}" for mark in line) + ")" for line in marks)
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}"  # noqa: S608 - names that _check_head has looked at
    tx.run(
        sql,
        **{mark: value for line, row in zip(marks, rows, strict=True) for mark, value in zip(line, row, strict=True)},
    )


def _letters(number: int) -> str:
    return chr(97 + number // 26) + chr(97 + number % 26)
