"""The rules of the retail policy, written down by hand: scenes that each allows and forbids, and how often the runs kept to and broke it."""

from __future__ import annotations

import copy
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Call = tuple[str, dict[str, Any], Any]
"""A tool, its arguments, its result."""

EFFECTS = (
    "cancel_pending_order",
    "modify_pending_order_address",
    "modify_pending_order_payment",
    "modify_pending_order_items",
    "return_delivered_order_items",
    "exchange_delivered_order_items",
    "modify_user_address",
)
PENDING = EFFECTS[:4]
DELIVERED = EFFECTS[4:6]
ADDRESS = {"address1": "9 Elm Way", "address2": "", "city": "Boise", "state": "ID", "country": "USA", "zip": "83702"}
YES = re.compile(
    r"(?i)\b(yes|yeah|yep|sure|confirm\w*|proceed|go ahead|please (?:do|process|submit|continue)|sounds good|that works|correct|ok|okay)\b"
)


@dataclass(frozen=True)
class Scene:
    """What was seen before a call of an effect, and the call's arguments."""

    effect: str
    before: tuple[Call, ...]
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """A rule: the piece of the policy that says it, the effects that it binds, its scenes, and whether one attempt keeps to it (None: it does not apply)."""

    name: str
    sentence: str
    effects: tuple[str, ...]
    allowed: Callable[[str], Sequence[Scene]]
    forbidden: Callable[[str], Sequence[Scene]]
    keeps: Callable[[Attempt], bool | None]
    approval: bool = False


@dataclass
class World:
    """What a run has shown so far: orders as they stand, users, products, and what was done to an order."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    variants: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    done: set[tuple[str, str]] = field(default_factory=set)
    said: str = ""

    def take(self, tool: str, arguments: Mapping[str, Any], result: Any) -> None:
        """Take in a result that is no error."""
        if isinstance(result, dict) and "order_id" in result and "status" in result:
            self.orders[result["order_id"]] = result
        if isinstance(result, dict) and "payment_methods" in result:
            self.users[str(result.get("user_id") or arguments.get("user_id"))] = result
        if isinstance(result, dict) and "variants" in result:
            self.variants.update({key: (result["product_id"], v) for key, v in result["variants"].items()})
        if tool in EFFECTS and "order_id" in arguments:
            self.done.add((tool, str(arguments["order_id"])))


@dataclass(frozen=True)
class Attempt:
    """One call of an effect with the world before it."""

    effect: str
    arguments: dict[str, Any]
    world: World

    @property
    def order(self) -> dict[str, Any]:
        """The order as last seen; empty where it was not."""
        return self.world.orders.get(str(self.arguments.get("order_id")), {})

    @property
    def method(self) -> dict[str, Any]:
        """The payment method given, as the order's customer has it; empty where it was not seen."""
        user = self.world.users.get(self.order.get("user_id", ""), {})
        found: dict[str, Any] = user.get("payment_methods", {}).get(self.arguments.get("payment_method_id"), {})
        return found


def order(status: str = "pending", number: int = 1, user: str = "ann_lee_1001") -> dict[str, Any]:
    """An order of the shop."""
    return {
        "order_id": f"#W90000{number}", "user_id": user, "address": ADDRESS, "status": status,
        "items": [{"name": "Lamp", "product_id": f"70000000{number}", "item_id": f"80000000{number}", "price": 120.5 + number, "options": {"color": "red"}}],
        "fulfillments": [] if status.startswith("pending") else [{"tracking_id": [f"55000{number}"], "item_ids": [f"80000000{number}"]}],
        "payment_history": [{"transaction_type": "payment", "amount": 120.5 + number, "payment_method_id": f"credit_card_600{number}"}],
    }  # fmt: skip


def customer(balance: float = 500.0) -> dict[str, Any]:
    """A customer of the shop, with three payment methods and two orders."""
    methods = {
        "credit_card_6001": {"source": "credit_card", "id": "credit_card_6001", "brand": "visa", "last_four": "1111"},
        "credit_card_6009": {
            "source": "credit_card",
            "id": "credit_card_6009",
            "brand": "mastercard",
            "last_four": "9999",
        },
        "gift_card_7007": {"source": "gift_card", "id": "gift_card_7007", "balance": balance},
    }
    return {"user_id": "ann_lee_1001", "name": {"first_name": "Ann", "last_name": "Lee"}, "address": ADDRESS, "email": "ann@example.com", "payment_methods": methods, "orders": ["#W900001", "#W900002"]}  # fmt: skip


