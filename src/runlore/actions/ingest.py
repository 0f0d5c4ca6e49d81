"""Ingest: read the transcripts that are new or have grown, redact and archive them, and say what is there."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from runlore.corpus import archive, discovery, events, index, repeated, tombstones
from runlore.corpus.files import make_home, read_secret
from runlore.corpus.index import FileState, Holding, TranscriptEntry
from runlore.corpus.read import (
    FileResult,
    Job,
    Map,
    derive,
    find_state,
    keep,
    make_redactor,
    name_file,
    read_into_corpus,
)
from runlore.corpus.rebuild import rebuild
from runlore.errors import NothingToRead, UsageError
from runlore.library import checkpoints, git
from runlore.model import Problem
from runlore.redaction import parse_rules
from runlore.settings import Settings
from runlore.transcripts.entire import Checkpoint

Progress = Callable[[int, int, str], None]
"""Told after each file: how many are done, of how many, and which it was."""

PATIENCE = 0.1
"""Seconds for which an interrupt may have to wait while other processes work."""
_KEEP_SUPERSEDED: Final = 3600.0
"""Seconds for which a superseded archive stays, so that a process that listed it before can still read it."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Ingested:
    """What stands under the given paths: one entry a transcript a file, in the order of files; ``new`` and ``known`` count entries."""

    transcripts: tuple[TranscriptEntry, ...]
    problems: tuple[Problem, ...]
    new: int
    known: int


@dataclass(frozen=True, slots=True)
class _Task:
    """One file to read, or one session that a git repository keeps, with how it looks now and what it gave the last time."""

    path: Path
    state: FileState
    before: Holding | None = None
    checkpoint: Checkpoint | None = None


def ingest(
    paths: Sequence[Path],
    settings: Settings,
    *,
    progress: Progress | None = None,
    since: float = 0.0,
    project: str = "",
    exclude: tuple[str, ...] = (),
    map_transcript: Map | None = None,
    map_version: int = 0,
) -> Ingested:
    """Bring the corpus up to date with the files under ``paths`` (none: the folders of the hosts), and give what they hold.

    An unchanged file is not read again; a grown one supersedes its earlier state. ``map_transcript`` is what mining makes of each
    transcript, kept beside its events under ``map_version``. ``since`` is in seconds since the epoch. What was finished before an
    interrupt stays. Raises NothingToRead where a path does not exist, StoreError where the home cannot be written.
    """
    home = make_home(settings.home)
    secret = read_secret(settings)
    forgotten, problems = tombstones.list_tombstones(home, secret)
    rules, rule_problems = read_rules(settings)
    sessions = frozenset(tombstone.session for tombstone in forgotten)
    job = Job(home, secret, settings.redact_email, settings.redact_home, rules, sessions, map_transcript, map_version)
    found = _list_tasks(job, _list_places(paths, settings), since, project, exclude)
    with index.open_index(home) as connection:
        rebuild(connection, home)
        _finish_forgetting(connection, home, forgotten)
        holdings = index.list_holdings(connection)
        tasks = [replace(task, before=holdings.get(task.state.path)) for task in found]
        stale = [task for task in tasks if not _is_current(task)]
        known = {entry.hash for holding in holdings.values() for entry in holding.entries}
        for done, (task, result) in enumerate(_run(settings.jobs, _read, job, stale, _size), 1):
            holdings[task.state.path] = result.holding
            index.write_holding(connection, result.holding, result.superseded)
            if progress is not None:
                progress(done, len(stale), task.state.path)
        read = [holdings[task.state.path] for task in tasks]
        if stale:
            _mark_successors(connection, home, [holdings[task.state.path] for task in stale])
            _drop_superseded(connection, home)
        if map_transcript is not None:
            _derive_missing(connection, settings.jobs, job)
    entries = tuple(entry for holding in read for entry in holding.entries if _is_wanted(entry, since, project))
    new = len({entry.hash for entry in entries} - known)
    return Ingested(
        repeated.mark_known(home, entries),
        (*rule_problems, *problems, *(problem for holding in read for problem in holding.problems)),
        new,
        len(entries) - new,
    )


def _list_places(paths: Sequence[Path], settings: Settings) -> list[Path]:
    if not paths:
        return [folder for _, folder in discovery.find_host_folders(settings.user_home)]
    for path in paths:
        if not path.exists():
            raise NothingToRead(str(path), "there is no such file or folder")
    return list(paths)


def read_rules(settings: Settings) -> tuple[tuple[tuple[str, str], ...], list[Problem]]:
    """Read the further rule files; a file that cannot be read is the person's mistake and stops the ingest before anything is stored."""
    rules: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for path in settings.rules:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: the redaction rules cannot be read: {error}") from error
        rules.append((str(path), text))
        problems += parse_rules(text, str(path))[1]
    return tuple(rules), problems


def _list_tasks(job: Job, places: list[Path], since: float, project: str, exclude: tuple[str, ...]) -> list[_Task]:
    """List what may hold transcripts under the places: sessions in git first, then files by path."""
    tasks = _list_checkpoints(job, places)
    kept = {task.path for task in tasks}
    folders = [place for place in places if place not in kept]
    files = discovery.list_transcript_files(folders, since=since, project=project, exclude=exclude)
    return [*tasks, *(_Task(path, find_state(path, job.version)) for path in files)]


