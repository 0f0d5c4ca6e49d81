from __future__ import annotations

from pathlib import Path

import pytest

from runlore.demo.run import choose, clear, count_own_sessions


def test_the_runbook_shown_is_the_one_that_publishes_on_instagram() -> None:
    rows = [
        {"name": "release", "effects": ["git tag"]},
        {"name": "post", "effects": ["mcp__instagram__publish_media"]},
    ]
    assert choose(rows) == "post"
    assert choose(rows[:1]) == "release"


def test_own_sessions_are_counted_by_host(tmp_path: Path) -> None:
    for place in (
        ".claude/projects/-srv-app/a.jsonl",
        ".claude/projects/-srv-app/b.jsonl",
        ".codex/sessions/2026/r.jsonl",
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("{}\n")
    (tmp_path / ".codex/archived_sessions").mkdir()
    (tmp_path / ".gemini/tmp").mkdir(parents=True)
    assert count_own_sessions(tmp_path) == [("claude-code", 2), ("codex", 1)]


def test_what_the_demo_did_not_write_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts" / "mine.txt").write_text("dear")
    with pytest.raises(SystemExit, match="was not made by the demo"):
        clear(tmp_path)
    assert (tmp_path / "transcripts" / "mine.txt").read_text() == "dear"


def test_an_earlier_demo_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    clear(folder)
    (folder / "home").mkdir()
    (folder / "report.html").write_text("kept until it is written again")
    clear(folder)
    assert sorted(p.name for p in folder.iterdir()) == ["report.html", "written-by-runlore-demo"]