def product(number: int = 1) -> dict[str, Any]:
    """A product of the shop: its variants with and without stock."""
    make = [
        (f"80000000{number}", True, 120.5),
        (f"81000000{number}", True, 140.25),
        (f"82000000{number}", False, 99.75),
    ]
    variants = {i: {"item_id": i, "options": {"color": "blue"}, "available": a, "price": p} for i, a, p in make}
    return {"name": "Lamp", "product_id": f"70000000{number}", "variants": variants}


def given(effect: str, **changed: Any) -> dict[str, Any]:
    """The arguments of a call that the policy allows."""
    usual: dict[str, dict[str, Any]] = {
        "cancel_pending_order": {"order_id": "#W900001", "reason": "no longer needed"},
        "modify_pending_order_address": {"order_id": "#W900001", **ADDRESS, "address1": "12 Oak Row"},
        "modify_pending_order_payment": {"order_id": "#W900001", "payment_method_id": "credit_card_6009"},
        "modify_pending_order_items": {"order_id": "#W900001", "item_ids": ["800000001"], "new_item_ids": ["810000001"], "payment_method_id": "credit_card_6001"},
        "return_delivered_order_items": {"order_id": "#W900001", "item_ids": ["800000001"], "payment_method_id": "credit_card_6001"},
        "exchange_delivered_order_items": {"order_id": "#W900001", "item_ids": ["800000001"], "new_item_ids": ["810000001"], "payment_method_id": "credit_card_6001"},
        "modify_user_address": {"user_id": "ann_lee_1001", **ADDRESS, "address1": "12 Oak Row"},
    }  # fmt: skip
    return usual[effect] | changed


def scene(effect: str, status: str = "", balance: float = 500.0, user: str = "ann_lee_1001", after: Sequence[Call] = (), **changed: Any) -> Scene:  # fmt: skip
    """A scene: the customer, the order and another one, two products, then ``after``; the call as usual but for what is changed."""
    status = status or ("delivered" if effect in DELIVERED else "pending")
    named = {"first_name": "Ann", "last_name": "Lee", "zip": "83702"}
    before: list[Call] = [
        ("find_user_id_by_email", {"email": "ann@example.com"}, "ann_lee_1001"),
        ("find_user_id_by_name_zip", named, "ann_lee_1001"),
        ("get_user_details", {"user_id": "ann_lee_1001"}, customer(balance)),
        ("get_order_details", {"order_id": "#W900001"}, order(status, 1, user)),
        ("get_product_details", {"product_id": "700000001"}, product(1)),
        ("get_product_details", {"product_id": "700000002"}, product(2)),
        ("get_order_details", {"order_id": "#W900002"}, order("delivered", 2)),
        *after,
    ]
    return Scene(effect, tuple(copy.deepcopy(before)), given(effect, **changed))


def done(effect: str, status: str) -> Call:
    """The effect done before on the same order, with what its tool gives."""
    return effect, given(effect), order(status) | {"status": status}


def _usual(effect: str) -> list[Scene]:
    return [scene(effect)]


def _status(wanted: str) -> Callable[[str], list[Scene]]:
    others = [s for s in ("pending", "processed", "delivered", "cancelled") if s != wanted]
    return lambda effect: [scene(effect, status) for status in others]


def _has_status(wanted: str) -> Callable[[Attempt], bool | None]:
    def keeps(attempt: Attempt) -> bool | None:
        status = attempt.order.get("status")
        return None if status is None else status == wanted

    return keeps


def _each(effects: Sequence[str], name: str, sentence: str, wanted: str) -> Iterator[Rule]:
    for effect in effects:
        yield Rule(f"{name}: `{effect}`", sentence, (effect,), _usual, _status(wanted), _has_status(wanted))


def _once(effect: str, status: str) -> Callable[[str], list[Scene]]:
    return lambda _: [scene(effect, after=[done(effect, status)])]


def _is_first(attempt: Attempt) -> bool | None:
    return (attempt.effect, str(attempt.arguments.get("order_id"))) not in attempt.world.done


