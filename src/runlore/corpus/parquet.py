"""Events as a Parquet table, for engines that mine more than one machine holds; needs the extra ``parquet``."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from runlore.errors import MissingExtra
from runlore.model import Transcript

_TEXT: Final = ("id", "kind", "actor", "tool", "outcome", "text", "words", "parent", "cwd", "branch")
_INTEGERS: Final = ("line", "index", "result_line", "result_index", "tokens", "output_tokens")
_HEADER: Final = ("transcript", "session", "format", "project")


def write_parquet(path: Path, transcripts: Iterable[Transcript]) -> int:
    """Write one row an event, one row group a transcript, in the order given; gives how many rows that are.

    Arguments and results are JSON text; times are seconds since the epoch. Raises MissingExtra where pyarrow is not installed.
    """
    try:
        arrow: Any = importlib.import_module("pyarrow")
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtra("The Parquet export", "parquet") from error
    schema = _make_schema(arrow)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    rows = 0
    try:
        with parquet.ParquetWriter(beside, schema, compression="zstd") as writer:
            for transcript in transcripts:
                if transcript.events:
                    writer.write_table(arrow.Table.from_pydict(_make_columns(transcript), schema=schema))
                    rows += len(transcript.events)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return rows


def _make_schema(arrow: Any) -> Any:
    fields = [(name, arrow.string()) for name in (*_HEADER, *_TEXT, "arguments", "result")]
    fields += [(name, arrow.int64()) for name in _INTEGERS]
    fields += [("exit_code", arrow.int64()), ("time", arrow.float64()), ("end", arrow.float64())]
    return arrow.schema(fields)


def _make_columns(transcript: Transcript) -> dict[str, list[Any]]:
    events = transcript.events
    size = len(events)
    header = (transcript.hash, transcript.session, transcript.format, transcript.project)
    columns: dict[str, list[Any]] = {name: [_clean(value)] * size for name, value in zip(_HEADER, header, strict=True)}
    for name in _TEXT:
        columns[name] = [_clean(getattr(event, name)) for event in events]
    for name in (*_INTEGERS, "exit_code", "time", "end"):
        columns[name] = [getattr(event, name) for event in events]
    columns["arguments"] = [_encode(event.arguments) for event in events]
    columns["result"] = [_encode(event.result) for event in events]
    return columns


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _encode(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode("utf-8", "replace")
