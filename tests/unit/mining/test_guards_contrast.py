"""What failed cases did more often: told with numbers, and with doubt where chance explains it."""

from __future__ import annotations

from build import call, mined, only, said, transcript
from guards_example import line_id, look

from runlore.model import Transcript


def move(n: int, *events: object, reward: float | None = 1.0, looks: int = 1) -> Transcript:
    """A line is moved to another plan, after as many looks."""
    given = {"line_id": line_id(n), "plan": f"plan-{n}00"}
    found = [look(n, status="active") for _ in range(looks)]
    done = call("move_line", given, {"line_id": line_id(n), "state": "moved"})
    return transcript(f"move-{n:03d}", said("move my line"), *found, *events, done, start=9e8 + 1000 * n, reward=reward)  # type: ignore[arg-type]


def mail(n: int) -> object:
    """A message that nobody asked for."""
    return call("send_offer", {"to": f"p{n}00@example.com"}, {"state": "sent"})


def test_what_failed_cases_did_more_often_becomes_a_warning() -> None:
    cases = [move(n) for n in range(14)] + [move(n, mail(n), reward=0.0) for n in range(20, 28)]
    (first, *_) = only_move(cases).contrasts
    assert (first.kind, first.activity, first.failed, first.good) == ("beside", "send_offer", (8, 8), (0, 14))
    assert first.chance < 0.001
    assert first.text == "`send_offer` was done or tried beside it"
    assert {s.transcript for s in first.evidence.sources} <= {f"sha256:move-{n:03d}" for n in range(20, 28)}


def only_move(cases: list[Transcript]) -> object:
    """The workflow that moves lines."""
    return next(w for w in mined(*cases).workflows if "move_line" in w.effects)


def test_small_samples_are_told_with_their_doubt() -> None:
    cases = [move(n, looks=1 + n % 7 // 6) for n in range(14)] + [move(n, reward=0.0, looks=2) for n in range(20, 23)]
    told = only_move(cases).contrasts
    assert [(c.kind, c.failed, c.good) for c in told] == [("again", (3, 3), (2, 14))]
    assert told[0].chance <= 0.05 or told[0].chance > 0.01


def test_what_both_did_as_often_is_no_warning() -> None:
    cases = [move(n, mail(n)) for n in range(12)] + [move(n, mail(n), reward=0.0) for n in range(20, 28)]
    assert only_move(cases).contrasts == ()


def test_the_same_piece_of_work_done_by_five_agents_is_one() -> None:
    again = [
        transcript(
            f"again-{n}", said("move my line"), look(40, status="active"), mail(40),
            call("move_line", {"line_id": line_id(40), "plan": "plan-4000"}, {"state": "moved"}),
            start=9e8 + n, reward=0.0,
        )
        for n in range(5)
    ]  # fmt: skip
    assert only_move([*[move(n) for n in range(14)], *again]).contrasts == ()


def test_without_outcomes_nothing_failed() -> None:
    found = mined(*[move(n, reward=None) for n in range(6)])
    assert only(found).contrasts == ()
    assert not only(found).judged
