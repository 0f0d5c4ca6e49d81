"""The rule for an argument: constant, the person's words, or an earlier result, by description length."""

from __future__ import annotations

import itertools

from runlore.mining.dataflow import Binding, Place
from runlore.mining.rules import choose, choose_all


def place(activity: str, path: str, width: int = 1) -> Place:
    return Place(activity, path, width, 0, True)


def votes(name: str, *rows: tuple[str, int, tuple[Place, ...]], kind: str = "text") -> list[tuple[str, Binding]]:
    """One binding a session: (value, words, places)."""
    return [(f"s{n}", Binding(name, value, kind, words, places)) for n, (value, words, places) in enumerate(rows)]


def test_the_same_value_everywhere_is_a_constant() -> None:
    rule = choose(votes("reason", *[("no longer needed", 0, ())] * 4))
    assert (rule.kind, rule.value, rule.hits, rule.total) == ("constant", "no longer needed", 4, 4)


def test_a_constant_needs_two_sessions() -> None:
    binding = Binding("reason", "no longer needed", "text", 0, ())
    assert choose([("s1", binding)] * 5).kind == "unknown"
    assert choose([("s1", binding), ("s2", binding)]).kind == "constant"


def test_what_the_person_said_is_an_input() -> None:
    rule = choose(votes("order_id", *[(f"#W10{n}5", 1, ()) for n in range(4)]))
    assert rule.kind == "input"


def test_a_value_from_an_earlier_result_is_a_step() -> None:
    rows = [(f"card_{n}91", 0, (place("get_order", "$.payment.card"),)) for n in range(4)]
    rule = choose(votes("card", *rows))
    assert (rule.kind, rule.activity, rule.path, rule.hits) == ("step", "get_order", "$.payment.card", 4)


def test_an_id_that_is_the_same_in_all_runs_is_rather_read_than_known() -> None:
    rows = [("card_99112", 0, (place("get_order", "$.card"),))] * 4
    assert choose(votes("card", *rows)).kind == "step"
    words = [("visa", 0, (place("get_order", "$.label"),))] * 12
    assert choose(votes("card_type", *words)).kind == "constant"


def test_a_narrow_rule_wins_over_a_wide_one() -> None:
    rows = [(f"it_{n}01", 0, (place("get", "$.all[*].id", 12), place("get", "$.chosen.id", 1))) for n in range(4)]
    assert choose(votes("item", *rows)).path == "$.chosen.id"


def test_a_rule_that_explains_more_runs_wins_over_one_that_explains_few() -> None:
    rows = [(f"u{n}01", 0, (place("get", "$.user"), *((place("find", "$.id"),) if n < 2 else ()))) for n in range(5)]
    rule = choose(votes("user_id", *rows))
    assert (rule.path, rule.hits) == ("$.user", 5)


def test_ties_go_to_the_field_that_is_named_like_the_argument() -> None:
    places = (place("get", "$.zeta"), place("get", "$.user_id"), place("get", "$.alpha"))
    assert choose(votes("user_id", *[(f"u{n}01", 0, places) for n in range(4)])).path == "$.user_id"


def test_the_order_of_votes_and_places_does_not_matter() -> None:
    places = (place("a", "$.x"), place("b", "$.x"), place("b", "$.y"))
    rows = votes("z", *[(f"u{n}01", 0, places) for n in range(4)])
    rules = {choose(list(order)) for order in itertools.permutations(rows)}
    turned = [(s, Binding(b.name, b.value, b.kind, b.words, tuple(reversed(b.places)))) for s, b in rows]
    assert rules == {choose(turned)}


def test_a_value_from_nowhere_is_unknown() -> None:
    assert choose(votes("text", *[(f"wording number {n}", 0, ()) for n in range(4)])).kind == "unknown"
    assert choose([]).kind == "unknown"
    assert choose(votes("text", *[("", 0, ())] * 3, kind="nothing")).kind == "unknown"


def test_only_named_producers_may_be_the_step() -> None:
    rows = votes("card", *[(f"card_{n}91", 0, (place("get_order", "$.card"),)) for n in range(4)])
    assert choose(rows, {"get_user"}).kind == "unknown"
    assert choose(rows, {"get_order"}).kind == "step"


def test_fields_of_one_record_are_read_there_together() -> None:
    def row(field: str, number: int) -> tuple[str, int, tuple[Place, ...]]:
        both = (place("get_user", f"$.address.{field}"), place("get_order", f"$.ship.{field}"))
        return f"{field}{number}", 0, both if field != "zip" else (place("get_order", "$.zip"), *both)

    seen = {f: votes(f, *[row(f, n) for n in range(4)]) for f in ("street", "town", "zip")}
    rules = choose_all(seen)
    assert len({(r.activity, r.path.rpartition(".")[0]) for r in rules.values()}) == 1


def test_a_constant_is_not_drawn_into_a_record() -> None:
    def places(field: str) -> tuple[Place, ...]:
        return (place("get_user", f"$.address.{field}"),)

    seen = {
        "street": votes("street", *[(f"Road {n}", 0, places("street")) for n in range(12)]),
        "town": votes("town", *[(f"Town {n}", 0, places("town")) for n in range(12)]),
        "country": votes("country", *[("USA", 0, ())] * 11, ("DE", 0, places("country"))),
    }
    assert choose_all(seen)["country"].kind == "constant"


def test_thousands_of_different_values_are_weighed_in_bounded_time() -> None:
    rows = votes("text", *[(f"wording number {n}", 0, ()) for n in range(20_000)])
    assert choose(rows).kind == "unknown"