def _refund(attempt: Attempt) -> bool | None:
    if not attempt.order:
        return None
    paid = {p["payment_method_id"] for p in attempt.order["payment_history"]}
    return attempt.arguments.get("payment_method_id") in paid or attempt.method.get("source") == "gift_card"


def _available(attempt: Attempt) -> bool | None:
    known = [attempt.world.variants.get(i) for i in _listed(attempt.arguments.get("new_item_ids"))]
    return all(v[1].get("available") for v in known if v) if known and all(known) else None


def _same_product(attempt: Attempt) -> bool | None:
    new = [attempt.world.variants.get(i) for i in _listed(attempt.arguments.get("new_item_ids"))]
    own = {
        i["product_id"]
        for i in attempt.order.get("items", ())
        if i["item_id"] in _listed(attempt.arguments.get("item_ids"))
    }
    return {v[0] for v in new if v} <= own if new and all(new) and own else None


def _listed(value: Any) -> list[str]:
    if isinstance(value, str) and value.startswith("["):
        return re.findall(r"\d{6,}", value)
    return [str(v) for v in value] if isinstance(value, list) else []


def _another_method(attempt: Attempt) -> bool | None:
    if not attempt.order:
        return None
    return attempt.arguments.get("payment_method_id") not in {
        p["payment_method_id"] for p in attempt.order["payment_history"]
    }


def _covers(attempt: Attempt) -> bool | None:
    if attempt.method.get("source") != "gift_card" or not attempt.order:
        return None
    return bool(attempt.method["balance"] >= attempt.order["payment_history"][0]["amount"])


def _covers_difference(attempt: Attempt) -> bool | None:
    new = [attempt.world.variants.get(i) for i in _listed(attempt.arguments.get("new_item_ids"))]
    if attempt.method.get("source") != "gift_card" or not new or not all(new):
        return None
    old = sum(
        i["price"] for i in attempt.order.get("items", ()) if i["item_id"] in _listed(attempt.arguments.get("item_ids"))
    )
    return bool(sum(v[1]["price"] for v in new if v) - old <= attempt.method["balance"])


def _reason(attempt: Attempt) -> bool | None:
    return attempt.arguments.get("reason") in ("no longer needed", "ordered by mistake")


def _own(attempt: Attempt) -> bool | None:
    owner = attempt.order.get("user_id")
    return owner in attempt.world.users if owner and attempt.world.users else None


def _confirmed(attempt: Attempt) -> bool | None:
    return bool(YES.search(attempt.world.said))


_ITEMS = ("modify_pending_order_items", "exchange_delivered_order_items")

RULES: tuple[Rule, ...] = (
    *_each(PENDING[:1], "pending", "An order can only be cancelled if its status is 'pending'", "pending"),
    *_each(PENDING[1:], "pending", "An order can only be modified if its status is 'pending'", "pending"),
    *_each(DELIVERED[:1], "delivered", "An order can only be returned if its status is 'delivered'", "delivered"),
    *_each(DELIVERED[1:], "delivered", "An order can only be exchanged if its status is 'delivered'", "delivered"),
    *(
        Rule(f"confirmed: `{e}`", "you must list the action details and obtain explicit user confirmation", (e,), _usual, lambda _: [], _confirmed, approval=True)
        for e in EFFECTS
    ),
    Rule("one exchange an order", "Exchange or modify order tools can only be called once per order", _ITEMS[1:], _usual, _once(_ITEMS[1], "exchange requested"), _is_first),
    Rule("items modified once an order", "This action can only be called once", _ITEMS[:1], _usual, _once(_ITEMS[0], "pending (item modified)"), _is_first),
    Rule("refund to the original method or a gift card", "The refund must either go to the original payment method, or an existing gift card", DELIVERED[:1],
         lambda e: [scene(e), scene(e, payment_method_id="gift_card_7007")], lambda e: [scene(e, payment_method_id="credit_card_6009")], _refund),
    Rule("another payment method than before", "a single payment method different from the original payment method", PENDING[2:3],
         _usual, lambda e: [scene(e, payment_method_id="credit_card_6001")], _another_method),
    Rule("gift card covers the order", "it must have enough balance to cover the total amount", PENDING[2:3],
         lambda e: [scene(e), scene(e, payment_method_id="gift_card_7007")], lambda e: [scene(e, balance=3.5, payment_method_id="gift_card_7007")], _covers),
    *(
        Rule(f"new item is available: `{e}`", f"each item can be {'modified' if e in PENDING else 'exchanged'} to an available new item of the same product", (e,),
             _usual, lambda e: [scene(e, new_item_ids=["820000001"])], _available)
        for e in _ITEMS
    ),
    *(
        Rule(f"new item is of the same product: `{e}`", f"each item can be {'modified' if e in PENDING else 'exchanged'} to an available new item of the same product", (e,),
             _usual, lambda e: [scene(e, new_item_ids=["810000002"])], _same_product)
        for e in _ITEMS
    ),
    *(
        Rule(f"gift card covers the difference: `{e}`", "it must have enough balance to cover the price difference", (e,),
             lambda e: [scene(e), scene(e, payment_method_id="gift_card_7007")], lambda e: [scene(e, balance=3.5, payment_method_id="gift_card_7007")], _covers_difference)
        for e in _ITEMS
    ),
    Rule("one of two reasons", "either 'no longer needed' or 'ordered by mistake'", PENDING[:1],
         lambda e: [scene(e), scene(e, reason="ordered by mistake")], lambda e: [scene(e, reason="found it cheaper")], _reason),
    Rule("only the customer's own orders", "must deny any requests for tasks related to any other user", PENDING[:1],
         _usual, lambda e: [scene(e, user="bob_roy_2002")], _own),
)  # fmt: skip

