"""Entire checkpoints in a real git repository: both layouts, parts, copies, remotes, and nothing checked out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runlore.errors import GitError
from runlore.library import git
from runlore.library.checkpoints import find_checkpoints, read_checkpoints
from runlore.model import Problem
from runlore.transcripts.base import Reading

V1 = "refs/heads/entire/checkpoints/v1"
TALK = {"messages": [{"role": "user", "content": "Cancel order 7"}, {"role": "assistant", "content": "Done."}]}


def commit(repo: Path, files: dict[str, bytes], reference: str) -> None:
    lines = b""
    for path, content in files.items():
        blob = git.run(repo, "hash-object", "-w", "--stdin", input=content).decode().strip()
        lines += f"100644 {blob} 0\t{path}\n".encode()
    git.run(repo, "read-tree", "--empty")
    git.run(repo, "update-index", "--index-info", input=lines)
    tree = git.run(repo, "write-tree").decode().strip()
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    git.run(repo, "update-ref", reference, git.run(repo, *identity, "commit-tree", tree, "-m", "x").decode().strip())


def rollout(session: str, *prompts: str) -> bytes:
    records: list[dict[str, Any]] = [{"type": "session_meta", "payload": {"id": session, "cwd": "/repo"}}]
    records += [{"type": "event_msg", "payload": {"type": "user_message", "message": words}} for words in prompts]
    return b"".join(json.dumps({"timestamp": "2026-03-02T09:00:00Z"} | record).encode() + b"\n" for record in records)


def described(session: str, agent: str = "Codex") -> bytes:
    return json.dumps({"session_id": session, "agent": agent}).encode()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    path = tmp_path / "project"
    path.mkdir()
    git.run(path, "init", "-q")
    return path


def read(repo: Path) -> list[Reading]:
    return [item for item in read_checkpoints(repo) if isinstance(item, Reading)]


def prompts(reading: Reading) -> list[str]:
    return [event.text for event in reading.transcript.events if event.kind == "prompt"]


def test_each_session_once_as_its_longest_copy(repo: Path) -> None:
    files = {
        "a5/7b22d8d4bd/metadata.json": b'{"sessions": []}',
        "a5/7b22d8d4bd/0/full.jsonl": rollout("s-1", "one"),
        "a5/7b22d8d4bd/0/metadata.json": described("s-1"),
        "b6/0123456789/0/full.jsonl": rollout("s-1", "one", "two"),
        "b6/0123456789/0/metadata.json": described("s-1"),
        "b6/0123456789/1/full.jsonl": rollout("s-2", "other"),
        "b6/0123456789/1/metadata.json": described("s-2"),
        "b6/0123456789/1/prompt.txt": b"other",
    }
    commit(repo, files, V1)
    first, second = find_checkpoints(repo)
    assert (first.session, first.agent, first.checkpoint, first.path) == (
        "s-1",
        "Codex",
        "b60123456789",
        "b6/0123456789/0/full.jsonl",
    )
    assert first.size == len(files["b6/0123456789/0/full.jsonl"])
    readings = read(repo)
    assert [(r.transcript.session, prompts(r)) for r in readings] == [("s-1", ["one", "two"]), ("s-2", ["other"])]
    shown = git.run(repo, "show", readings[0].transcript.file)
    assert shown == files[second.path.replace("/1/", "/0/")]
    assert sorted(p.name for p in repo.iterdir()) == [".git"]  # nothing was checked out


def test_parts_are_joined_in_their_order(repo: Path) -> None:
    whole = rollout("s-1", *(f"prompt {n}" for n in range(12)))
    lines = whole.splitlines(keepends=True)
    parts = {"full.jsonl": lines[:4], "full.jsonl.001": lines[4:8], "full.jsonl.002": lines[8:]}
    files = {f"a5/7b22d8d4bd/0/{name}": b"".join(held).rstrip(b"\n") for name, held in parts.items()}
    commit(repo, files | {"a5/7b22d8d4bd/0/metadata.json": described("s-1")}, V1)
    (reading,) = read(repo)
    assert prompts(reading) == [f"prompt {n}" for n in range(12)]
    assert b"\n".join(reading.lines).rstrip() == whole.rstrip()


def test_one_ref_a_checkpoint_and_remotes_and_the_earliest_layout(repo: Path) -> None:
    own = {"0/full.jsonl": rollout("s-1", "own ref"), "0/metadata.json": described("s-1"), "metadata.json": b"{}"}
    commit(repo, own, "refs/entire/checkpoints/0D/01KXGTTNGCEACC83QZEJ5YAF0D")
    commit(
        repo, own | {"1/full.jsonl": rollout("s-2", "second")}, "refs/entire/checkpoints/0E/01KXGTTNGCEACC83QZEJ5YAF0E"
    )
    flat = {
        "c7/0123456789/full.jsonl": rollout("s-3", "flat"),
        "c7/0123456789/metadata.json": described("s-3", "Claude Code"),
    }
    commit(repo, flat, "refs/remotes/origin/entire/checkpoints/v1")
    commit(repo, {"full.jsonl": rollout("s-9", "no checkpoint")}, "refs/heads/main")
    found = find_checkpoints(repo)
    assert [(c.session, c.checkpoint) for c in found] == [
        ("", "01KXGTTNGCEACC83QZEJ5YAF0E"),
        ("s-1", "01KXGTTNGCEACC83QZEJ5YAF0D"),
        ("s-3", "c70123456789"),
    ]
    assert all(checkpoint.size > 0 for checkpoint in found)
    assert sorted((r.transcript.session, prompts(r)[0]) for r in read(repo)) == [
        ("s-1", "own ref"),
        ("s-2", "second"),
        ("s-3", "flat"),
    ]


def test_any_format_and_what_cannot_be_read(repo: Path) -> None:
    document = json.dumps(
        {"sessionId": "g-1", "projectHash": "p", "messages": [{"type": "user", "content": "hi"}]}, indent=2
    )
    files = {
        "a1/0000000001/0/full.jsonl": document.encode(),
        "a1/0000000001/0/metadata.json": described("g-1", "Gemini CLI"),
        "a1/0000000002/0/full.jsonl": json.dumps(TALK).encode(),
        "a1/0000000002/0/metadata.json": described("talk-1"),
        "a1/0000000003/0/full.jsonl": b"\0\1\2 binary",
        "a1/0000000003/0/metadata.json": b"{broken",
    }
    commit(repo, files, V1)
    items = list(read_checkpoints(repo))
    assert [(i.transcript.format, i.transcript.session) for i in items if isinstance(i, Reading)] == [
        ("gemini-cli", "g-1"),
        ("chat", "talk-1"),
    ]
    assert [i.slug for i in items if isinstance(i, Problem)] == ["binary-file"]


def test_lines_are_redacted_before_they_are_read(repo: Path) -> None:
    commit(repo, {"a1/0000000001/0/full.jsonl": rollout("s-1", "the word is swordfish")}, V1)
    (item,) = read_checkpoints(repo, lambda line: line.replace(b"swordfish", b"[SECRET]"))
    assert isinstance(item, Reading)
    assert prompts(item) == ["the word is [SECRET]"]
    assert b"swordfish" not in b"".join(item.lines)


def test_a_transcript_that_git_does_not_have_is_a_problem(repo: Path) -> None:
    commit(repo, {"a1/0000000001/0/full.jsonl": rollout("s-1", "gone")}, V1)
    (checkpoint,) = find_checkpoints(repo)
    blob = checkpoint.blobs[0]
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (item,) = read_checkpoints(repo, checkpoints=[checkpoint])
    assert isinstance(item, Problem)
    assert item.slug == "missing-object"


def test_without_checkpoints_nothing_and_without_git_an_error(repo: Path, tmp_path: Path) -> None:
    assert find_checkpoints(repo) == ()
    assert list(read_checkpoints(repo)) == []
    with pytest.raises(GitError):
        find_checkpoints(tmp_path)
