"""Every git command that Runlore runs, made harmless: no hooks, no foreign configuration, no network, no prompts."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from runlore.errors import GitError

TIMEOUT = 60.0  # seconds for one command
IMPORT_TIMEOUT = 1800.0
DURABLE = ("-c", "core.fsync=committed,reference", "-c", "core.fsyncMethod=batch")
"""For commands that write: objects and refs are on the disk before the command ends."""
REMOTE_TIMEOUT = 300.0
PROTOCOLS = ("file", "https", "ssh")
"""What a remote may be reached by."""
MOST_BYTES = 256 << 20  # of one blob
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BLOCK = 1 << 20
_SETTINGS = (
    "core.hooksPath=" + os.devnull,
    "core.fsmonitor=false",
    "core.askPass=",
    "credential.helper=",
    "protocol.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
_VISITING = (
    "core.hooksPath=" + os.devnull,
    "core.fsmonitor=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "transfer.fsckObjects=true",
    "protocol.version=2",
)
_PASSWORD = re.compile(r"(://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One blob of a tree: its object id, its size in bytes, and its path from the root."""

    object: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One ref: its full name and the object that it points to."""

    name: str
    object: str


def is_repository(path: Path) -> bool:
    """Say whether a folder is a git repository itself: a working tree, a linked one, or bare."""
    return (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir())


def run(repo: Path, *args: str, input: bytes | None = None, timeout: float = TIMEOUT) -> bytes:
    """Run a git command in a repository and give its output.

    Raises GitError where git is missing, fails or takes longer than ``timeout`` seconds.
    Names that come from outside belong behind ``--end-of-options``.
    """
    return call(repo, *args, input=input, timeout=timeout)[1]


def call(
    repo: Path,
    *args: str,
    input: bytes | None = None,
    timeout: float = TIMEOUT,
    most: int = 0,
    index: Path | None = None,
) -> tuple[int, bytes]:
    """Run a git command whose exit code is an answer; give the code and the output. ``index`` is used instead of the repository's own.

    Raises GitError as ``run`` does, for codes above ``most``.
    """
    environment = {**_environment(repo), **({"GIT_INDEX_FILE": str(index.absolute())} if index else {})}
    name = next((arg for before, arg in pairwise(("", *args)) if "-c" not in (before, arg)), "")
    return _finish(_command(repo, args), name, environment, input=input, timeout=timeout, most=most)


def _finish(
    command: list[str],
    name: str,
    environment: Mapping[str, str],
    *,
    input: bytes | None = None,
    timeout: float = TIMEOUT,
    most: int = 0,
) -> tuple[int, bytes]:
    try:
        done = subprocess.run(command, input=input, capture_output=True, timeout=timeout, check=False, env=environment)
    except subprocess.TimeoutExpired:
        raise GitError(name, f"no answer within {timeout:g} seconds") from None
    except OSError as error:
        raise GitError(name, f"git cannot be started: {error.strerror or error}") from None
    if not 0 <= done.returncode <= most:
        raise GitError(name, _PASSWORD.sub(r"\1", done.stderr.decode(errors="replace"))[:2000])
    return done.returncode, done.stdout


def list_references(repo: Path) -> tuple[Reference, ...]:
    """Give the refs of a repository, sorted by name."""
    output = run(repo, "for-each-ref", "--format=%(objectname) %(refname)").decode(errors="replace")
    pairs = (line.split(" ", 1) for line in output.splitlines())
    return tuple(sorted((Reference(pair[1], pair[0]) for pair in pairs if len(pair) == 2), key=lambda ref: ref.name))


def list_tree(repo: Path, revision: str, paths: tuple[str, ...] = ()) -> tuple[TreeEntry, ...]:
    """Give the blobs of a revision's tree in the order of their paths, all folders included; or those of some paths alone."""
    output = run(repo, "ls-tree", "-r", "-l", "-z", "--full-tree", "--end-of-options", revision, *paths)
    entries = []
    for record in output.split(b"\0"):
        about, _, path = record.partition(b"\t")
        words = about.decode("ascii", "replace").split()
        # Links and submodules are no files; a blob that was never fetched has no size.
        if len(words) == 4 and words[0].startswith("100") and words[3].isdigit():
            entries.append(TreeEntry(words[2], int(words[3]), path.decode(errors="replace")))
    return tuple(entries)


