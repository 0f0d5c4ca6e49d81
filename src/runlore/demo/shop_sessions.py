"""The simulated shop's own data, and the sessions that its agents left: orders cancelled, returned and exchanged, and some that were rightly left alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from runlore.demo.shop import Refused, Shop

FIRST: Final = ("Ada", "Bela", "Cora", "Dano", "Edda", "Finn", "Gesa", "Hugo", "Iris", "Jona", "Kaja", "Lars")
LAST: Final = (
    "Amsel",
    "Birke",
    "Distel",
    "Esche",
    "Farn",
    "Ginster",
    "Hasel",
    "Iltis",
    "Kiefer",
    "Linde",
    "Moos",
    "Nelke",
)
GOODS: Final = (("Desk Lamp", 90, 42.5), ("Kettle", 91, 31.0), ("Bookshelf", 92, 118.0), ("Doormat", 93, 19.9))


def make_shop() -> Shop:
    """Twelve customers, each with one order that is pending, one delivered, one under way."""
    users: dict[str, Any] = {}
    orders: dict[str, Any] = {}
    for n, (first, last) in enumerate(zip(FIRST, LAST, strict=True)):
        user = f"{first.lower()}_{last.lower()}_{310 + 7 * n}"
        numbers = [f"#D{4100 + 30 * n + k}" for k in range(3)]
        card = f"card_{5500 + 13 * n}"
        users[user] = {
            "name": {"first_name": first, "last_name": last},
            "email": f"{first.lower()}@example.org",
            "address": {"zip": f"1{n:02d}15"},
            "payment_methods": {card: {"id": card, "source": "card"}},
            "orders": numbers,
        }
        for k, status in enumerate(("pending", "delivered", "processed")):
            goods = [GOODS[(n + k) % 4], GOODS[(n + k + 1) % 4]]
            items = [
                {"item_id": f"{number}{n:02d}{k}1", "product_id": str(number), "name": name, "price": price}
                for name, number, price in goods
            ]
            orders[numbers[k]] = {"order_id": numbers[k], "user_id": user, "status": status, "items": items}
    products = {
        str(number): {
            "product_id": str(number),
            "name": name,
            "variants": {f"{number}77{v}": {"item_id": f"{number}77{v}", "available": v != 2} for v in range(4)},
        }
        for name, number, _ in GOODS
    }
    return Shop(users, orders, products)


def write_shop(file: Path) -> None:
    """Write the shop's data to a file, for the server."""
    shop = make_shop()
    data = {"users": shop.users, "orders": shop.orders, "products": shop.products}
    file.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", "utf-8")


class _Session:
    """One conversation while it is told: what is called is called, on the shop itself."""

    def __init__(self, shop: Shop, name: str) -> None:
        self.shop = shop
        self.name = name
        self.messages: list[dict[str, Any]] = []

    def person(self, text: str) -> None:
        self.messages.append({"role": "user", "content": text})

    def agent(self, text: str) -> None:
        self.messages.append({"role": "assistant", "content": text})

    def call(self, tool: str, **given: Any) -> Any:
        use = {
            "id": f"call_{len(self.messages)}",
            "type": "function",
            "function": {"name": tool, "arguments": json.dumps(given)},
        }
        self.messages.append({"role": "assistant", "content": None, "tool_calls": [use]})
        try:
            result = getattr(self.shop, tool)(**given)
        except Refused as refused:
            result = str(refused)
        text = result if isinstance(result, str) else json.dumps(result)
        self.messages.append({"role": "tool", "tool_call_id": use["id"], "content": text})
        return result

    def meet(self, number: int, wish: str) -> tuple[str, dict[str, Any]]:
        """The opening of every session: who is it, and what do they have."""
        email = f"{FIRST[number].lower()}@example.org"
        self.person(f"Hello, {wish}. My address is {email}.")
        user_id = self.call("find_user_id_by_email", email=email)
        return user_id, self.call("get_user_details", user_id=user_id)

    def line(self) -> str:
        return json.dumps({"id": self.name, "messages": self.messages})


