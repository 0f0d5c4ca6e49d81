"""Ingest is incremental, idempotent and deterministic, and loses nothing."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sessions import chat_line, claude_lines, write_claude

from runlore.actions.ingest import Ingested, ingest
from runlore.corpus import archive, events, index
from runlore.corpus.digests import list_digests
from runlore.corpus.read import get_transcript
from runlore.corpus.verify import check_corpus
from runlore.errors import NothingToRead, StoreError
from runlore.library import git
from runlore.model import Transcript
from runlore.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", user_home=tmp_path / "person", secret="s")


def digest(transcript: Transcript) -> bytes:
    return f"{transcript.session}:{len(transcript.events)}".encode()


def run(settings: Settings, *paths: Path, version: int = 1) -> Ingested:
    return ingest(paths, settings, map_transcript=digest, map_version=version)


def digests(settings: Settings, version: int = 1) -> list[str]:
    return sorted(stored.read().decode() for stored in list_digests(settings.home, version))


def tree(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted((home / "corpus").rglob("*.zst"))}


def test_first_ingest_makes_the_home_and_archives_redacted_lines(settings: Settings, tmp_path: Path) -> None:
    settings = Settings(home=settings.home, user_home=settings.user_home)
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 2, word="password=hunter22x")
    result = run(settings, tmp_path / "in")
    (entry,) = result.transcripts
    assert (entry.format, entry.session, entry.file, entry.lines) == ("claude-code", "s1", str(source), 6)
    assert (result.new, result.known, result.problems) == (1, 0, ())
    lines = archive.read_lines(settings.home, entry.hash)
    assert len(lines) == 6 and b"[SECRET:password:" in lines[0] and b"hunter22x" not in b"".join(lines)
    transcript = events.find_transcript(settings.home, entry.hash)
    assert transcript is not None and transcript.hash == entry.hash and len(transcript.events) == entry.events > 0
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.home / "secret").stat().st_mode) == 0o600
    assert len((settings.home / "secret").read_bytes()) == 32
    assert b"hunter22x" not in b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert check_corpus(settings.home) == ()


def test_the_same_file_adds_nothing_and_is_not_read_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_claude(tmp_path / "in/a.jsonl", "s1", 2)
    first = run(settings, tmp_path / "in")
    monkeypatch.setattr("runlore.corpus.read.reading.read_file", None)
    second = run(settings, tmp_path / "in")
    assert second.transcripts == first.transcripts
    assert (second.new, second.known) == (0, 1)


def test_a_grown_file_supersedes_its_earlier_state(settings: Settings, tmp_path: Path) -> None:
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 2)
    old = run(settings, source).transcripts[0]
    write_claude(source, "s1", 5)
    new = run(settings, source).transcripts[0]
    assert new.hash != old.hash and new.events > old.events
    assert digests(settings) == [f"s1:{new.events}"]
    with index.open_index(settings.home) as connection:
        assert index.find_successor(connection, old.hash) == new.hash
        assert index.find_successor(connection, new.hash) is None
    past = archive.archive_path(settings.home, old.hash)
    os.utime(past, (1, 1))
    write_claude(source, "s1", 6)
    run(settings, source)
    assert not past.exists()


def test_a_torn_last_line_that_is_completed_later_counts_once(settings: Settings, tmp_path: Path) -> None:
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 3, torn=True)
    run(settings, source)
    write_claude(source, "s1", 3)
    entry = run(settings, source).transcripts[0]
    assert digests(settings) == [f"s1:{entry.events}"]


def test_a_rotated_or_shrunk_file_loses_nothing_archived(settings: Settings, tmp_path: Path) -> None:
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 4)
    old = run(settings, source).transcripts[0]
    write_claude(source, "s2", 1)
    new = run(settings, source).transcripts[0]
    assert digests(settings) == sorted([f"s1:{old.events}", f"s2:{new.events}"])
    write_claude(source, "s2", 3)
    shutil.copy(source, tmp_path / "keep.jsonl")
    source.unlink()
    assert len(digests(settings)) == 2
    assert archive.has_lines(settings.home, old.hash)


def test_copies_and_earlier_states_elsewhere_count_once(settings: Settings, tmp_path: Path) -> None:
    write_claude(tmp_path / "in/a.jsonl", "s1", 4)
    write_claude(tmp_path / "in/b.jsonl", "s1", 4)
    write_claude(tmp_path / "in/c.jsonl", "s1", 2)
    write_claude(tmp_path / "in/d.jsonl", "s4", 2)
    result = run(settings, tmp_path / "in")
    a, b, c, d = result.transcripts
    assert a.hash == b.hash != c.hash
    assert (a.known_as, b.known_as, c.known_as, d.known_as) == ("", a.hash, a.hash, "")
    assert len(digests(settings)) == 2
    # The report on the short copy alone still has something to report on.
    alone = run(settings, tmp_path / "in/c.jsonl")
    assert [entry.known_as for entry in alone.transcripts] == [""]
    assert [stored.transcript for stored in list_digests(settings.home, 1, {c.hash})] == [c.hash]


def test_chat_files_give_one_transcript_a_line(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "chats.jsonl"
    source.write_text("".join(chat_line(f"c{n}", f"W{n}") + "\n" for n in range(3)))
    first = run(settings, source)
    assert [entry.session for entry in first.transcripts] == ["c0", "c1", "c2"]
    assert all(entry.lines == 1 for entry in first.transcripts)
    source.write_text(source.read_text() + chat_line("c3", "W3") + "\n")
    second = run(settings, source)
    assert (second.new, second.known) == (1, 3)
    assert second.transcripts[:3] == first.transcripts
    assert len(digests(settings)) == 4


def test_one_process_and_two_give_the_same_bytes(tmp_path: Path) -> None:
    for number in range(7):
        write_claude(tmp_path / f"in/{number}.jsonl", f"s{number}", 1 + number)
    (tmp_path / "in/chats.jsonl").write_text(
        "".join(chat_line(f"c{n}", f"token=abcdefgh1234{n}") + "\n" for n in range(3))
    )
    results = []
    for jobs in (1, 2):
        settings = Settings(home=tmp_path / f"home{jobs}", user_home=tmp_path, secret="s", jobs=jobs)
        results.append((run(settings, tmp_path / "in"), tree(settings.home), digests(settings)))
    assert results[0] == results[1]


def test_a_new_version_of_mining_digests_again_and_a_vanished_file_is_read_from_the_archive(
    settings: Settings, tmp_path: Path
) -> None:
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 2)
    chats = tmp_path / "in/chats.jsonl"
    chats.write_text("\n".join(chat_line(f"c{n}", f"W{n}") for n in range(2)))
    before = run(settings, tmp_path / "in")
    source.unlink()
    chats.unlink()
    transcripts = [get_transcript(settings.home, entry) for entry in before.transcripts]
    shutil.rmtree(settings.home / "corpus/events")
    write_claude(tmp_path / "in/b.jsonl", "s2", 1)
    run(settings, tmp_path / "in", version=2)
    assert len(digests(settings, 2)) == 4
    again = [get_transcript(settings.home, entry) for entry in before.transcripts]
    assert [t.events for t in again] == [t.events for t in transcripts]
    assert [t.session for t in again] == [t.session for t in transcripts]


def test_a_damaged_events_file_is_derived_again(settings: Settings, tmp_path: Path) -> None:
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 2)
    (entry,) = run(settings, source).transcripts
    whole = get_transcript(settings.home, entry)
    path = events.events_path(settings.home, entry.hash)
    path.write_bytes(path.read_bytes()[:-9])
    assert get_transcript(settings.home, entry) == msgspec.structs.replace(whole, hash=entry.hash)


def test_a_damaged_archive_is_said(settings: Settings, tmp_path: Path) -> None:
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 2)
    (entry,) = run(settings, source).transcripts
    path = archive.archive_path(settings.home, entry.hash)
    path.write_bytes(b"junk")
    with pytest.raises(StoreError, match="damaged"):
        archive.read_lines(settings.home, entry.hash)
    assert [problem.slug for problem in check_corpus(settings.home)] == ["damaged-archive"]


@pytest.mark.parametrize("damage", ["remove", "junk"])
def test_a_lost_index_is_rebuilt(settings: Settings, tmp_path: Path, damage: str) -> None:
    gone = write_claude(tmp_path / "in/a.jsonl", "s1", 2)
    write_claude(tmp_path / "in/b.jsonl", "s2", 2)
    run(settings, tmp_path / "in")
    expected = digests(settings)
    gone.unlink()
    for path in (settings.home / "corpus").glob("index.sqlite3*"):
        path.unlink() if damage == "remove" or path.suffix != ".sqlite3" else path.write_bytes(b"junk" * 999)
    run(settings, tmp_path / "in")
    assert digests(settings) == expected


def test_changed_redaction_reads_again_and_counts_once(settings: Settings, tmp_path: Path) -> None:
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 2, word="to ann@example.com")
    run(settings, source)
    hidden = Settings(home=settings.home, user_home=settings.user_home, secret="s", redact_email=True)
    (entry,) = run(hidden, source).transcripts
    assert b"ann@" not in b"".join(archive.read_lines(settings.home, entry.hash))
    assert len(digests(settings)) == 1


def test_problems_are_said_and_stay_said(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_claude(folder / "a.jsonl", "s1", 1)
    (folder / "notes.json").write_text('{"hello": "world"}')
    (folder / "empty.jsonl").write_text("")
    for _ in range(2):
        result = run(settings, folder)
        assert len(result.transcripts) == 1
        assert sorted(problem.slug for problem in result.problems) == ["empty-file", "unknown-format"]
    with pytest.raises(NothingToRead):
        run(settings, tmp_path / "nowhere")


def test_without_paths_the_hosts_folders_are_read(settings: Settings) -> None:
    write_claude(settings.user_home / ".claude/projects/-srv-app/x.jsonl", "s1", 1)
    write_claude(settings.user_home / ".claude/projects/-srv-other/y.jsonl", "s2", 1)
    assert [entry.session for entry in run(settings).transcripts] == ["s1", "s2"]
    assert [e.session for e in ingest((), settings, exclude=("*-other*",)).transcripts] == ["s1"]
    assert [e.session for e in ingest((), settings, since=2e9).transcripts] == []


class Stop(BaseException):
    """Stands for the person's interrupt."""