def read_objects(
    repo: Path, names: Iterable[str], most: int = MOST_BYTES, timeout: float = TIMEOUT
) -> Iterator[bytes | None]:
    """Stream objects through one ``cat-file --batch``, in the order asked for; None for a missing or too large one.

    A name is an object id, with ``^{tree}`` behind it for the tree of a commit. ``timeout`` is for one object.
    """
    with _batch(repo, timeout) as (ask, answers, watch):
        for name in names:
            if not _OBJECT.fullmatch(name.removesuffix("^{tree}")):
                raise GitError("cat-file", f"{name[:80]!r} is no object id")
            with watch():
                ask.write(name.encode() + b"\n")
                ask.flush()
                content = _read_answer(answers, most)
            yield content


def read_blobs(
    repo: Path, objects: Iterable[str], most: int = MOST_BYTES, timeout: float = TIMEOUT
) -> Iterator[tuple[str, bytes | None]]:
    """Stream blobs by object id, as (object, content); None where one is missing or larger than ``most`` bytes."""
    asked = list(objects)
    yield from zip(asked, read_objects(repo, asked, most, timeout), strict=True)


def hash_blob(content: bytes, width: int = 40) -> str:
    """Give the object id that git gives a blob; ``width`` is the number of its digits, 64 in a repository of SHA-256."""
    framed = b"blob %d\0" % len(content) + content
    return (hashlib.sha1(framed, usedforsecurity=False) if width == 40 else hashlib.sha256(framed)).hexdigest()


def list_sizes(repo: Path, objects: Iterable[str]) -> dict[str, int]:
    """Give the sizes in bytes of the objects that are there."""
    asked = "".join(f"{name}\n" for name in objects if _OBJECT.fullmatch(name))
    output = run(repo, "cat-file", "--batch-check", input=asked.encode()).decode("ascii", "replace")
    answers = (line.split() for line in output.splitlines())
    return {words[0]: int(words[2]) for words in answers if len(words) == 3 and words[2].isdigit()}


def _read_answer(answers: IO[bytes], most: int) -> bytes | None:
    header = answers.readline()
    if not header:
        raise GitError("cat-file", "git ended before it had answered")
    words = header.split()
    if len(words) != 3 or not words[2].isdigit():  # "<name> missing" or "<name> ambiguous"
        return None
    size = int(words[2])
    pieces = []
    left = size + 1  # a line end follows the content
    while left:
        piece = answers.read(min(left, _BLOCK))
        if not piece:
            raise GitError("cat-file", "git ended in the middle of an object")
        left -= len(piece)
        if size <= most:
            pieces.append(piece)
    return b"".join(pieces)[:-1] if pieces else None


def list_differences(repo: Path, old: str, new: str) -> dict[str, tuple[str, str]]:
    """Give what differs between two trees or commits: path → (mode, object) in the new one, both empty where the path went away."""
    args = ("diff-tree", "-r", "--raw", "-z", "--no-renames", "--end-of-options", old, new)
    words = iter(run(repo, *args, timeout=IMPORT_TIMEOUT).decode(errors="surrogateescape").split("\0"))
    found = {}
    for word in words:
        if word.startswith(":"):
            _, mode, _, oid, kind = word.split(" ")
            found[next(words)] = ("", "") if kind == "D" else (mode, oid)
    return found


def list_changes(repo: Path, commits: Sequence[str]) -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """Give what each commit changed against its parent: path → (mode, object), both empty where the path went away."""
    text = "".join(f"{commit}\n" for commit in commits).encode()
    args = ("diff-tree", "--stdin", "-r", "--raw", "-z", "--root", "--no-renames")
    words = iter(run(repo, *args, input=text, timeout=IMPORT_TIMEOUT).decode(errors="surrogateescape").split("\0"))
    found: dict[str, dict[str, tuple[str, str]]] = {}  # commits without a change are not named
    commit = ""
    for word in words:
        if word.startswith(":"):
            _, mode, _, oid, kind = word.split(" ")
            found[commit][next(words)] = ("", "") if kind == "D" else (mode, oid)
        elif word:
            commit = word
            found[commit] = {}
    for commit in commits:
        yield commit, found.get(commit, {})


