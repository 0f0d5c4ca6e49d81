"""The raw counts of real sessions equal the labels that were counted independently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file

SESSIONS = Path(__file__).parents[2].parent / "shared/data/sessions/claude-code"


def list_labels() -> list[Any]:
    return [
        pytest.param(path.parent / label["file"], label, id=label["session_id"])
        for path in sorted(SESSIONS.glob("*/sessions.jsonl"))
        for label in map(json.loads, path.read_text().splitlines())
    ]


@pytest.mark.skipif(not SESSIONS.is_dir(), reason="the public sessions are not beside the repository")
@pytest.mark.parametrize(("path", "label"), list_labels())
def test_raw_counts_equal_the_labels(path: Path, label: dict[str, Any]) -> None:
    (reading,) = read_file(path)
    assert isinstance(reading, Reading)
    transcript = reading.transcript
    counts = transcript.counts
    assert {
        "records": counts.records,
        "user_prompts": counts.prompts,
        "tool_calls": counts.tool_calls,
        "tool_errors": counts.tool_errors,
        "user_rejections": counts.rejections,
        "interrupts": counts.interrupts,
        "compactions": counts.compactions,
    } == {key: label[key] for key in label.keys() & _COMPARED}
    assert counts.unknown == {}
    assert transcript.session in label["session_id"]
    ids = [event.id for event in transcript.events]
    assert len(ids) == len(set(ids))
    calls = [event for event in transcript.events if event.kind == "call" and event.actor == "agent"]
    assert len(calls) == label["tool_calls"]
    assert sum(event.kind == "compaction" for event in transcript.events) == label["compactions"]
    assert len(reading.lines) >= counts.records


_COMPARED = frozenset(
    {"records", "user_prompts", "tool_calls", "tool_errors", "user_rejections", "interrupts", "compactions"}
)
