"""Forgotten is forgotten: nothing is left, nothing comes back, and what rested on it is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import write_claude

from runlore.actions.forget import forget
from runlore.actions.ingest import ingest
from runlore.corpus import archive, tombstones
from runlore.corpus.digests import list_digests
from runlore.errors import NoSuchName, UsageError
from runlore.model import Transcript
from runlore.settings import Settings


def digest(transcript: Transcript) -> bytes:
    return transcript.session.encode()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", user_home=tmp_path)
    write_claude(tmp_path / "in/a.jsonl", "session-one", 2, word="remarkable")
    write_claude(tmp_path / "in/b.jsonl", "session-two", 2)
    run(settings, tmp_path)
    return settings


def run(settings: Settings, tmp_path: Path) -> list[str]:
    result = ingest((tmp_path / "in",), settings, map_transcript=digest, map_version=1)
    return [entry.session for entry in result.transcripts] + [problem.slug for problem in result.problems]


def test_a_session_goes_and_does_not_come_back(settings: Settings, tmp_path: Path) -> None:
    write_claude(tmp_path / "in/a.jsonl", "session-one", 3, word="remarkable")
    run(settings, tmp_path)  # an earlier state stands in the archive too
    gone = forget(settings, session="session-one")
    assert gone.sessions == ("session-one",) and len(gone.transcripts) == 2
    assert not any(archive.has_lines(settings.home, hash) for hash in gone.transcripts)
    assert [stored.session for stored in list_digests(settings.home, 1)] == ["session-two"]
    assert run(settings, tmp_path) == ["session-two", "forgotten"]
    write_claude(tmp_path / "in/a.jsonl", "session-one", 5, word="remarkable")
    write_claude(tmp_path / "in/copy.jsonl", "session-one", 3)
    assert run(settings, tmp_path) == ["session-two", "forgotten", "forgotten"]
    assert [stored.session for stored in list_digests(settings.home, 1)] == ["session-two"]
    left = b"".join(path.read_bytes() for path in (settings.home / "corpus/tombstones").iterdir())
    assert b"session-one" not in left


def test_before_a_date(settings: Settings) -> None:
    assert forget(settings, before=1.0).sessions == ()
    assert forget(settings, before=2e9).sessions == ("session-one", "session-two")
    assert list_digests(settings.home, 1) == ()


def test_mistakes_are_said(settings: Settings) -> None:
    with pytest.raises(NoSuchName, match="session-one"):
        forget(settings, session="session-on")
    with pytest.raises(UsageError):
        forget(settings)


def test_a_forget_that_was_cut_off_is_finished_by_the_next_ingest(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("runlore.actions.forget.archive.erase_lines", cut)
        with pytest.raises(KeyboardInterrupt):
            forget(settings, session="session-one")
    assert run(settings, tmp_path) == ["session-two", "forgotten"]
    assert [stored.session for stored in list_digests(settings.home, 1)] == ["session-two"]


def test_a_tombstone_that_is_not_ours_is_not_honoured(settings: Settings, tmp_path: Path) -> None:
    secret = (settings.home / "secret").read_bytes()
    key = tombstones.hash_session(secret, "claude-code", "session-one")
    tombstones.write_tombstone(settings.home, b"another secret", tombstones.Tombstone(key, ()))
    assert run(settings, tmp_path) == ["session-one", "session-two", "tombstone"]
