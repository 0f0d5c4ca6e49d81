"""What guards are made of: records, yeses, chances, what a result shows, deciding."""

from __future__ import annotations

from math import comb

import pytest
from build import call, digests, said, transcript
from guards_example import case, learned, line_id, look, texts
from hypothesis import given
from hypothesis import strategies as st

from runlore.mining.guards.acts import Act
from runlore.mining.guards.approval import find_consent
from runlore.mining.guards.chance import count_testable, fisher, holm
from runlore.mining.guards.consent import asks_consent, gives_consent
from runlore.mining.guards.decide import decide, instant
from runlore.mining.guards.past import typed, unfiltered
from runlore.mining.guards.records import Seen, find_record, is_telling, list_records, top_fields
from runlore.mining.guards.shown import MOST_VALUES, show
from runlore.model import Source, Transcript
from runlore.runbooks.conditions import parse_condition


def seen(activity: str, *given_: str, **fields: str) -> Seen:
    """One earlier result."""
    return Seen(activity, frozenset(given_), {f"$.{name}": value for name, value in fields.items()})


def test_the_record_is_the_one_whose_call_shares_most_values() -> None:
    rows = [seen("get", "A-111"), seen("get", "B-222"), seen("other", "A-111"), seen("get", "A-111", "x9")]
    assert find_record(rows, "get", {"B-222"}) == (1,)
    assert find_record(rows, "get", {"A-111"}) == (3,)
    assert find_record(rows, "get", {"A-111", "x9"}) == (3,)
    assert find_record(rows, "get", {"nothing"}) == (3,)
    assert find_record(rows, "missing", {"A-111"}) == ()


def test_a_later_result_that_names_the_same_thing_is_the_record_now() -> None:
    rows = [seen("get", "A-111", id="A-111"), seen("close", "A-111", id="A-111"), seen("get", "B-222", id="B-222")]
    assert find_record(rows, "get", {"A-111"}) == (1, 0)
    assert find_record(rows, "get", {"B-222"}) == (2,)
    other_field = [seen("get", "A-111", id="A-111"), seen("mail", "A-111", about="A-111")]
    assert find_record(other_field, "get", {"A-111"}) == (0,)
    not_given = [seen("get", "A-111", id="A-111", zip="83702"), seen("move", "C-333", zip="83702")]
    assert find_record(not_given, "get", {"A-111", "83702"}) == (0,)


def test_a_list_reads_all_results_that_share_as_much() -> None:
    rows = [seen("get", "P-100"), seen("get", "P-200"), seen("order", "A-111"), seen("order", "B-222")]
    assert list_records(rows, "get", {"A-111"}) == (0, 1)
    assert list_records(rows, "order", {"A-111"}) == (2,)


def test_what_tells_one_thing_from_another() -> None:
    assert [is_telling(v) for v in ("#W12", "100", "12", "x", "True", "none", "4.25", "Ann")] == [
        True, True, False, False, False, False, True, True,
    ]  # fmt: skip
    assert top_fields({"id": "A", "n": 3, "flag": True, "in": {"key": "v", "deep": {"x": "y"}}, "list": [1]}) == {
        "$.id": "A",
        "$.n": "3",
        "$.in.key": "v",
    }
    assert top_fields("text") == {}


@pytest.mark.parametrize(
    "words",
    [
        "Yes, please go ahead and process the return. Thank you!",
        "That sounds good. Proceed with the exchange.",
        "Thank you for the details! Yes, please proceed with removing it, and refund the card.",
        "1) Yes—please return item 6477915553.\n2) Yes—refund to the original card.",
        "Sure, do it",
        "I confirm.",
        "Fine. Just put it on the gift card then.",
    ],
)
def test_a_yes_among_other_words(words: str) -> None:
    assert gives_consent(words)


@pytest.mark.parametrize(
    "words",
    [
        "No, that is the wrong one",
        "I'd like to return the lamp",
        "Before you proceed, I want to adjust the plan",
        "Please don't process it yet",
        "My email is ann@example.com",
        "Hold on, what does it cost?",
    ],
)
def test_words_that_are_no_yes(words: str) -> None:
    assert not gives_consent(words)


def test_a_yes_answers_something() -> None:
    assert asks_consent("Here is the order.\n\nWould you like me to cancel it?")
    assert asks_consent("Please confirm the address (yes/no).")
    assert asks_consent("Let me know if you'd like to proceed with the exchange!")
    assert not asks_consent("The order has been cancelled.")


def ask(number: int, answer: str, *, asked: bool = True) -> Transcript:
    """A case in which the agent puts the suspension to the person, or does not."""
    put = said("Shall I suspend it now?" if asked else "I have found your line.", kind="say")
    do = call("suspend_line", {"line_id": line_id(number)}, {"done": True})
    return transcript(
        f"ask-{number}",
        said("suspend my line"),
        look(number, status="active"),
        put,
        said(answer),
        do,
        start=9e8 + number,
    )


def test_consent_is_the_last_word_before_the_effect() -> None:
    def consents(one: Transcript) -> bool:
        (digest,) = digests(one)
        (only,) = digest.cases
        return find_consent(only, len(only.calls) - 1) is not None

    assert consents(ask(1, "Yes please, and then tell me what it costs."))
    assert not consents(ask(1, "It is the one of my daughter."))
    assert not consents(
        ask(
            1,
            "Yes, it is the second line, the one that my daughter used all of last year while she was away at school.",
            asked=False,
        )
    )


