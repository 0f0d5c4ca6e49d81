"""The whole reduce: identity, names, determinism, ranking, and a workflow from one case."""

from __future__ import annotations

import json

import msgspec
import pytest
from build import DAY, activities, again, call, digests, mined, names, only, said, shell, transcript

from runlore.actions.machine_form import any_case, mined_form
from runlore.mining.mine import from_case, mine
from runlore.model import Event, Transcript


def cancel(number: int, *extra: Event) -> Transcript:
    order = f"W10{number}55"
    return transcript(
        f"c{number}",
        said(f"please cancel order {order}"),
        call("get_order", {"id": order}, {"id": order, "card": f"card_{number}91"}),
        call("cancel_order", {"id": order, "card": f"card_{number}91"}, {"status": "cancelled"}),
        *extra,
        start=DAY + number,
    )


def give_back(number: int) -> Transcript:
    order = f"W20{number}55"
    return transcript(
        f"r{number}",
        said(f"I want to send back what I got with {order}"),
        call("return_item", {"id": order}, {"status": "returned", "label": f"L{number}0071"}),
        start=DAY + 1000 + number,
    )


def code(number: int) -> Transcript:
    return transcript(
        f"k{number}",
        said(f"please add unit tests for module number {number}"),
        call("Edit", {"file_path": f"/srv/app/m{number}.py", "old_string": "a", "new_string": "b"}, "updated"),
        shell("pytest -q", "1 failed: sum is wrong", outcome="error", exit_code=1),
        shell("pytest -q", "12 passed"),
        shell(f"git commit -m 'tests {number}'", "committed"),
        start=DAY + 2000 + number,
        form="claude-code",
    )


MIX = [*(cancel(n) for n in range(5)), *(give_back(n) for n in range(4)), *(code(n) for n in range(4))]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_digests_does_not_matter(seed: int) -> None:
    first, other = mined(*MIX), mined(*MIX, shuffle=seed)
    assert other == first
    forms = [json.dumps(mined_form([], m.events, (), m.workflows, m.facts)) for m in (first, other)]
    assert forms[0] == forms[1]


def test_stored_digests_give_the_same_as_fresh_ones() -> None:
    rows = digests(*MIX)
    stored = [msgspec.msgpack.decode(msgspec.msgpack.encode(r), type=type(r)) for r in rows]
    assert mine(stored) == mine(rows)


def test_nothing_gives_nothing() -> None:
    found = mine([])
    assert (found.workflows, found.facts, found.cases, found.events) == ((), (), 0, 0)


def test_a_workflow_mined_again_keeps_id_and_name() -> None:
    first = mined(*(cancel(n) for n in range(4)))
    renamed = tuple(type(k)("wf-kept", "stop-an-order", k.anchors, k.sessions) for k in again(first))
    later = only(mined(*(cancel(n) for n in range(9)), known=renamed))
    assert (later.id, later.name) == ("wf-kept", "stop-an-order")


def test_a_workflow_keeps_its_identity_when_an_effect_joins() -> None:
    first = mined(*(cancel(n) for n in range(4)))
    grown = [cancel(n, call("send_note", {"about": f"W10{n}55"}, {"sent": True})) for n in range(4)]
    later = only(mined(*grown, known=again(first)))
    assert later.effects == ("cancel_order", "send_note")
    assert (later.id, later.name) == (first.workflows[0].id, first.workflows[0].name)


def test_a_new_workflow_does_not_take_the_name_of_a_known_one() -> None:
    known = tuple(type(k)("wf-other", "cancel-order", frozenset({"gone"}), k.sessions) for k in again(mined(*MIX))[:1])
    found = mined(*MIX, known=known)
    assert len(names(found.workflows)) == len(found.workflows)
    assert "cancel-order" not in names(found.workflows)


def test_ids_are_unique_and_do_not_depend_on_other_work() -> None:
    alone = only(mined(*(cancel(n) for n in range(5))))
    every = mined(*MIX).workflows
    assert alone.id in {w.id for w in every}
    assert len({w.id for w in every}) == len(every)


def test_cases_name_their_places() -> None:
    found = only(mined(*(cancel(n) for n in range(3))))
    assert [(c.session, [s.line for s in c.sources]) for c in found.cases] == [
        ("c0", [1, 4]),
        ("c1", [1, 4]),
        ("c2", [1, 4]),
    ]
    assert found.cases[0].request == "please cancel order W10055"
    assert found.example is not None
    assert found.example.session in {"c0", "c1", "c2"}


def test_tokens_and_time_are_summed() -> None:
    found = only(mined(*(cancel(n) for n in range(3))))
    assert (found.tokens.median, found.tokens.total) == (200, 600)
    assert (found.seconds.median, found.seconds.total) == (25.0, 75.0)


def test_what_everybody_knows_ranks_below() -> None:
    common = [
        transcript(
            f"g{n}",
            said(f"hello number {n}"),
            shell("git add .", ""),
            shell("git commit -m 'x'", "ok"),
            form="claude-code",
        )
        for n in range(6)
    ]
    found = mined(*common, *(cancel(n) for n in range(3))).workflows
    assert [w.common for w in found] == sorted(w.common for w in found)
    assert found[0].name == "cancel-order"


def test_the_machine_form_has_one_source_per_argument() -> None:
    form = mined_form([], 0, (), mined(*MIX).workflows, ())
    for workflow in form["workflows"]:
        numbers = [s["number"] for s in workflow["steps"]]
        assert numbers == list(range(1, len(numbers) + 1))
        for step in workflow["steps"]:
            assert all(a < step["number"] for a in step["after"])
            assert len({a["name"] for a in step["arguments"]}) == len(step["arguments"])
            for argument in step["arguments"]:
                assert argument["source"]["kind"] in {"constant", "input", "step", "unknown"}


def test_the_case_of_an_errors_first_letter_is_left_open() -> None:
    assert any_case("Error: Order not found") == any_case("Error: order not found") == "Error: <*>rder not found"
    assert any_case("order not found") == "order not found"


def test_one_case_gives_a_provisional_workflow() -> None:
    (row,) = digests(cancel(1))
    found = from_case(row, row.cases[0])
    assert found.name == "cancel-order"
    assert found.sessions == 1
    assert activities(found) == ["get_order", "cancel_order"]
    assert [s.support for s in found.steps] == [(1, 1), (1, 1)]


def test_a_case_without_effects_or_words_gives_a_provisional_workflow_too() -> None:
    (row,) = digests(transcript("s", call("get_order", {"id": "1"}, {"x": 1})))
    found = from_case(row, row.cases[0])
    assert found.name
    assert found.triggers == ()
