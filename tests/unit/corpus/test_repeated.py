"""What stands in several places counts once."""

from __future__ import annotations

from runlore.corpus.repeated import dedupe_key, drop_repeated, is_earlier_state, is_grown
from runlore.model import Counts, Event, Transcript


def transcript(session: str, *ids: str, format: str = "claude-code") -> Transcript:
    events = tuple(Event(id, "call", line) for line, id in enumerate(ids, 1))
    return Transcript(f"{session}.jsonl", format, session, Counts(), events)


def test_the_first_owner_keeps_a_record() -> None:
    given = [transcript("a", "1", "2"), transcript("b", "1", "2", "3"), transcript("c", "3", "4")]
    assert [[event.id for event in kept.events] for kept in drop_repeated(given)] == [["1", "2"], ["3"], ["4"]]


def test_ids_of_other_formats_say_nothing_about_other_files() -> None:
    given = [transcript("a", "1", format="chat"), transcript("b", "1", format="chat")]
    assert [len(kept.events) for kept in drop_repeated(given)] == [1, 1]
    assert dedupe_key(given[0], given[0].events[0]) == ""


def test_earlier_states() -> None:
    assert is_earlier_state([b"a", b"b"], [b"a", b"b", b"c"])
    assert is_earlier_state([b"a", b"b"], [b"a", b"b and more"])  # the last line was torn
    assert not is_earlier_state([b"a", b"x"], [b"a", b"b"])
    assert not is_earlier_state([b"a", b"b", b"c"], [b"a", b"b"])


def test_events_that_go_on() -> None:
    one, two = Event("1", "prompt", 1), Event("2", "call", 1, outcome="open")
    done = Event("2", "call", 1, result="x")
    assert is_grown([one, two], [one, done, Event("3", "say", 1)])
    assert not is_grown([one, two], [two])
    assert not is_grown([one, two], [done, done])