def test_fisher_is_the_hypergeometric_tail() -> None:
    assert fisher(3, 3, 0, 7) == pytest.approx(1 / comb(10, 3))
    assert fisher(2, 3, 1, 7) == pytest.approx((comb(3, 2) * comb(7, 1) + comb(3, 3)) / comb(10, 3))
    assert fisher(0, 3, 5, 7) == 1.0
    assert fisher(1, 0, 0, 7) == 1.0


@given(st.integers(0, 12), st.integers(1, 12), st.integers(0, 12), st.integers(1, 12))
def test_a_chance_is_one(ours: int, of: int, theirs: int, among: int) -> None:
    assert 0 <= fisher(min(ours, of), of, min(theirs, among), among) <= 1


def test_corrections_for_many_tests() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert count_testable([0.001] * 20, 0.05) == 20
    assert count_testable([0.001, *[0.5] * 50], 0.05) == 1
    assert count_testable([], 0.05) == 1


def test_what_a_result_shows() -> None:
    shown = {
        leaf.path: leaf
        for leaf in show({"id": "A", "items": [{"price": 2, "kind": "x"}, {"price": 3.5, "kind": "x"}], "1001": None})
    }
    assert shown["$.items[*].price"].values == (2, 3.5)
    assert (shown["$.items[*].price"].count, shown["$.items[*].price"].total) == (2, 5.5)
    assert shown["$.items[*].kind"].values == ("x",)
    assert show("done")[0].path == "$"
    assert show("x" * 500) == ()
    assert show(None) == ()
    many = show({"rows": list(range(100))})[0]
    assert (len(many.values), many.count, many.whole) == (MOST_VALUES, 100, False)
    assert not show({"note": "x" * 200})[0].whole


def act(known: dict[str, object], arguments: dict[str, tuple[object, ...]] | None = None, time: float = 0.0) -> Act:
    """An act that knew one record of `get`."""
    fields = {leaf.path: leaf for leaf in show(known)}
    return Act("s", Source("t", 1), "good", "", {"get": fields}, arguments or {}, {}, frozenset({"get"}), time)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ('step 1 $.status = "open"', True),
        ('step 1 $.status = "shut"', False),
        ('step 1 $.status in ["open", "held"]', True),
        ("step 1 $.price >= 10", True),
        ("step 1 $.price > 10", False),
        ('step 1 $.price = "10"', False),
        ("step 1 $.missing = 1", None),
        ("step 1 $.missing is absent", True),
        ("count(step 1 $.rows[*]) = 3", True),
        ("count(step 1 $.none[*]) = 0", True),
        ("sum(step 1 $.rows[*]) <= 6", True),
        ("age(step 1 $.made) < 2 days", True),
        ("age(step 1 $.made) < 12 hours", False),
        ("step 2 $.status is present", None),
        ('step 1 $.status != "shut" and not step 1 $.price < 3', True),
        ('step 1 $.status = "shut" or step 2 $.x = 1', None),
        ('step 1 $.status = "shut" and step 2 $.x = 1', False),
        ("argument `amount` <= step 1 $.price", True),
        ("argument `amount` != argument `other`", True),
        ("argument `gone` = 1", None),
    ],
)
def test_deciding(condition: str, answer: bool | None) -> None:
    known = act(
        {"status": "open", "price": 10, "rows": [1, 2, 3], "made": "2026-01-01T00:00:00Z"},
        {"amount": (7,), "other": (8,)},
        time=1767225600.0 + 86_400,
    )
    parsed = parse_condition(condition).parsed
    assert parsed is not None
    assert decide(parsed, known, ("get", "other")) is answer


def test_small_words() -> None:
    assert [typed("3", "number"), typed("3.5", "number"), typed("True", "flag"), typed("3", "text")] == [
        3,
        3.5,
        True,
        "3",
    ]
    assert unfiltered("$.a[?@.kind == 'x]y'].b[?@['z'] == true]") == "$.a[*].b[*]"
    assert instant("2026-01-01T00:00:00+00:00") == 1767225600.0
    assert instant("next week") is None
    assert instant(3) is None


def test_of_what_was_on_offer_only_what_a_flag_tells_apart_was_ever_taken() -> None:
    """No tool ever refused a number that is taken; but nobody picked one out of six with four of them taken, thirty times, by chance."""

    def pick(n: int, *, free: bool = True) -> Transcript:
        numbers = [{"number": f"+46{n:03d}{k}77", "free": k % 3 == 0} for k in range(6)]
        offer = call("list_numbers", {"area": f"area-{n:04d}"}, {"numbers": numbers})
        chosen = numbers[3 if free else 1]["number"]
        take = call("assign_number", {"line_id": line_id(n), "number": chosen}, {"done": True})
        return case(n, look(n, status="active"), offer, take)

    rule = "argument `number` in [`list_numbers $.numbers[?@.free == true].number`]"
    (guard,) = learned([pick(n) for n in range(30)], "assign_number")
    assert (texts([guard]), guard.basis, guard.negatives) == ([rule], "choice", 0)
    assert learned([pick(n) for n in range(4)], "assign_number") == ()
    assert learned([pick(n, free=n % 4 > 0) for n in range(30)], "assign_number") == ()


def test_phrases_that_come_again_and_again_are_a_closed_choice() -> None:
    def close(n: int, reason: str) -> Transcript:
        done = call("close_line", {"line_id": line_id(n), "reason": reason}, {"done": True})
        return case(n, look(n, status="active"), look(500 + n, status="active"), done)

    few = [close(n, ("moved abroad", "too expensive now")[n % 2]) for n in range(36)]
    (guard,) = learned(few, "close_line")
    assert texts([guard]) == ['argument `reason` in ["moved abroad", "too expensive now"]']
    assert learned(few[:12], "close_line") == ()
    assert learned([*few, close(40, "my cat ate it")], "close_line") == ()
