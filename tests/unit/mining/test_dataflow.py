"""Data flow: the places that held a value before a call used it."""

from __future__ import annotations

from typing import Any

import pytest

from runlore.mining.dataflow import MOST_PLACES, Binding, Results, Words, bind


def bound(arguments: Any, *earlier: tuple[str, Any], said: str = "") -> dict[str, Binding]:
    """The bindings of a call after some results (activity, result) and the person's words."""
    words, results = Words(), Results()
    if said:
        words.add(said)
    for number, (activity, result) in enumerate(earlier):
        results.add(number, activity, result)
    return {b.name: b for b in bind(arguments, words, results)}


def places(binding: Binding) -> list[tuple[str, str]]:
    return [(p.activity, p.path) for p in binding.places]


def test_a_value_is_found_where_an_earlier_result_held_it() -> None:
    binding = bound({"card": "card_99"}, ("get_order", {"id": "W1", "payment": {"card": "card_99"}}))["card"]
    assert places(binding) == [("get_order", "$.payment.card")]
    assert binding.places[0].width == 1


def test_the_nearest_producer_stands_first_and_the_first_holder_is_fresh() -> None:
    user = {"email": "ann@example.org"}
    binding = bound({"to": "ann@example.org"}, ("find_user", user), ("get_user", user))["to"]
    assert places(binding) == [("get_user", "$.email"), ("find_user", "$.email")]
    assert [p.fresh for p in binding.places] == [False, True]
    assert [p.call for p in binding.places] == [1, 0]


def test_the_width_counts_the_distinct_values_that_a_rule_gives_over_all_results() -> None:
    one = {"items": [{"id": "a1"}, {"id": "a2"}]}
    other = {"items": [{"id": "a2"}, {"id": "a3"}]}
    binding = bound({"item": "a2"}, ("get_order", one), ("get_order", other))["item"]
    widths = {p.path: p.width for p in binding.places}
    assert widths["$.items[*].id"] == 3
    assert widths["$.items[0].id"] == 2


def test_the_persons_words_are_counted_by_their_shape() -> None:
    said = "please cancel #W1001 and #W1002, not #W77. Ann"
    assert bound({"id": "#W1001"}, said=said)["id"].words == 3
    assert bound({"id": "#w1001"}, said=said)["id"].words == 3
    assert bound({"id": "#W9999"}, said=said)["id"].words == 0


def test_words_and_results_are_both_offered() -> None:
    binding = bound({"id": "W1001"}, ("get_order", {"id": "W1001"}), said="cancel W1001")["id"]
    assert binding.words == 1
    assert places(binding) == [("get_order", "$.id")]


def test_numbers_are_found_as_text_and_as_numbers() -> None:
    assert places(bound({"amount": 42}, ("quote", {"total": 42}))["amount"]) == [("quote", "$.total")]
    assert bound({"amount": 42}, ("quote", {"total": "42"}))["amount"].kind == "number"
    assert places(bound({"amount": "42"}, ("quote", {"total": 42}))["amount"]) == [("quote", "$.total")]


def test_flags_and_empty_values_come_from_nowhere() -> None:
    earlier = ("look", {"on": True, "off": False, "nothing": None, "empty": ""})
    made = bound({"on": True, "none": None, "empty": ""}, earlier)
    assert {n: (b.kind, b.places) for n, b in made.items()} == {
        "on": ("flag", ()),
        "none": ("nothing", ()),
        "empty": ("nothing", ()),
    }


def test_a_short_text_result_is_one_value() -> None:
    assert places(bound({"user_id": "ann_3"}, ("find_user", "ann_3"))["user_id"]) == [("find_user", "$")]
    assert places(bound({"user_id": "ann_3"}, ("find_user", '"ann_3"'))["user_id"]) == [("find_user", "$")]
    assert places(bound({"user_id": "ann_3"}, ("find_user", "x" * 300))["user_id"]) == []


def test_an_id_or_a_link_within_a_longer_text_is_found() -> None:
    link = "https://example.org/p/8812"
    earlier = ("publish", {"permalink": link, "id": "post_881210"})
    note = bound({"text": f"The post is live now, see {link}. Thanks to all!"}, earlier)["text"]
    assert places(note) == [("publish", "$.permalink")]
    other = bound({"text": "Recorded under the number post_881210, as you wished."}, earlier)["text"]
    assert places(other) == [("publish", "$.id")]


def test_a_whole_text_that_a_result_held_comes_before_what_is_inside_it() -> None:
    caption = "Our new boat number 20260101 is out, come and see"
    earlier = ("find", {"id": "20260101"}), ("draft", {"caption": caption})
    assert places(bound({"caption": caption}, *earlier)["caption"]) == [("draft", "$.caption")]


def test_list_items_share_a_name() -> None:
    words, results = Words(), Results()
    results.add(0, "get", {"items": [{"id": "a1"}, {"id": "a2"}]})
    made = bind({"ids": ["a1", "a2"]}, words, results)
    assert [(b.name, b.value) for b in made] == [("ids[*]", "a1"), ("ids[*]", "a2")]
    assert all("$.items[*].id" in [p.path for p in b.places] for b in made)


def test_a_value_that_stands_everywhere_keeps_a_bounded_number_of_places() -> None:
    result = {f"field{chr(97 + n % 26)}{'x' * n}": "same" for n in range(300)}
    assert len(bound({"a": "same"}, ("look", result))["a"].places) == MOST_PLACES


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        "text",
        ["a", "b"],
        {1: "a", None: "b", (1, 2): "c"},
        {"a": {"b": {}}, "c": [], "d": [[], {}]},
        {"a": "x" * 100_000},
        {"a": "\ud800 \x00 \u202e"},
        {"": ""},
        {"a": float("nan"), "b": float("inf"), "c": 10**400},
    ],
)
def test_odd_arguments_bind(arguments: Any) -> None:
    made = bound(arguments, ("look", {"a": "x", "n": float("nan")}), said="x \ud800")
    assert all(len(b.value) <= 401 for b in made.values())


def test_a_value_that_a_thousand_results_repeat_is_traced_in_bounded_time() -> None:
    words, results = Words(), Results()
    for number in range(1500):
        results.add(number, "list", {"rows": [{"state": "pending", "id": f"a{number}"}, {"state": "pending"}]})
        (binding,) = bind({"state": "pending"}, words, results)
    assert binding.places[0].call == 1499
    assert {p.width for p in binding.places} == {1}
    (other,) = bind({"id": "a3"}, words, results)
    assert {p.path: p.width for p in other.places}["$.rows[*].id"] == 1500