def fast_import(repo: Path, pieces: Iterable[bytes], timeout: float = IMPORT_TIMEOUT) -> dict[int, str]:
    """Feed a stream to ``fast-import`` and give the objects of its marks; they are on the disk when this comes back. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="runlore-import-") as folder, tempfile.TemporaryFile() as said:
        marks = Path(folder, "marks")
        args = (*DURABLE, "fast-import", "--quiet", "--done", "--force", f"--export-marks={marks}")
        try:
            process = subprocess.Popen(
                _command(repo, args),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=_environment(repo),
            )
        except OSError as error:
            raise GitError("fast-import", f"git cannot be started: {error.strerror or error}") from None
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        try:
            _feed(process, pieces)
        finally:
            timer.cancel()
        if process.returncode:
            said.seek(0)
            raise GitError(
                "fast-import", said.read(2000).decode(errors="replace") or f"git ended with {process.returncode}"
            )
        pairs = (line.split() for line in marks.read_text("ascii").splitlines())
        return {int(mark.removeprefix(":")): oid for mark, oid in pairs}


def _feed(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    """Write a stream to a git and wait for its end; where our side fails, the git is ended, and takes nothing of what it got."""
    if process.stdin is None:
        raise GitError("fast-import", "git was started without a pipe")
    try:
        for piece in pieces:
            process.stdin.write(piece)
        process.stdin.close()
    except BrokenPipeError:
        with suppress(BrokenPipeError):
            process.stdin.close()
    except BaseException:
        process.kill()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()
        raise
    process.wait()


def update_refs(repo: Path, lines: Iterable[str], timeout: float = TIMEOUT) -> None:
    """Change refs together or not at all, by the lines of ``update-ref --stdin``. Raises GitError where a ref is not what a line expects."""
    text = "".join(f"{line}\n" for line in ("start", *lines, "commit"))
    run(repo, *DURABLE, "update-ref", "--no-deref", "--stdin", input=text.encode(), timeout=timeout)


@contextmanager
def _batch(
    repo: Path, timeout: float
) -> Iterator[tuple[IO[bytes], IO[bytes], Callable[[], AbstractContextManager[None]]]]:
    """Start ``cat-file --batch``: where to ask, where the answers come, and a watch that ends a git that hangs."""
    try:
        process = subprocess.Popen(
            _command(repo, ("cat-file", "--batch")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(repo),
        )
    except OSError as error:
        raise GitError("cat-file", f"git cannot be started: {error.strerror or error}") from None

    @contextmanager
    def watch() -> Iterator[None]:
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        try:
            yield
        except BrokenPipeError:
            raise GitError("cat-file", "git ended early; is this a repository?") from None
        finally:
            timer.cancel()

    if process.stdin is None or process.stdout is None:
        raise GitError("cat-file", "git was started without pipes")
    try:
        yield process.stdin, process.stdout, watch
    finally:
        process.kill()
        with suppress(BrokenPipeError):  # what was asked of a git that had ended stands in the buffer
            process.stdin.close()
        process.stdout.close()
        process.wait()


def parse_tree(content: bytes, width: int) -> Iterator[tuple[str, str, bool]]:
    """Parse a tree object into (name, object, is a folder); object ids have ``width`` bytes: 20, SHA-256 32."""
    position = 0
    while position < len(content):
        end = content.find(b"\0", position)
        if end < 0:
            return
        mode, _, name = content[position:end].partition(b" ")
        position = end + 1 + width
        if mode in (b"40000", b"100644", b"100755"):
            yield name.decode(errors="replace"), content[end + 1 : position].hex(), mode == b"40000"


@contextmanager
def visit(repo: Path, tip: str) -> Iterator[Callable[..., bytes]]:
    """Talk to other repositories: gives a ``run`` for git commands, as a guest in an empty repository that shares the objects of ``repo``.

    So no ref, hook or setting of ``repo`` has a say, and nothing but objects is written into it. ``tip`` says what we have. The person's own settings
    hold: they know how to get through to their servers. Protocols are file, https and ssh; no other program is started for a URL. A hook of a repository
    on this machine is not run either.
    """
    with tempfile.TemporaryDirectory(prefix="runlore-visit-") as folder:
        guest = Path(folder)
        run(guest, "init", "--quiet", "--bare", "--template=", "--initial-branch=main")
        settings = [word for setting in _VISITING for word in ("-c", setting)]
        environment = {
            **{key: value for key, value in _environment(guest).items() if key != "GIT_CONFIG_GLOBAL"},
            "GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS),
            "GIT_OBJECT_DIRECTORY": str(repo.absolute() / ".git" / "objects"),
        }

        def ask(*args: str, timeout: float = REMOTE_TIMEOUT) -> bytes:
            command = ["git", "--no-pager", "-C", str(guest), *settings, *args]
            return _finish(command, args[0], environment, timeout=timeout)[1]

        if tip:
            ask("update-ref", "refs/heads/ours", tip)
        yield ask


def _command(repo: Path, args: tuple[str, ...]) -> list[str]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return ["git", "--no-pager", "-C", str(repo), *settings, *args]


def _environment(repo: Path) -> Mapping[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(repo.absolute().parent),  # never the repository around the folder
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
