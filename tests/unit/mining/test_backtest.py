"""What an earlier library would have foreseen, counted by hand on made-up conversations."""

from __future__ import annotations

from build import DAY, call, digests, said, transcript

from runlore.mining.backtest.chain import START, Chain, next_of, sequence_of
from runlore.mining.backtest.measure import judge
from runlore.mining.backtest.share import Count
from runlore.mining.digest import Case
from runlore.mining.mine import mine
from runlore.model import Transcript, Workflow
from runlore.model.backtest import Share, Warnings

NOTHING = Warnings(Share(0, 0, 0), Share(0, 0, 0))


def conversation(number: int, *, fails: bool = False) -> Transcript:
    """A seat is looked up and booked; where it fails, once as seats fail."""
    seat = f"S{1000 + 7 * number}"
    failed = [call("book_seat", {"seat": seat}, "Error: the seat map is locked", outcome="error")] if fails else []
    return transcript(
        f"seat-{number:02d}",
        said(f"Please book a seat for flight F{200 + number}"),
        call("find_seat", {"flight": f"F{200 + number}"}, {"seat": seat}),
        *failed,
        call("book_seat", {"seat": seat}, {"state": "booked", "seat": seat}),
        start=DAY + 86_400 * number,
    )


def test_every_figure_is_counted_over_the_later_cases() -> None:
    earlier = digests(*(conversation(n, fails=n < 3) for n in range(8)))
    later = digests(*(conversation(n, fails=n == 8) for n in range(8, 14)))
    mined = mine(earlier)
    [workflow] = mined.workflows

    def find(case: Case) -> Workflow | None:
        return workflow if "seat" in case.words else None

    found = judge("all", "by time", earlier, later, mined, find, NOTHING)
    assert (found.earlier, found.later, found.cases, found.runbooks) == (8, 6, 6, 1)
    assert (found.routed.hits, found.routed.total) == (6, 6)
    assert (found.failures.hits, found.failures.total) == (1, 1)
    assert (found.steps.hits, found.steps.total) == (12, 12)
    assert (found.next_step.hits, found.next_step_chain.hits) == (12, 12)
    assert (found.values.hits, found.values.total) == (12, 12), "the flight from the words, the seat from the result"
    assert found.values_usual.hits == 0, "no later value had been seen before"
    assert found.asked_again.calls == 1, "the failed booking"
    assert found.spent.calls == 13
    assert found.by_runbook[0].cases == 6


def test_without_a_runbook_nothing_is_known() -> None:
    earlier = digests(*(conversation(n) for n in range(8)))
    later = digests(*(conversation(n) for n in range(8, 14)))
    found = judge("all", "by time", earlier, later, mine(earlier), lambda _: None, NOTHING)
    assert found.routed.hits == found.steps.hits == found.values.hits == 0
    assert found.next_step_chain.hits == 12, "the chain needs no runbook"


def test_what_stood_in_an_earlier_transcript_is_not_judged_again() -> None:
    earlier = digests(*(conversation(n) for n in range(8)))
    found = judge("all", "by time", earlier, earlier, mine(earlier), lambda _: None, NOTHING)
    assert found.cases == 0
    assert found.steps.share is None


def test_the_interval_takes_sessions_as_units() -> None:
    alike, apart = Count(), Count()
    for session in range(10):
        for _ in range(10):
            alike.add(f"s{session}", session < 5)
    for number in range(100):
        apart.add(f"s{number}", number < 50)
    wide, narrow = alike.share(), apart.share()
    assert wide.share == narrow.share == 0.5
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low), (
        "ten sessions that agree with themselves tell less than a hundred"
    )
    assert wide.enough


def test_little_is_said_to_be_little() -> None:
    count = Count()
    assert count.share() == Share(0, 0, 0)
    count.add("one", hit=True)
    assert not count.share().enough
    assert (count.share().low, count.share().high) == (0.0, 1.0)
    for number in range(20):
        count.add(f"s{number}", hit=True)
    assert 0.8 < count.share().low < 1.0, "that all hit does not prove that all will"


def test_the_chain_names_what_followed_most_often() -> None:
    chain = Chain([("a", "b", "c"), ("a", "b", "d"), ("a", "c")])
    assert (chain.next(START), chain.next("a"), chain.next("b")) == ("a", "b", "c")
    assert chain.next("d") is None


def test_a_runbook_names_the_next_step_that_is_open() -> None:
    earlier = digests(*(conversation(n) for n in range(8)))
    [workflow] = mine(earlier).workflows
    assert next_of(workflow, set(), START) == "find_seat"
    assert next_of(workflow, {"find_seat"}, "find_seat") == "book_seat"
    assert next_of(workflow, {"find_seat", "book_seat"}, "book_seat") is None
    assert sequence_of(earlier[0].cases[0]) == ("find_seat", "book_seat")
