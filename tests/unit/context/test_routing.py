"""Routing: trained on what was served, honest where nothing fits, and the same in whatever order it learned."""

from __future__ import annotations

import random

import msgspec
import pytest

from runlore.context.routing import Request, Router, Served, lines_of, train
from runlore.mining.words import content_words

CANCEL = [
    "please cancel my order, I no longer need it",
    "I want to cancel the order from last week",
    "cancel order number five for me",
    "my plans changed, cancel what I bought",
    "could you cancel an order that is still pending",
]
RETURN = [
    "I would like to return the shoes that I got",
    "how do I send the lamp back for a refund",
    "return two things from my delivery",
    "the desk arrived broken, I want to return it",
    "send it back please, refund to my card",
]
POST = [
    "publish the picture on instagram",
    "put the new boat on our instagram account",
    "we need an instagram post about the harbour",
    "post the carousel to instagram today",
    "instagram reel for the summer festival, please publish",
]


def lines(text: str) -> tuple[tuple[str, ...], ...]:
    return lines_of(content_words(line) for line in text.splitlines())


def served(name: str, title: str, requests: list[str], first: int = 0) -> Served:
    return Served(name, content_words(title), tuple(Request(lines(r), first + n) for n, r in enumerate(requests)))


LIBRARY = [
    served("cancel-order", "Cancel an order", CANCEL),
    served("return-items", "Return items", RETURN, 100),
    served("publish-instagram-post", "Publish an Instagram post", POST, 200),
]


def names(router: Router, text: str) -> list[str]:
    return [r.name for r in router.route(lines(text))]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("cancel the pending order, my plans have changed", "cancel-order"),
        ("the lamp is broken and I want a refund for it", "return-items"),
        ("a reel of the boat for the festival should go on instagram", "publish-instagram-post"),
    ],
)
def test_wording_that_was_not_seen_is_routed_by_experience(words: str, name: str) -> None:
    router = train(LIBRARY)
    assert names(router, words)[0] == name


def test_scores_are_shares_best_first() -> None:
    routes = train(LIBRARY).route(lines("please cancel the order"))
    scores = [r.score for r in routes]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= s <= 1 for s in scores)
    assert sum(scores) <= 1.001


def test_titles_alone_suffice_where_few_requests_are_known() -> None:
    router = train([Served(e.name, e.own, ()) for e in LIBRARY])
    assert names(router, "cancel my order")[0] == "cancel-order"
    assert names(router, "an instagram post, please")[0] == "publish-instagram-post"


@pytest.mark.parametrize(
    "words",
    [
        "what is the capital of France and how high is its tower",
        "tune the garbage collector of the kernel module",
        "",
        "12345 !!! ---",
        "\ud83d\ude00 \x00",
    ],
)
def test_nothing_fits_a_foreign_request(words: str) -> None:
    assert names(train(LIBRARY), words) == []


def test_an_empty_library_fits_nothing() -> None:
    assert names(train([]), "cancel my order") == []


def test_a_library_of_one_fits_its_own_work_alone() -> None:
    router = train(LIBRARY[:1])
    assert names(router, "cancel my order") == ["cancel-order"]
    assert names(router, "publish an instagram reel") == []


@pytest.mark.parametrize("seed", range(4))
def test_learning_does_not_depend_on_order(seed: int) -> None:
    mixed = [Served(e.name, e.own, tuple(random.Random(seed).sample(e.requests, len(e.requests)))) for e in LIBRARY]
    random.Random(seed).shuffle(mixed)
    assert msgspec.msgpack.encode(train(mixed), order="deterministic") == msgspec.msgpack.encode(
        train(LIBRARY), order="deterministic"
    )


def test_a_router_can_be_stored() -> None:
    router = train(LIBRARY)
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(router), type=Router)
    query = lines("please cancel the order")
    assert stored.route(query) == router.route(query)


def test_the_same_work_done_again_does_not_drown_the_verb() -> None:
    again = Served(
        "cancel-order",
        content_words("Cancel an order"),
        tuple(Request(lines("stop the blue garden hose"), 7) for _ in range(60)),
    )
    other = served("return-items", "Return items", RETURN, 100)
    assert names(train([again, other]), "I want to return the garden hose")[0] == "return-items"


def test_a_request_that_two_workflows_served_may_lead_to_both() -> None:
    both = Request(lines("cancel the order and send the lamp back"), 900, 2)
    library = [Served(e.name, e.own, (*e.requests, both)) for e in LIBRARY[:2]]
    assert set(names(train(library), "cancel one order and send the other lamp back")) == {
        "cancel-order",
        "return-items",
    }
