from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from runlore.model import Problem
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file, read_lines

RECORD = b'{"type":"user","uuid":"u%d","sessionId":"s1","timestamp":"2026-03-01T10:00:00Z","message":{"content":"my key is %s"}}'
SESSION = b"\n".join([RECORD % (1, b"hunter2"), RECORD % (2, b"hunter2")])


def one_problem(path: Path) -> Problem:
    (problem,) = read_file(path)
    assert isinstance(problem, Problem)
    return problem


def write(folder: Path, content: bytes) -> Path:
    path = folder / "s1.jsonl"
    path.write_bytes(content)
    return path


def test_the_format_is_detected_and_the_file_named(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(SESSION))
    (reading,) = read_file(path)
    assert isinstance(reading, Reading)
    assert (reading.transcript.format, reading.transcript.file) == ("claude-code", str(path))
    (named,) = read_file(path, name="project/s1.jsonl")
    assert isinstance(named, Reading)
    assert named.transcript.file == "project/s1.jsonl"


def test_every_line_is_redacted_before_it_is_read_or_kept(tmp_path: Path) -> None:
    (reading,) = read_file(write(tmp_path, SESSION), redact=lambda line: line.replace(b"hunter2", b"[SECRET]"))
    assert isinstance(reading, Reading)
    assert b"hunter2" not in b"".join(reading.lines)
    assert [event.text for event in reading.transcript.events] == ["my key is [SECRET]"] * 2


def test_lines_from_elsewhere_are_read_alike() -> None:
    for lines in (SESSION.split(b"\n"), SESSION.splitlines(keepends=True), [SESSION]):
        (reading,) = read_lines("blob", lines)
        assert isinstance(reading, Reading)
        assert len(reading.lines) == 2
        assert len(reading.transcript.events) == 2


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + SESSION.replace(b"\n", b"\r\n"))
    (reading,) = read_file(path)
    assert isinstance(reading, Reading)
    assert reading.lines == tuple(SESSION.split(b"\n"))
    assert reading.transcript.counts.unreadable == 0


def test_a_cut_off_file_gives_its_transcript_and_a_problem(tmp_path: Path) -> None:
    body = b"\n".join(RECORD % (n, b"%d" % (n * 104729)) for n in range(40_000))
    reading, problem = read_file(write(tmp_path, gzip.compress(body)[:-500]))
    assert isinstance(reading, Reading)
    assert isinstance(problem, Problem)
    assert problem.slug == "truncated-file"
    assert reading.transcript.counts.records > 1000


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "empty-file"),
        (b"\n\n  \n", "empty-file"),
        (gzip.compress(b"", mtime=0), "empty-file"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "binary-file"),
        (SESSION.decode().encode("utf-16"), "wrong-encoding"),
        ("Grüße aus Köln".encode("latin-1"), "wrong-encoding"),
        (gzip.compress(SESSION, mtime=0)[:15], "truncated-file"),
        (b"just some notes\n", "unknown-format"),
        (b'{"weather": "fine"}\n', "unknown-format"),
        (b"[\n  1,\n  2\n]", "unknown-format"),
        (b'{\n  "cut": [1, 2', "not-json"),
        (b"[" * 1_000_000, "not-json"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "not-json"),
    ],
)
def test_bad_input_gives_one_clear_problem(tmp_path: Path, content: bytes, slug: str) -> None:
    problem = one_problem(write(tmp_path, content))
    assert (problem.slug, problem.level) == (slug, "error")
    assert problem.message.endswith(".")


def test_a_single_endless_line_gives_one_problem() -> None:
    endless = (b"x" * (1 << 20) for _ in range(70))
    (problem,) = read_lines("blob", [b"".join(endless)])
    assert isinstance(problem, Problem)
    assert (problem.slug, problem.level) == ("line-too-long", "error")


def test_an_unknown_format_is_named_by_its_keys_and_never_by_its_content(tmp_path: Path) -> None:
    problem = one_problem(write(tmp_path, json.dumps({"weather": "hunter2", "hunter2 is my key": 1}).encode()))
    assert "weather" in problem.message
    assert "claude-code" in problem.message
    assert "hunter2" not in problem.message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert one_problem(tmp_path / "none.jsonl").slug == "unreadable-file"
