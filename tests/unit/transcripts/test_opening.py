from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from runlore.model import Problem
from runlore.transcripts.opening import Limits, open_lines, read_head, split_lines

TEXT = b'{"a":1}\n{"b":2}\n{"c":3}'
LINES = [(1, b'{"a":1}'), (2, b'{"b":2}'), (3, b'{"c":3}')]


def slugs(problems: list[Problem]) -> list[str]:
    return [problem.slug for problem in problems]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_plain_and_packed_files_give_the_same_lines(tmp_path: Path, pack: type[bytes]) -> None:
    path = tmp_path / "a.anything"
    path.write_bytes(pack(TEXT))
    problems: list[Problem] = []
    assert list(open_lines(path, problems=problems)) == LINES
    assert problems == []


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_files_may_hold_several_parts(tmp_path: Path, pack: type[bytes]) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(pack(TEXT[:10]) + pack(TEXT[10:]))
    assert list(open_lines(path)) == LINES


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_packed_file_that_is_cut_off_gives_what_it_has(tmp_path: Path, pack: type[bytes]) -> None:
    body = b"".join(b'{"n":%d,"x":"%d"}\n' % (n, n * 7919) for n in range(60_000))
    path = tmp_path / "a.gz"
    path.write_bytes(pack(body)[:-200])
    problems: list[Problem] = []
    lines = list(open_lines(path, problems=problems))
    assert slugs(problems) == ["truncated-file"]
    assert len(lines) > 1000
    assert lines[0] == (1, b'{"n":0,"x":"0"}')


def test_damage_inside_a_packed_file_is_a_problem(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TEXT * 1000))
    packed[-6] ^= 0xFF
    path = tmp_path / "a.gz"
    path.write_bytes(bytes(packed))
    problems: list[Problem] = []
    list(open_lines(path, problems=problems))
    assert slugs(problems) == ["truncated-file"]


def test_windows_line_ends_and_a_byte_order_mark_are_taken_off() -> None:
    blocks = [b"\xef\xbb\xbf" + TEXT.replace(b"\n", b"\r\n") + b"\r\n"]
    assert list(split_lines("x", blocks)) == LINES


def test_lines_are_joined_over_blocks_of_any_size() -> None:
    text = TEXT.replace(b"\n", b"\r\n")
    for size in range(1, len(text) + 1):
        blocks = [text[at : at + size] for at in range(0, len(text), size)]
        assert list(split_lines("x", blocks)) == LINES


def test_a_line_over_the_limit_is_left_out_without_being_held() -> None:
    largest = 0

    def blocks() -> Iterator[bytes]:
        yield b'{"a":1}\n"'
        for _ in range(5000):
            yield b"x" * 1000
        yield b'"\n{"c":3}'

    problems: list[Problem] = []
    lines = []
    for line in split_lines("x", blocks(), Limits(line=10_000), problems):
        largest = max(largest, len(line[1]))
        lines.append(line)
    assert lines == [(1, b'{"a":1}'), (2, b"<a line of 5000002 bytes was left out>"), (3, b'{"c":3}')]
    assert largest < 10_000
    assert [(p.slug, p.line, p.level) for p in problems] == [("line-too-long", 2, "warning")]


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary-file"),
        (TEXT.decode().encode("utf-16"), "wrong-encoding"),
    ],
)
def test_what_is_no_text_is_a_problem(tmp_path: Path, content: bytes, slug: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    problems: list[Problem] = []
    assert list(open_lines(path, problems=problems)) == []
    assert slugs(problems) == [slug]


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        problems: list[Problem] = []
        assert list(open_lines(path, problems=problems)) == []
        assert slugs(problems) == ["unreadable-file"]
        assert problems[0].file == str(path)


def test_the_head_gives_back_the_lines_that_it_took() -> None:
    numbered = [(n, b'{"n":%d}' % n) for n in range(1, 101)]
    head, lines = read_head("x", iter(numbered))
    assert len(head.lines) == 50
    assert head.document is None
    assert list(lines) == numbered


def test_lines_of_the_head_are_cut() -> None:
    head, lines = read_head("x", iter([(1, b"y" * 50), (2, b"z")]), Limits(head_line=10))
    assert head.lines == (b"y" * 10, b"z")
    assert next(lines) == (1, b"y" * 50)


@pytest.mark.parametrize(
    "text",
    [
        b'{\n  "messages": [\n    {"role": "user"}\n  ]\n}\n',
        b'{"messages":\n[{"role": "user"}]}',
        b'{"messages": [{"role":"user"}]}',
    ],
)
def test_a_whole_file_document_is_parsed_and_comes_as_one_line(text: bytes) -> None:
    head, lines = read_head("x", split_lines("x", [text]))
    assert head.document == {"messages": [{"role": "user"}]}
    ((number, line),) = lines
    assert (number, line.replace(b" ", b"")) == (1, b'{"messages":[{"role":"user"}]}')


def test_a_list_with_one_object_a_line_is_a_document() -> None:
    head, lines = read_head("x", split_lines("x", [b'[\n{"a":1},\n{"a":2}\n]']))
    assert head.document == [{"a": 1}, {"a": 2}]
    assert list(lines) == [(1, b'[{"a":1},{"a":2}]')]


def test_lines_after_a_torn_first_line_are_no_document() -> None:
    torn = [(1, b'{"a":'), (2, b'{"b":2}')]
    head, lines = read_head("x", iter(torn))
    assert head.document is None
    assert list(lines) == torn


def test_a_document_over_the_limit_is_left_as_lines() -> None:
    text = [(n, b'"a",') for n in range(2, 1000)]
    head, lines = read_head("x", iter([(1, b"["), *text, (1000, b"1]")]), Limits(document=500))
    assert head.document is None
    assert sum(1 for _ in lines) == 1000