def _cancel(session: _Session, number: int, which: int) -> None:
    order_id = make_shop().users[_user(number)]["orders"][which]
    session.meet(number, f"please cancel my order {order_id}, it is no longer needed")
    order = session.call("get_order_details", order_id=order_id)
    if order["status"] != "pending" and number % 2:
        session.agent(f"Order {order_id} is {order['status']}, so it stays as it is.")
        session.person("All right, thank you.")
        return
    session.agent(f"I would cancel order {order_id} because it is no longer needed. Do you confirm (yes)?")
    session.person("Yes, please.")
    session.call("cancel_pending_order", order_id=order_id, reason="no longer needed")
    session.agent(f"That is what I could do for order {order_id}.")
    session.person("Thank you!")


def _return(session: _Session, number: int, which: int) -> None:
    shop = make_shop()
    order_id = shop.users[_user(number)]["orders"][which]
    item = shop.orders[order_id]["items"][number % 2]
    _, user = session.meet(number, f"I want to return the {item['name']} of order {order_id}")
    order = session.call("get_order_details", order_id=order_id)
    if order["status"] != "delivered" and number % 2:
        session.agent(f"Order {order_id} is {order['status']}, so nothing of it can be returned yet.")
        session.person("I see, thank you.")
        return
    session.agent(f"I would take back the {item['name']} and pay to your card. Do you confirm (yes)?")
    session.person("Yes, go ahead.")
    [card] = user["payment_methods"]
    session.call("return_delivered_order_items", order_id=order_id, item_ids=[item["item_id"]], payment_method_id=card)
    session.agent(f"That is what I could do for order {order_id}.")
    session.person("Thanks!")


def _exchange(session: _Session, number: int, which: int) -> None:
    shop = make_shop()
    order_id = shop.users[_user(number)]["orders"][which]
    item = shop.orders[order_id]["items"][(number + 1) % 2]
    wanted = f"{item['product_id']}77{(0, 1, 3)[number % 3]}"
    _, user = session.meet(number, f"please exchange the {item['name']} of order {order_id} for the model {wanted}")
    order = session.call("get_order_details", order_id=order_id)
    session.call("get_product_details", product_id=item["product_id"])
    if order["status"] != "delivered" and number % 2:
        session.agent(f"Order {order_id} is {order['status']}, so nothing of it can be exchanged.")
        session.person("A pity, thank you.")
        return
    session.agent(f"I would exchange the {item['name']} for {wanted}. Do you confirm (yes)?")
    session.person("Yes, I confirm.")
    [card] = user["payment_methods"]
    session.call(
        "exchange_delivered_order_items",
        order_id=order_id, item_ids=[item["item_id"]], new_item_ids=[wanted], payment_method_id=card,
    )  # fmt: skip
    session.agent(f"That is what I could do for order {order_id}.")
    session.person("Great, thank you.")


def _user(number: int) -> str:
    return f"{FIRST[number].lower()}_{LAST[number].lower()}_{310 + 7 * number}"


KINDS: Final[tuple[tuple[str, Callable[[_Session, int, int], None], int, int], ...]] = (
    ("cancel", _cancel, 0, 2),
    ("return", _return, 1, 0),
    ("exchange", _exchange, 1, 2),
)
"""Each kind of work: how it is told, which order of a customer it is right for, and which it is not."""


def shop_sessions() -> list[str]:
    """The sessions, one chat transcript a line: of each kind eleven that go well, and five about an order that it may not be done to."""
    lines = []
    for kind, tell, right, wrong in KINDS:
        for number in range(11):
            session = _Session(make_shop(), f"shop-{kind}-{number:02d}")
            tell(session, number, right)
            lines.append(session.line())
        for number in range(5):
            session = _Session(make_shop(), f"shop-{kind}-wrong-{number:02d}")
            tell(session, number, wrong)
            lines.append(session.line())
    return lines


def write_shop_sessions(file: Path) -> int:
    """Write the sessions to a file of chat transcripts; gives how many there are."""
    lines = shop_sessions()
    file.write_text("".join(line + "\n" for line in lines), "utf-8")
    return len(lines)