SAID_BY_TOOLS: tuple[Rule, ...] = (
    Rule("new item differs from the old one", "of different product option", _ITEMS[:1], _usual, lambda e: [scene(e, new_item_ids=["800000001"])], lambda _: None),
    *(
        Rule(f"done once for each order: `{e}`", "the order status will be changed to", (e,), _usual,
             lambda e: [scene(e, after=[done(e, {"cancel_pending_order": "cancelled"}.get(e, "return requested"))])], lambda _: None)
        for e in ("cancel_pending_order", "return_delivered_order_items")
    ),
)  # fmt: skip
"""What the tools themselves refuse, or what follows from the status after the action; the policy says it in passing."""


def read_runs(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the runs that mining is judged on: those that did not crash, without the agents that wrap results in program text."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                run = json.loads(line)
                if (
                    run.get("messages")
                    and not run.get("harness_error")
                    and "assertions-agent" not in str(run["trajectory_id"])
                ):
                    yield run


def task_of(run: Mapping[str, Any]) -> int:
    """The number of a run's task."""
    return int((re.findall(r"\d+", str(run["task_id"])) or ["0"])[-1])


def read_attempts(folder: Path) -> Iterator[Attempt]:
    """Give every attempt of an effect in the runs, with the world before it."""
    for run in read_runs(folder):
        world = World()
        waiting: dict[str, tuple[str, dict[str, Any]]] = {}
        for message in run["messages"]:
            if message["role"] == "user":
                world.said = str(message.get("content") or "")
            for call in message.get("tool_calls") or ():
                arguments = json.loads(call["arguments"]) if isinstance(call["arguments"], str) else call["arguments"]
                waiting[call["id"]] = (call["name"], arguments)
                if call["name"] in EFFECTS:
                    yield Attempt(call["name"], arguments, copy.deepcopy(world))
            if message["role"] == "tool" and message.get("tool_call_id") in waiting:
                _take(world, waiting[message["tool_call_id"]], message)


def _take(world: World, call: tuple[str, dict[str, Any]], message: Mapping[str, Any]) -> None:
    text = str(message.get("content") or "")
    if message.get("error") or text.lstrip('"').startswith("Error"):
        return
    try:
        world.take(*call, json.loads(text))
    except ValueError:
        world.take(*call, text)


def tally(attempts: Iterator[Attempt]) -> dict[str, tuple[int, int]]:
    """Count for each rule how many attempts kept to it and how many broke it."""
    counts = {rule.name: [0, 0] for rule in RULES}
    for attempt in attempts:
        for rule in RULES:
            kept = rule.keeps(attempt) if attempt.effect in rule.effects else None
            if kept is not None:
                counts[rule.name][not kept] += 1
    return {name: (kept, broken) for name, (kept, broken) in counts.items()}
