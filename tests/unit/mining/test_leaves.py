"""Paths: generalised, rendered as RFC 9535, and finding what they stand for."""

from __future__ import annotations

import json
from typing import Any

import jsonpath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlore.mining.leaves import (
    MOST_LEAVES,
    WILD,
    Filter,
    argument_leaves,
    generalise,
    is_map,
    render_path,
    result_leaves,
    scalar_text,
    select,
)

ORDER = {
    "order_id": "#W1",
    "items": [
        {"name": "Shoes", "item_id": "6102", "gift": False},
        {"name": "Desk", "item_id": "7204", "gift": True},
        {"name": "Lamp", "item_id": "8803", "gift": False},
    ],
    "payments": {"card_77": {"last_four": "1111"}, "card_88": {"last_four": "2222"}},
}


def rules_of(result: Any, value: Any) -> list[str]:
    """The rules for the first place in a result that holds a value, rendered."""
    path = next(p for p, v in result_leaves(result) if v == value)
    return [render_path(rule) for rule in generalise(result, path)]


STRICT = jsonpath.JSONPathEnvironment(strict=True)


def found_by(path: str, result: Any) -> set[str]:
    return {scalar_text(v) for v in STRICT.findall(path, result) if not isinstance(v, dict | list)}


def test_an_index_becomes_a_wildcard_and_the_first_and_last_are_rules_of_their_own() -> None:
    assert rules_of(ORDER, "6102")[0] == "$.items[*].item_id"
    assert "$.items[0].item_id" in rules_of(ORDER, "6102")
    assert "$.items[-1].item_id" in rules_of(ORDER, "8803")
    middle = rules_of(ORDER, "7204")
    assert "$.items[0].item_id" not in middle
    assert "$.items[-1].item_id" not in middle


def test_items_are_told_apart_by_a_short_constant_beside_the_value() -> None:
    rules = rules_of(ORDER, "7204")
    assert "$.items[?@.name == 'Desk'].item_id" in rules
    assert "$.items[?@.gift == true].item_id" in rules
    assert not any("item_id ==" in rule for rule in rules)


def test_a_field_of_the_whole_result_can_be_the_filter() -> None:
    result = {"kind": "desk", "variants": [{"item_id": "6102"}, {"item_id": "7204"}]}
    assert "$.variants[?$.kind == 'desk'].item_id" in rules_of(result, "7204")
    path = ("variants", Filter("kind", "desk", True), "item_id")
    assert select(result, path) == {"6102", "7204"}
    assert select({**result, "kind": "chair"}, path) == set()


def test_an_object_keyed_by_ids_is_a_table_and_one_keyed_by_words_is_a_record() -> None:
    assert is_map({"card_77": 1, "card_88": 2})
    assert not is_map({"card_77": 1, "name": 2})
    assert not is_map({})
    assert rules_of(ORDER, "2222")[0] == "$.payments[*].last_four"
    assert rules_of({"address": {"city": "Kiel"}}, "Kiel") == ["$.address.city"]


@pytest.mark.parametrize(
    "key",
    [
        "two words",
        "it's",
        'say "x"',
        "back\\slash",
        "ends\\",
        "a.b",
        "ümlaut",
        "",
        "1st",
        "a-b",
        "tab\t",
        "line\nfeed",
        "$",
        "*",
    ],
)
def test_keys_that_need_quotes_find_their_value(key: str) -> None:
    result = {"top": {key: "here", "other": "there"}}
    path = render_path(("top", key))
    assert found_by(path, result) == {"here"}


@pytest.mark.parametrize("value", ["it's", "back\\", 'a "b"', "ü"])
def test_filter_values_that_need_quotes_find_their_item(value: str) -> None:
    result = {"rows": [{"mark": value, "id": "right"}, {"mark": "else", "id": "wrong"}]}
    assert found_by(render_path(("rows", Filter("mark", value), "id")), result) == {"right"}


