"""Activities and cases over real sessions: nothing raises, spans are in order and disjoint, requests lie inside, twice is the same."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from runlore.mining.activities import describe
from runlore.mining.cases import split
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file

SESSIONS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "sessions"


@pytest.mark.skipif(not SESSIONS.is_dir(), reason="the public sessions are not beside the repository")
@pytest.mark.parametrize("folder", ["codex", "copilot-cli", "gemini-cli", "fixtures"])
def test_every_session_splits(folder: str) -> None:
    files = sorted(p for p in (SESSIONS / folder).rglob("*") if p.is_file() and p.name != "sessions.jsonl")
    readings = [reading for path in files for reading in read_file(path) if isinstance(reading, Reading)]
    assert readings
    for reading in readings:
        events = reading.transcript.events
        described = {i: describe(event) for i, event in enumerate(events)}
        spans = split(events, described)
        assert spans == split(events, described)
        assert all(before.last < after.first for before, after in itertools.pairwise(spans))
        assert all(span.first <= request <= span.last for span in spans for request in span.requests)
        for activities in described.values():
            assert all(a.name and a.phrase and not a.phrase.endswith(".") for a in activities)
