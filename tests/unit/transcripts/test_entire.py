"""The layouts of Entire checkpoints, without git."""

from __future__ import annotations

import pytest

from runlore.transcripts.entire import Checkpoint, branch_of, describe, has_own_reference, list_folders, longest


@pytest.mark.parametrize(
    ("reference", "branch"),
    [
        ("refs/heads/entire/checkpoints/v1", "entire/checkpoints/v1"),
        ("refs/remotes/origin/entire/checkpoints/v1", "entire/checkpoints/v1"),
        ("refs/entire/checkpoints/0D/01KXGTTNGCEACC83QZEJ5YAF0D", "entire/checkpoints/0D/01KXGTTNGCEACC83QZEJ5YAF0D"),
        ("refs/heads/entire/sessions", "entire/sessions"),
        ("refs/heads/main", ""),
        ("refs/heads/feature/entire/checkpoints/v1", ""),
        ("refs/heads/entire/checkpoint", ""),
    ],
)
def test_which_refs_hold_checkpoints(reference: str, branch: str) -> None:
    assert branch_of(reference) == branch
    assert has_own_reference(branch) == ("0D/" in branch)


def test_folders_join_parts_and_metadata() -> None:
    files = [
        ("a5/7b22d8d4bd/metadata.json", "summary", 1),
        ("a5/7b22d8d4bd/0/metadata.json", "m0", 1),
        ("a5/7b22d8d4bd/0/full.jsonl", "t0", 10),
        ("a5/7b22d8d4bd/0/full.jsonl.010", "t2", 30),
        ("a5/7b22d8d4bd/0/full.jsonl.002", "t1", 20),
        ("a5/7b22d8d4bd/0/prompt.txt", "p", 1),
        ("a5/7b22d8d4bd/1/full.log", "old", 5),
        ("b6/0123456789/full.jsonl", "flat", 7),
        ("b6/0123456789/metadata.json", "mflat", 1),
    ]
    first, second, third = list_folders(files)
    assert (first.path, first.parts, first.metadata) == (
        "a5/7b22d8d4bd/0/full.jsonl",
        ((0, "t0", 10), (2, "t1", 20), (10, "t2", 30)),
        "m0",
    )
    assert (second.path, second.metadata) == ("a5/7b22d8d4bd/1/full.log", "")
    assert (third.path, third.metadata) == ("b6/0123456789/full.jsonl", "mflat")


def test_a_checkpoint_is_named_by_its_folder_or_its_ref() -> None:
    (folder,) = list_folders([("a5/7b22d8d4bd/0/full.jsonl", "t", 10)])
    named = describe("refs/heads/entire/checkpoints/v1", folder, b'{"session_id": "s", "agent": "Claude Code"}')
    assert (named.session, named.agent, named.checkpoint, named.blobs, named.size) == (
        "s",
        "Claude Code",
        "a57b22d8d4bd",
        ("t",),
        10,
    )
    (own,) = list_folders([("0/full.jsonl", "t", 10)])
    assert (
        describe("refs/entire/checkpoints/0D/01KXGTTNGCEACC83QZEJ5YAF0D", own, b"{broken").checkpoint
        == "01KXGTTNGCEACC83QZEJ5YAF0D"
    )
    assert describe("refs/entire/checkpoints/0D/01KXGTTNGCEACC83QZEJ5YAF0D", own, b"[1]").session == ""


def test_the_longest_copy_of_a_session_counts() -> None:
    def held(session: str, blob: str, size: int) -> Checkpoint:
        return Checkpoint(session, "", "c", "r", f"{blob}/full.jsonl", (blob,), size)

    chosen = longest(
        [
            held("s", "a", 10),
            held("s", "b", 30),
            held("s", "c", 20),
            held("", "d", 1),
            held("", "e", 1),
            held("", "d", 1),
        ]
    )
    assert [(c.session, c.blobs) for c in chosen] == [("", ("d",)), ("", ("e",)), ("s", ("b",))]
