"""Real sessions of three hosts against their labels, and fixtures of all hosts; skipped where absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runlore.model import Problem
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file

DATA = Path(__file__).parents[2].parent / "shared" / "data"
HOSTS = ("codex", "copilot-cli", "gemini-cli")
COUNTED = {
    "user_prompts": "prompts",
    "tool_calls": "tool_calls",
    "tool_errors": "tool_errors",
    "user_rejections": "rejections",
    "interrupts": "interrupts",
    "compactions": "compactions",
    "records": "records",
}
# What no reader of ours may claim: they are other hosts' logs.
FOREIGN = {
    "antigravity",
    "cursor",
    "droid",
    "grok",
    "kimi",
    "mini-swe-agent",
    "openclaw",
    "opencode",
    "openhands",
    "pi",
    "qwen",
    "swe-agent",
}
OURS = {"codex": "codex", "copilot": "copilot-cli", "gemini": "gemini-cli", "hermes": "chat", "claude": "claude-code"}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data is not here")


def labelled() -> list[Any]:
    found = []
    for host in HOSTS:
        for labels in sorted((DATA / "sessions" / host).glob("*/sessions.jsonl")):
            found += [(host, labels.parent, json.loads(line)) for line in labels.read_text().splitlines()]
    return [
        pytest.param(host, folder / label["file"], label, id=f"{host}-{label['file']}") for host, folder, label in found
    ]


@pytest.mark.parametrize(("host", "path", "label"), labelled())
def test_raw_counts_equal_the_labels(host: str, path: Path, label: dict[str, Any]) -> None:
    (reading,) = read_file(path)
    assert isinstance(reading, Reading)
    transcript = reading.transcript
    assert transcript.format == host
    assert label["session_id"].endswith(transcript.session)
    assert {key: getattr(transcript.counts, ours) for key, ours in COUNTED.items()} == {
        key: label[key] for key in COUNTED
    }
    assert (transcript.counts.unknown, transcript.counts.unreadable) == ({}, 0)
    assert len({event.id for event in transcript.events}) == len(transcript.events)


def fixtures() -> list[Path]:
    return sorted(path for path in (DATA / "sessions" / "fixtures").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", fixtures(), ids=str)
def test_fixtures_are_read_by_the_right_reader_or_by_none(path: Path) -> None:
    items = list(read_file(path))
    formats = {item.transcript.format for item in items if isinstance(item, Reading)}
    folders = set(path.relative_to(DATA / "sessions" / "fixtures").parts)
    if folders & FOREIGN:
        assert formats == set()
        assert [item.slug for item in items if isinstance(item, Problem)] in (["unknown-format"], ["not-json"])
    else:
        assert formats <= {ours for host, ours in OURS.items() if host in str(path)}


def test_trajectories_pair_every_result() -> None:
    files = sorted((DATA / "trajectories").rglob("tau*.jsonl.gz"))[:3]
    assert files
    for path in files:
        for item in read_file(path):
            assert isinstance(item, Reading)
            assert all(event.outcome != "open" for event in item.transcript.events if event.kind == "call")
            assert set(item.transcript.counts.unknown) <= {"line without messages"}
            assert item.transcript.reward is not None
