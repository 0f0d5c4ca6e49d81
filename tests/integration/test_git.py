"""Git as we run it, with a real git: harmless in a hostile repository, streaming, bounded, clear when it fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from runlore.errors import GitError
from runlore.library import git


def make(path: Path, *options: str) -> Path:
    path.mkdir(parents=True)
    git.run(path, "init", "-q", *options)
    return path


def put(repo: Path, content: bytes) -> str:
    return git.run(repo, "hash-object", "-w", "--stdin", input=content).decode().strip()


def commit(repo: Path, files: dict[str, bytes], reference: str) -> str:
    """Write a commit with these files and point a ref at it, without a working tree."""
    lines = b"".join(f"100644 {put(repo, content)} 0\t{path}\n".encode() for path, content in files.items())
    git.run(repo, "read-tree", "--empty")
    git.run(repo, "update-index", "--index-info", input=lines)
    tree = git.run(repo, "write-tree").decode().strip()
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    made = git.run(repo, *identity, "commit-tree", tree, "-m", "checkpoint").decode().strip()
    git.run(repo, "update-ref", reference, made)
    return made


def test_trees_and_blobs(tmp_path: Path) -> None:
    repo = make(tmp_path / "repo")
    made = commit(repo, {"a.txt": b"one", "b/c.txt": b"three", "odd\tname": b""}, "refs/heads/kept")
    entries = git.list_tree(repo, "kept")
    assert [(entry.path, entry.size) for entry in entries] == [("a.txt", 3), ("b/c.txt", 5), ("odd\tname", 0)]
    missing = "0" * 40
    blobs = dict(git.read_blobs(repo, [entries[0].object, missing, entries[1].object, entries[2].object], most=4))
    assert list(blobs.values()) == [b"one", None, None, b""]
    assert [(ref.name, ref.object) for ref in git.list_references(repo)] == [("refs/heads/kept", made)]
    assert git.list_sizes(repo, [entries[1].object, missing]) == {entries[1].object: 5}
    (tree,) = git.read_objects(repo, [f"{made}^{{tree}}"])
    assert tree is not None
    assert [(name, is_folder) for name, _, is_folder in git.parse_tree(tree, 20)] == [
        ("a.txt", False),
        ("b", True),
        ("odd\tname", False),
    ]


def test_sha256_repositories(tmp_path: Path) -> None:
    repo = make(tmp_path / "repo", "--object-format=sha256")
    made = commit(repo, {"a.txt": b"one"}, "refs/heads/kept")
    (tree,) = git.read_objects(repo, [f"{made}^{{tree}}"])
    assert tree is not None
    ((name, oid, _),) = git.parse_tree(tree, len(made) // 2)
    assert (name, list(git.read_blobs(repo, [oid]))) == ("a.txt", [(oid, b"one")])


def test_links_and_folders_are_no_blobs(tmp_path: Path) -> None:
    repo = make(tmp_path / "repo")
    line = f"120000 {put(repo, b'/etc/passwd')} 0\tlink\n".encode()
    git.run(repo, "update-index", "--index-info", input=line)
    tree = git.run(repo, "write-tree").decode().strip()
    assert git.list_tree(repo, tree) == ()


def test_nothing_of_the_repository_or_the_person_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, trap = make(tmp_path / "repo"), tmp_path / "sprung"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{trap}'\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("reference-transaction", "post-index-change", "pre-auto-gc"):
        (hooks / hook).write_bytes(script.read_bytes())
        (hooks / hook).chmod(0o755)
    with (repo / ".git" / "config").open("a") as config:
        config.write(
            f"[core]\n\thooksPath = {hooks}\n\tfsmonitor = {script}\n\tpager = {script}\n\tsshCommand = {script}\n"
        )
        config.write(f'[remote "o"]\n\turl = ext::{script}\n\tpromisor = true\n\tpartialclonefilter = blob:none\n')
        config.write("[extensions]\n\tpartialClone = o\n")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(script))
    commit(repo, {"a.txt": b"one"}, "refs/heads/kept")
    assert [entry.path for entry in git.list_tree(repo, "kept")] == ["a.txt"]
    assert list(git.read_blobs(repo, ["1" * 40])) == [("1" * 40, None)]
    with pytest.raises(GitError):
        git.run(repo, "fetch", "o")
    assert not trap.exists()


def test_names_from_outside_are_no_options(tmp_path: Path) -> None:
    repo = make(tmp_path / "repo")
    with pytest.raises(GitError, match="ls-tree"):
        git.list_tree(repo, "--help")
    with pytest.raises(GitError, match="no object id"):
        list(git.read_blobs(repo, ["HEAD\n--batch-all-objects"]))


def test_failures_are_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        git.list_references(tmp_path)
    repo = make(tmp_path / "repo")
    inside = repo / "sub"
    inside.mkdir()
    with pytest.raises(GitError, match="not a git repository"):  # the repository around a folder is not meant
        git.list_references(inside)
    with pytest.raises(GitError, match="git ended"):
        list(git.read_blobs(tmp_path, ["0" * 40]))
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(GitError, match="cannot be started"):
        git.run(repo, "status")
    with pytest.raises(GitError, match="cannot be started"):
        list(git.read_blobs(repo, ["0" * 40]))


def test_what_is_a_repository(tmp_path: Path) -> None:
    assert git.is_repository(make(tmp_path / "work"))
    assert git.is_repository(make(tmp_path / "bare", "--bare"))
    assert not git.is_repository(tmp_path)


def test_a_git_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = tmp_path / "bin" / "git"
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\nexec sleep 30\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{binary.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(GitError, match="no answer"):
        git.run(tmp_path, "status", timeout=0.2)
    with pytest.raises(GitError, match="git ended"):
        list(git.read_blobs(tmp_path, ["0" * 40], timeout=0.2))
