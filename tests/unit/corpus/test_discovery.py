"""Which folders and files are looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runlore.corpus.discovery import find_host_folders, is_project, list_transcript_files


def touch(path: Path, mtime: float = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    if mtime:
        os.utime(path, (mtime, mtime))
    return path


def test_hosts_that_are_there(tmp_path: Path) -> None:
    for folder in (".claude/projects", ".copilot/session-state", ".copilot/history-session-state", ".gemini/tmp"):
        (tmp_path / folder).mkdir(parents=True)
    assert [(host, path.relative_to(tmp_path).as_posix()) for host, path in find_host_folders(tmp_path)] == [
        ("claude-code", ".claude/projects"),
        ("copilot-cli", ".copilot/session-state"),
        ("copilot-cli", ".copilot/history-session-state"),
        ("gemini-cli", ".gemini/tmp"),
    ]


def test_files_below_folders(tmp_path: Path) -> None:
    wanted = [touch(tmp_path / name) for name in ("a.jsonl", "b/c.json", "b/d.jsonl.gz", "b/e.jsonl.zst", "z.JSONL")]
    for name in (
        "notes.md",
        ".git/x.json",
        "node_modules/y.json",
        "b/agent-1.meta.json",
        "package.json",
        "b/tool-results/t.json",
    ):
        touch(tmp_path / name)
    (tmp_path / "b/loop").symlink_to(tmp_path, target_is_directory=True)
    assert set(list_transcript_files([tmp_path])) == set(wanted)
    assert list_transcript_files([tmp_path]) == tuple(sorted(wanted))
    named = touch(tmp_path / "named.log")
    assert list_transcript_files([named, named]) == (named,)  # what a person names is looked at


def test_since_exclude_and_project(tmp_path: Path) -> None:
    old = touch(tmp_path / ".claude/projects/-srv-app/old.jsonl", 1000)
    new = touch(tmp_path / ".claude/projects/-srv-app/new.jsonl", 5000)
    other = touch(tmp_path / ".claude/projects/-srv-other/x.jsonl", 5000)
    codex = touch(tmp_path / ".codex/sessions/y.jsonl", 5000)
    assert list_transcript_files([tmp_path], since=2000) == (new, other, codex)
    assert list_transcript_files([tmp_path], exclude=("*other",)) == (new, old, codex)
    assert list_transcript_files([tmp_path], exclude=("old.jsonl", "*/.codex/*")) == (new, other)
    assert list_transcript_files([tmp_path], project="/srv/app") == (new, old, codex)
    assert list_transcript_files([tmp_path], project="app") == (new, old, codex)


@pytest.mark.parametrize(
    ("project", "wanted", "expected"),
    [
        ("/srv/app", "", True),
        ("/srv/app", "/srv/app/", True),
        ("/srv/app/web", "/srv/app", True),
        ("/srv/app", "app", True),
        ("/srv/application", "app", False),
        ("/srv/application", "/srv/app", False),
        ("", "app", False),
    ],
)
def test_projects(project: str, wanted: str, expected: bool) -> None:
    assert is_project(project, wanted) is expected
