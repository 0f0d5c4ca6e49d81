from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.transcripts.decoding import LARGE, compact, decode, is_bomb, mend, parse_result

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_json_wrote_is_decoded(value: Any) -> None:
    assert decode(json.dumps(value).encode()) == value
    mended = mend(json.dumps(value).encode())
    assert mended is not None
    assert decode(mended) == value


@given(VALUES)
def test_a_document_is_the_same_on_one_line(value: Any) -> None:
    text = compact(json.dumps(value, indent=2).encode())
    assert text is not None
    assert b"\n" not in text
    assert decode(text) == value


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b'{"a":"\\ud83d!"}', {"a": "\ufffd!"}),
        (b'{"a":"\\ude00\\ud83d"}', {"a": "\ufffd\ufffd"}),
        (b'{"a":"caf\xe9"}', {"a": "caf\ufffd"}),
        (b'{"a":NaN,"b":-Infinity}', {"a": None, "b": None}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}),
    ],
)
def test_what_is_nearly_sound_is_mended(line: bytes, value: Any) -> None:
    assert decode(line) == value


@pytest.mark.parametrize(
    "line", [b"", b"{", b"text", b"[" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b"9" * 10_000]
)
def test_what_is_no_json_gives_none(line: bytes) -> None:
    assert decode(line) is None
    assert compact(line) is None


@pytest.mark.parametrize("part", [b"[],", b"1,", b'{"a":1},'])
def test_a_text_of_countless_small_values_is_refused(part: bytes) -> None:
    bomb = b"[" + part * 4_100_000 + b"1]"
    assert is_bomb(bomb)
    assert decode(bomb) is None
    assert compact(bomb) is None
    assert not is_bomb(b'"' + b"x" * (LARGE + 1) + b'"')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"id": 7}', {"id": 7}),
        (" [1, 2]\n", [1, 2]),
        ("7", "7"),
        ('"quoted"', '"quoted"'),
        ("[INFO] started", "[INFO] started"),
        ('{"id": 7} and more', '{"id": 7} and more'),
        ("", ""),
        ("  indented", "  indented"),
    ],
)
def test_results_are_values_only_where_the_whole_text_is_an_object_or_list(text: str, value: Any) -> None:
    assert parse_result(text) == value


def test_a_deeply_nested_result_stays_text() -> None:
    assert parse_result("[" * 100_000) == "[" * 100_000
