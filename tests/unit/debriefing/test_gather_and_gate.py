"""Findings of several debriefs joined and ripe, and what a proposed revision must pass."""

from __future__ import annotations

from runlore.debriefing.gate import MOST_TOKENS, Replayed, judge
from runlore.debriefing.gather import MOST_CHANGES, REPEATED_FROM, by_document, choose_ripe, join
from runlore.model import Problem
from runlore.model.debrief import Change, Finding

BOOK = "runbooks/post"


def finding(key: str, debrief: int, change: Change | None = None, document: str = BOOK, number: int = 0) -> Finding:
    change = change or Change("failure", 1, key, "", count=1)
    return Finding(
        "step-failed", document, change, f"because of {key}", key, {"run": debrief}, (), number or debrief, debrief
    )


def test_findings_of_one_key_are_one_change_counted_over_their_debriefs() -> None:
    found = [
        finding("a", 2, Change("failure", 1, "a 2", "wait", count=2), number=5),
        finding("a", 1, Change("failure", 1, "a 1", "", count=1)),
        finding("a", 2, Change("failure", 1, "a 3", "run", count=1), number=6),
        finding("a", 1, document="runbooks/other"),
        finding("b", 1, Change("prose", 1, text="x")),
    ]
    joined = {(j.document, j.key): j for j in join(found)}
    assert len(joined) == 3
    one = joined[BOOK, "a"]
    assert (one.runs, one.change.count, one.change.text) == (2, 4, "wait"), "words are those of the first that has any"
    assert [f.number for f in one.findings] == [1, 5, 6]
    assert joined[BOOK, "b"].change.count == 0
    assert join(reversed(found)) == join(found)


def test_a_failure_is_proposed_at_once_and_a_departure_when_it_repeats() -> None:
    def ripe(change: Change, runs: int, why: str = "") -> bool:
        found = [finding("k", n, change) for n in range(1, runs + 1)]
        found = [
            Finding(f.question, f.document, f.change, why or f.why, f.key, f.evidence, (), f.number, f.debrief)
            for f in found
        ]
        return bool(choose_ripe(join(found), {}))

    assert ripe(Change("failure", 1, "x"), 1)
    assert not ripe(Change("prose", 1, text="x"), 1) and ripe(Change("prose", 1, text="x"), 2)
    assert not ripe(Change("optional", 1, text="x"), 2) and ripe(Change("optional", 1, text="x"), 3)
    assert ripe(Change("note", text="x"), 1, "the worker says so")
    assert not ripe(Change("note", text="x"), REPEATED_FROM - 1, "x") and ripe(
        Change("note", text="x"), REPEATED_FROM, "x"
    )


def test_what_a_person_rejected_comes_back_only_when_its_evidence_has_doubled() -> None:
    found = join(finding("a", n) for n in (1, 2, 3))
    assert choose_ripe(found, {"a": 1})
    assert not choose_ripe(found, {"a": 2})
    assert choose_ripe(join(finding("a", n) for n in range(1, 5)), {"a": 2})


def test_fifty_findings_cost_few_decisions() -> None:
    found = [finding(f"f{n}", d, document=f"runbooks/r{n % 3}") for n in range(17) for d in (1, 2, 3)]
    groups = by_document(choose_ripe(join(found), {}))
    assert sorted(groups) == ["runbooks/r0", "runbooks/r1", "runbooks/r2"]
    assert all(len(changes) <= MOST_CHANGES for changes in groups.values())
    assert sum(len(j.findings) for changes in groups.values() for j in changes) == 51


def test_the_best_supported_changes_come_first() -> None:
    found = [finding("often", n) for n in range(1, 5)] + [finding(f"k{n}", 1) for n in range(20)]
    (changes,) = by_document(choose_ripe(join(found), {})).values()
    assert len(changes) == MOST_CHANGES and changes[0].key == "often"


def problem(slug: str, level: str = "error", message: str = "m") -> Problem:
    return Problem(BOOK, 1, slug, message, level)  # type: ignore[arg-type]


def test_the_gate_refuses_errors_that_the_base_did_not_have_and_no_others() -> None:
    assert judge(BOOK, [problem("old")], [problem("old")], [], (1, 1)).passed
    assert judge(BOOK, [], [problem("new", "warning")], [], (1, 1)).passed
    verdict = judge(BOOK, [problem("old")], [problem("old"), problem("secret")], [], (1, 1))
    assert not verdict.passed and [p.slug for p in verdict.problems] == ["secret"]


def test_the_gate_refuses_what_breaks_a_run_that_conformed() -> None:
    runs = [
        Replayed("run 1", 1.0, 1.0, True),
        Replayed("run 2", 1.0, 0.5, True),
        Replayed("run 3", 1.0, 0.99, True),
        Replayed("run 4", 1.0, 0.0, False),
    ]
    verdict = judge(BOOK, [], [], runs, (1, 1))
    assert (verdict.passed, verdict.replayed, verdict.broken) == (False, 4, ("run 2",))
    assert [p.slug for p in verdict.problems] == ["gate-breaks"]
    assert judge(BOOK, [], [], [r for r in runs if r.name != "run 2"], (1, 1)).passed


def test_a_failure_that_a_change_claims_to_prevent_has_to_be_caught() -> None:
    runs = [
        Replayed("run 1", 1.0, 0.4, False, True),
        Replayed("run 2", 1.0, 1.0, False, True),
        Replayed("run 3", 1.0, 1.0, True, True),
    ]
    verdict = judge(BOOK, [], [], runs, (1, 1))
    assert (verdict.caught, verdict.missed) == (1, ("run 2",))
    assert [p.slug for p in verdict.problems] == ["gate-misses"] and verdict.passed


def test_the_gate_refuses_a_runbook_that_grows_beyond_its_budget_and_lets_one_shrink() -> None:
    assert not judge(BOOK, [], [], [], (MOST_TOKENS, MOST_TOKENS + 1)).passed
    assert judge(BOOK, [], [], [], (MOST_TOKENS + 9, MOST_TOKENS + 1)).passed
