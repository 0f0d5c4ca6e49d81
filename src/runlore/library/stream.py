"""Commits → the stream that `git fast-import` reads: exact bytes, so that the same publications give the same commit ids everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from runlore.library.recorded import Commit

WORK_REF: Final = "refs/runlore/projecting"
"""Where commits are written before `main` is moved to them; it is gone again afterwards."""

COMMITTER: Final = "Runlore <runlore>"

_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}


def render_stream(commits: Iterable[Commit], parent: str, read: Callable[[str], bytes]) -> Iterator[bytes]:
    """Render commits one upon the other; the first stands upon ``parent``, an object id, or upon nothing where it is empty.

    ``read`` gives the content of a hash. Each commit is marked with its position, counted from 1. Where the stream is cut off, git takes
    nothing of it: it waits for the last line.
    """
    yield b"feature done\n"
    yield f"reset {WORK_REF}\n".encode()
    for mark, commit in enumerate(commits, 1):
        yield from _render_commit(commit, mark, f":{mark - 1}" if mark > 1 else parent, read)
    yield b"done\n"


def _render_commit(commit: Commit, mark: int, parent: str, read: Callable[[str], bytes]) -> Iterator[bytes]:
    message = commit.message.encode()
    head = (
        f"commit {WORK_REF}\nmark :{mark}\nauthor {commit.author} {commit.at} +0000\n"
        f"committer {COMMITTER} {commit.at} +0000\ndata {len(message)}\n"
    )
    yield head.encode()
    yield message
    yield f"\nfrom {parent}\n".encode() if parent else b"\n"
    for path in commit.removed:
        yield f"D {quote_path(path)}\n".encode()
    for path, (hash, executable) in commit.changed:
        content = read(hash)
        yield f"M {'100755' if executable else '100644'} inline {quote_path(path)}\ndata {len(content)}\n".encode()
        yield content
        yield b"\n"
    yield b"\n"


def quote_path(path: str) -> str:
    """Quote a path as git's streams do."""
    return '"' + "".join(_ESCAPES.get(c, c) for c in path) + '"'