def test_an_interrupt_loses_nothing(settings: Settings, tmp_path: Path) -> None:
    for number in range(5):
        write_claude(tmp_path / f"in/{number}.jsonl", f"s{number}", 2)

    def stop(done: int, total: int, file: str) -> None:
        if done == 3:
            raise Stop

    with pytest.raises(Stop):
        ingest((tmp_path / "in",), settings, progress=stop, map_transcript=digest, map_version=1)
    assert len(digests(settings)) == 3
    assert run(settings, tmp_path / "in").new == 2
    assert len(digests(settings)) == 5


class Fault:
    """A call that fails at its n-th time, once or from then on."""

    def __init__(self, real: Callable[..., Any], n: int, for_ever: bool) -> None:
        self.real, self.n, self.for_ever, self.calls = real, n, for_ever, 0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        if self.calls == self.n or (self.for_ever and self.calls > self.n):
            raise OSError(28, "No space left on device")
        return self.real(*arguments, **options)


@pytest.mark.parametrize("call", ["os.replace", "os.fsync", "os.open"])
@pytest.mark.parametrize("for_ever", [False, True])
def test_a_failing_write_leaves_the_corpus_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, for_ever: bool
) -> None:
    name = call.removeprefix("os.")
    source = write_claude(tmp_path / "in/a.jsonl", "s1", 2)
    write_claude(tmp_path / "in/b.jsonl", "s2", 3)
    for n in range(1, 60):
        settings = Settings(home=tmp_path / f"home{n}", user_home=tmp_path, secret="s")
        write_claude(source, "s1", 1)
        run(settings, source)
        write_claude(source, "s1", 2)
        fault = Fault(getattr(os, name), n, for_ever)
        with monkeypatch.context() as patch:
            patch.setattr(f"runlore.corpus.files.os.{name}", fault)
            try:
                run(settings, tmp_path / "in")
                failed = False
            except StoreError:
                failed = True
        assert check_corpus(settings.home) == ()
        assert {line.split(":")[0] for line in digests(settings)} >= {"s1"}
        run(settings, tmp_path / "in")
        assert [line.split(":")[0] for line in digests(settings)] == ["s1", "s2"]
        if not failed:
            assert n >= 3 and fault.calls < n
            return
    pytest.fail("never ran clean")