def _list_checkpoints(job: Job, places: list[Path]) -> list[_Task]:
    """List the sessions that git repositories among the places keep as Entire checkpoints; their working trees are not walked."""
    tasks: list[_Task] = []
    for place in places:
        if not place.is_dir() or not git.is_repository(place):
            continue
        for checkpoint in checkpoints.find_checkpoints(place):
            blobs = sha256(" ".join(checkpoint.blobs).encode()).hexdigest()[:16]
            name = f"{name_file(place)}:{checkpoint.reference.removeprefix('refs/')}:{checkpoint.path}"
            state = FileState(name, checkpoint.size, 0, 0, f"{job.version}.{blobs}")
            tasks.append(_Task(place, state, None, checkpoint))
    return tasks


def _is_current(task: _Task) -> bool:
    """Say whether a file is as it was when it was read."""
    return task.before is not None and task.state.size >= 0 and task.before.state == task.state


def _is_wanted(entry: TranscriptEntry, since: float, project: str) -> bool:
    return discovery.is_project(entry.project, project) and not (since and entry.ended and entry.ended < since)


def _size(task: _Task) -> int:
    return task.state.size


def _read(job: Job, task: _Task) -> FileResult:
    if task.checkpoint is None:
        return read_into_corpus(job, task.path, task.before)
    readings = checkpoints.read_checkpoints(task.path, make_redactor(job).redact, (task.checkpoint,))
    return keep(job, task.state, readings, task.before)


def _run(
    jobs: int, function: Callable[[Job, T], R], job: Job, tasks: list[T], size: Callable[[T], int]
) -> Iterator[tuple[T, R]]:
    """Run tasks in this process and ``jobs - 1`` others; gives each with its result as soon as it is finished.

    The others take the large tasks and this one the small: it works while they start, and is soon back to feed them.
    On an interrupt what is finished is still given before the interrupt goes on.
    """
    queue = deque(sorted(tasks, key=size, reverse=True))
    others = min(jobs, len(tasks)) - 1
    if others < 1:
        for task in tasks:
            yield task, function(job, task)
        return
    pool = ProcessPoolExecutor(others, multiprocessing.get_context("spawn"), initializer=_ignore_interrupt)
    running: dict[Future[R], T] = {}
    try:
        while queue or running:
            while queue and len(running) < 2 * others:
                task = queue.popleft()
                with _uninterrupted():
                    running[pool.submit(function, job, task)] = task
            if queue:
                task = queue.pop()
                yield task, function(job, task)
            yield from _collect(running, 0 if queue else PATIENCE)
    except KeyboardInterrupt:
        with _uninterrupted():
            pool.shutdown(wait=True, cancel_futures=True)
        for future, task in running.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield task, future.result()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _collect(running: dict[Future[R], T], patience: float) -> list[tuple[T, R]]:
    """Take what is finished, waiting for at most ``patience`` seconds.

    An interrupt is held back meanwhile: `wait` holds the locks of all futures, and one that cuts it short leaves them locked for ever.
    """
    with _uninterrupted():
        finished, _ = wait(running, timeout=patience, return_when=FIRST_COMPLETED)
        return [(running.pop(future), future.result()) for future in finished]


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold an interrupt back while a process is started, which inherits that: one that is just starting would answer with a traceback."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_interrupt() -> None:
    """Let the process that was started decide what an interrupt means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _finish_forgetting(connection: sqlite3.Connection, home: Path, forgotten: tuple[tombstones.Tombstone, ...]) -> None:
    """Erase what a `forget` that was cut off left behind."""
    hashes = {hash for tombstone in forgotten for hash in tombstone.transcripts}
    known = {entry.hash for entry in index.list_entries_of(connection, hashes)} if hashes else set()
    left = sorted(hash for hash in hashes if hash in known or archive.has_lines(home, hash))
    for hash in left:
        archive.erase_lines(home, hash)
        events.erase_derived(home, hash)
    if left:
        index.drop_transcripts(connection, left)


def _mark_successors(connection: sqlite3.Connection, home: Path, holdings: list[Holding]) -> None:
    """Find out, for the sessions just read, which transcripts of the corpus stand as a whole in another one."""
    successors: dict[str, str] = {}
    for session in sorted({entry.session for holding in holdings for entry in holding.entries}):
        entries = index.list_entries_of_session(connection, session)
        if len(entries) > 1:
            successors.update((e.hash, e.known_as) for e in repeated.mark_known(home, entries) if e.known_as)
    if successors:
        index.write_successors(connection, successors)


def _drop_superseded(connection: sqlite3.Connection, home: Path) -> None:
    """Drop archives of earlier states that stand in a later one, some time after they were superseded."""
    for hash in index.list_superseded(connection):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - archive.archive_path(home, hash).stat().st_mtime > _KEEP_SUPERSEDED:
                archive.erase_lines(home, hash)
                events.erase_derived(home, hash)


def _derive_missing(connection: sqlite3.Connection, jobs: int, job: Job) -> None:
    """Derive again what is missing of the whole corpus: another version of mining, a transcript whose file is long gone."""
    missing = [
        entry
        for entry in index.list_entries(connection)
        if not events.has_digest(job.home, entry.hash, job.map_version)
    ]
    for _ in _run(jobs, derive, job, missing, lambda entry: entry.lines):
        pass
