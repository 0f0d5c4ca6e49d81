"""Conditions: parse and render are inverse; what is no condition is a judgement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.model.condition import (
    ArgumentValue,
    Comparison,
    Conjunction,
    Constant,
    Disjunction,
    Duration,
    Expression,
    InputValue,
    Measure,
    Membership,
    Negation,
    Presence,
    ResultPath,
)
from runlore.model.condition_text import list_arguments, list_inputs, list_paths, render_condition
from runlore.runbooks.condition_json import condition_to_json
from runlore.runbooks.conditions import parse_condition

paths = st.builds(
    ResultPath,
    st.sampled_from(["$", "$.status", "$.items[*].id", "$['a b'][0]", "$..price", "$.a[?@.b == 'x and y']"]),
    st.sampled_from([0, 0, 3]),
)
constants = st.builds(Constant, st.one_of(st.integers(), st.booleans(), st.none(), st.text(max_size=12)))
arguments = st.builds(ArgumentValue, st.sampled_from(["order_id", "items[*].id", "a b", "input", "step 3"]))
sides = st.one_of(paths, arguments)
operands = st.one_of(
    constants, paths, arguments, st.builds(InputValue, st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True))
)
operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
tests = st.one_of(
    st.builds(Presence, sides, st.booleans()),
    st.builds(Comparison, sides, operators, operands),
    st.builds(Membership, sides, st.lists(operands, min_size=1, max_size=3).map(tuple)),
    st.builds(
        Comparison, st.builds(Measure, st.just("count"), paths), operators, st.builds(Constant, st.integers(0, 99))
    ),
    st.builds(Comparison, st.builds(Measure, st.just("sum"), paths), operators, operands),
    st.builds(
        Comparison,
        st.builds(Measure, st.just("age"), paths),
        operators,
        st.builds(Duration, st.integers(0, 999), st.sampled_from(["minute", "hour", "day"])),
    ),
)
expressions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(Negation, inner),
        st.builds(Conjunction, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Disjunction, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@given(expressions)
def test_parse_is_the_inverse_of_render(expression: Expression) -> None:
    condition = parse_condition(render_condition(expression))
    assert condition.parsed == expression
    assert parse_condition(condition.text) == condition
    assert condition_to_json(condition)["kind"] == "condition"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('$.status = "pending"', '`$.status` = "pending"'),
        ("`$.a`  ≥ 2 AND not $.b is absent", "`$.a` >= 2 and not `$.b` is absent"),
        ("step 1 `$.x` = step 2 `$.y`", "`step 1 $.x` = `step 2 $.y`"),
        ("(`$.a` = 1 or `$.b` = 2) and `$.c` is present", "(`$.a` = 1 or `$.b` = 2) and `$.c` is present"),
        ("age($.created) < 1 day", "age(`$.created`) < 1 day"),
        ('$.s in ["a", "b"]', '`$.s` in ["a", "b"]'),
        ('$.name =   "two  spaces"', '`$.name` = "two  spaces"'),
        ('$.path = "<b>"', '`$.path` = `"<b>"`'),
        ("argument `id` in [step 1 `$.ids[*]`]", "argument `id` in [`step 1 $.ids[*]`]"),
        ("argument `to` != `step 1 $.from`", "argument `to` != `step 1 $.from`"),
    ],
)
def test_spellings_become_the_canonical_one(text: str, canonical: str) -> None:
    assert parse_condition(text).text == canonical


@pytest.mark.parametrize(
    "text",
    [
        "the brand owner rejects it",
        "`$.permalink` answers 200",
        "$.a-b = 1",
        "$.a =",
        "age($.x) > 3",
        "count($.x) = 1.5",
        "$.a = 1 and",
        "",
        "(" * 500 + "$.a = 1",
        "$.a = NaN",
    ],
)
def test_plain_words_are_a_judgement(text: str) -> None:
    condition = parse_condition(text)
    assert condition.parsed is None
    assert condition.text == text
    assert condition_to_json(condition) == {"kind": "judgement", "text": condition.text}


def test_what_a_condition_reads() -> None:
    parsed = parse_condition("`step 2 $.total` <= input `limit` and (`$.a` = `$.b` or sum(`$.c`) > 3)").parsed
    assert parsed is not None
    assert list_paths(parsed) == (ResultPath("$.total", 2), ResultPath("$.a"), ResultPath("$.b"), ResultPath("$.c"))
    assert list_inputs(parsed) == ("limit",)


def test_what_a_condition_reads_of_the_step_that_holds_it() -> None:
    parsed = parse_condition("argument `a` in [`$.x`, argument `b`] or not argument `c` is present").parsed
    assert parsed is not None
    assert list_arguments(parsed) == ("a", "b", "c")
    assert list_paths(parsed) == (ResultPath("$.x"),)