def test_two_ingests_at_once_agree(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for number in range(6):
        write_claude(tmp_path / f"in/{number}.jsonl", f"s{number}", 2)
    settings = Settings(home=tmp_path / "home", user_home=tmp_path)
    with ThreadPoolExecutor(3) as pool:
        results = [future.result() for future in [pool.submit(run, settings, tmp_path / "in") for _ in range(3)]]
    assert len({tuple(entry.hash for entry in result.transcripts) for result in results}) == 1
    assert len(digests(settings)) == 6
    assert check_corpus(settings.home) == ()
    assert len(claude_lines("x", 1)) == 3


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_repository_with_checkpoints_gives_its_sessions(tmp_path: Path, jobs: int) -> None:
    settings = Settings(home=tmp_path / "home", user_home=tmp_path, secret="s", jobs=jobs)
    repo = tmp_path / "project"
    write_claude(repo / "ab/0123456789/1/full.jsonl", "s1", 2, word="password=hunter22x")
    write_claude(repo / "ac/0123456789/1/full.jsonl", "s2", 2)
    git.run(repo, "init", "-q", "-b", "entire/checkpoints/v1")
    git.run(repo, "add", ".")
    git.run(repo, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-qm", "x")
    first = run(settings, repo)
    assert [entry.session for entry in first.transcripts] == ["s1", "s2"]
    assert b"hunter22x" not in b"".join(archive.read_lines(settings.home, first.transcripts[0].hash))
    second = run(settings, repo)
    assert (second.transcripts, second.new, second.known) == (first.transcripts, 0, 2)


def test_odd_files_are_said_or_read_and_break_nothing(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_claude(folder / "good.jsonl", "s1", 1)
    odd = os.fsencode(folder) + b"/caf\xe9.jsonl"
    Path(os.fsdecode(odd)).write_text("\n".join(claude_lines("s2", 1)))
    (folder / "binary.jsonl").write_bytes(bytes(range(256)) * 40)
    (folder / "bomb.json").write_text("[" * 100_000)
    (folder / "utf16.jsonl").write_bytes("\n".join(claude_lines("s3", 1)).encode("utf-16"))
    (folder / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00")
    (folder / "gone.jsonl").symlink_to(tmp_path / "nowhere.jsonl")
    result = run(settings, folder)
    assert {entry.session for entry in result.transcripts} >= {"s1", "s2"}
    assert {Path(problem.file).name for problem in result.problems} >= {
        "binary.jsonl", "bomb.json", "cut.jsonl.gz", "gone.jsonl",
    }  # fmt: skip
    again = run(settings, folder)
    assert (again.transcripts, again.problems) == (result.transcripts, result.problems)


def test_what_another_ingest_writes_meanwhile_is_listed_whole_or_not_at_all(tmp_path: Path) -> None:
    write_claude(tmp_path / "in/0.jsonl", "s0", 2)
    settings = Settings(home=tmp_path / "home", user_home=tmp_path)
    run(settings, tmp_path / "in")
    with index.open_index(settings.home) as here, index.open_index(settings.home) as other:
        (holding,) = index.list_holdings(here).values()
        for table in ("holdings", "files"):
            other.execute(f"DELETE FROM {table}")

        def write_between(statement: str) -> None:
            if " FROM files " in statement:
                here.set_trace_callback(None)
                index.write_holding(other, holding)

        here.set_trace_callback(write_between)
        assert index.list_holdings(here) == {}
        assert index.list_holdings(here) == {holding.state.path: holding}
