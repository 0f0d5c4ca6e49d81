"""Lines and events come back as they went in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.corpus import archive, events
from runlore.errors import StoreError
from runlore.model import Counts, Event, Transcript


@settings(max_examples=30, deadline=None)
@given(lines=st.lists(st.binary(max_size=50).map(lambda b: b.replace(b"\n", b"")), min_size=1, max_size=5))
def test_lines_are_addressed_by_content(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    home = tmp_path_factory.mktemp("home")
    hash = archive.write_lines(home, lines)
    assert hash == archive.hash_lines(lines) == "sha256:" + hashlib.sha256(b"\n".join(lines)).hexdigest()
    assert archive.read_lines(home, hash) == tuple(lines)
    assert archive.write_lines(home, lines) == hash
    assert archive.erase_lines(home, hash) and not archive.has_lines(home, hash)


@pytest.mark.parametrize("hash", ["", "sha256:", "sha256:../../../etc/passwd", "md5:" + "a" * 64, "sha256:" + "A" * 64])
def test_what_is_no_content_hash_names_no_file(tmp_path: Path, hash: str) -> None:
    with pytest.raises(StoreError):
        archive.read_lines(tmp_path, hash)


def test_events_come_back_even_with_values_that_the_format_cannot_hold(tmp_path: Path) -> None:
    hash = archive.hash_lines([b"x"])
    plain = Event("e1", "call", 1, tool="t", arguments={"a": [1, 2.5, None]}, result=[{"b": True}], exit_code=3)
    odd = Event("e2", "call", 2, arguments={"n": 10**30, "text": "half \ud800"}, result=-(10**400))
    transcript = Transcript("f", "chat", "s", Counts(unknown={"k": 2}), (plain,), reward=1.0, hash=hash)
    events.write_transcript(tmp_path, transcript)
    assert events.find_transcript(tmp_path, hash) == transcript
    other = archive.hash_lines([b"y"])
    events.write_transcript(tmp_path, Transcript("f", "chat", "s", Counts(), (odd,), hash=other))
    found = events.find_transcript(tmp_path, other)
    assert found is not None
    assert found.events[0].arguments == {"n": 1e30, "text": "half ?"}
    assert found.events[0].result == str(-(10**400))


def test_digests_are_kept_by_version_and_erased_with_the_events(tmp_path: Path) -> None:
    hash = archive.hash_lines([b"x"])
    events.write_transcript(tmp_path, Transcript("f", "chat", "s", Counts(), (), hash=hash))
    events.write_digest(tmp_path, hash, 1, b"one")
    events.write_digest(tmp_path, hash, 2, b"two")
    assert (events.find_digest(tmp_path, hash, 1), events.find_digest(tmp_path, hash, 3)) == (b"one", None)
    events.digest_path(tmp_path, hash, 2).write_bytes(b"torn")
    assert events.has_digest(tmp_path, hash, 2)
    assert events.find_digest(tmp_path, hash, 2) is None
    assert not events.has_digest(tmp_path, hash, 2)  # so that it is made again
    assert events.erase_derived(tmp_path, hash) == 2
    assert events.find_transcript(tmp_path, hash) is None