def test_control_characters_are_escaped() -> None:
    assert render_path(("a\x01b", "c\td")) == r"$['a\u0001b']['c\td']"
    rules = rules_of({"rows": [{"mark": "a\tb", "id": 77}, {"mark": "c", "id": 78}]}, 77)
    assert not any("mark" in rule for rule in rules)


def test_select_gives_distinct_scalars_only() -> None:
    assert select(ORDER, ("items", WILD, "item_id")) == {"6102", "7204", "8803"}
    assert select(ORDER, ("items",)) == set()
    assert select(ORDER, ("items", 7, "item_id")) == set()
    assert select(ORDER, ("nowhere", WILD)) == set()
    assert select({"a": [True, 1, None]}, ("a", WILD)) == {"True", "1", "None"}


def test_a_filter_does_not_take_one_for_true() -> None:
    result = {"rows": [{"on": 1, "id": "number"}, {"on": True, "id": "flag"}]}
    assert select(result, ("rows", Filter("on", True), "id")) == {"flag"}


def test_arguments_are_walked_with_dotted_names() -> None:
    arguments = {"order": {"id": "W1", "items": [{"sku": "a"}, {"sku": "b"}]}, "tags": ["x", "y"]}
    assert list(argument_leaves(arguments)) == [
        ("order.id", "W1"),
        ("order.items[*].sku", "a"),
        ("order.items[*].sku", "b"),
        ("tags[*]", "x"),
        ("tags[*]", "y"),
    ]


def test_arguments_passed_as_text_are_opened() -> None:
    assert list(argument_leaves({"a": '{"b": [1, 2]}'})) == [("a.b[*]", 1), ("a.b[*]", 2)]
    assert list(argument_leaves({"a": "['x', 'y']"})) == [("a[*]", "x"), ("a[*]", "y")]
    assert list(argument_leaves({"a": "{not json}"})) == [("a", "{not json}")]
    assert list(argument_leaves({"a": "[" * 9000 + "]" * 9000})) == [("a", "[" * 9000 + "]" * 9000)]


def test_a_huge_result_is_read_up_to_a_bound() -> None:
    assert len(result_leaves({"rows": [{"id": n, "name": str(n)} for n in range(MOST_LEAVES)]})) == MOST_LEAVES


def test_a_deep_result_does_not_end_the_recursion() -> None:
    deep: Any = "bottom"
    for _ in range(3000):
        deep = {"in": deep}
    assert [v for _, v in result_leaves(deep)] == ["bottom"]


# python-jsonpath refuses escaped control characters other than those with a letter (RFC 9535 allows them) and lone surrogates
_letters = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n")
_keys = st.one_of(
    st.sampled_from(["id", "name", "items", "order_id", "a b", "it's", "12", "card_77", "x-1"]),
    st.text(alphabet=_letters, max_size=4),
)
_scalars = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.integers(-1000, 1000),
    st.booleans(),
    st.sampled_from(["pending", "card_77", "it's", "a\\b"]),
)
_results = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4), st.dictionaries(_keys, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
).filter(lambda v: isinstance(v, dict | list))


@given(_results)
@settings(max_examples=150, deadline=None)
def test_every_path_rendered_finds_its_value_in_the_result(result: Any) -> None:
    result = json.loads(json.dumps(result))
    for path, value in result_leaves(result):
        for rule in generalise(result, path):
            text = render_path(rule)
            assert scalar_text(value) in select(result, rule), text
            assert found_by(text, result) == select(result, rule), text


def test_a_text_that_hides_half_a_surrogate_pair_or_a_set_can_be_stored() -> None:
    assert list(argument_leaves({"a": r'{"b": "x\ud800"}'})) == [("a.b", "x?")]
    assert list(argument_leaves({"a": "{'x', 'y'}"})) == [("a", "{'x', 'y'}")]
    assert list(argument_leaves({"a": "{'b': {'x', 'y'}}"})) == [("a", "{'b': {'x', 'y'}}")]
    assert list(argument_leaves({"a": "{'b': (1, 2)}"})) == [("a.b[*]", 1), ("a.b[*]", 2)]
