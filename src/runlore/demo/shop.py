"""A simulated shop, its data in memory: customers, orders and products, and the few things that one can do with them.

Used by the demo, by tests and by the benchmark of trials. It refuses what a shop refuses, and remembers what was changed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

REASONS = ("no longer needed", "ordered by mistake")


class Refused(Exception):
    """What was asked for cannot be done; its text is what the shop says."""


class Shop:
    """A shop. ``users``, ``orders`` and ``products`` are JSON objects by id."""

    def __init__(self, users: dict[str, Any], orders: dict[str, Any], products: dict[str, Any]) -> None:
        self.users = copy.deepcopy(users)
        self.orders = copy.deepcopy(orders)
        self.products = copy.deepcopy(products)

    def find_user_id_by_email(self, email: str) -> str:
        for user_id, user in self.users.items():
            if str(user.get("email", "")).casefold() == email.casefold():
                return user_id
        raise Refused("Error: user not found")

    def find_user_id_by_name_zip(self, first_name: str, last_name: str, zip: str) -> str:
        for user_id, user in self.users.items():
            name = user.get("name", {})
            same = (name.get("first_name", ""), name.get("last_name", ""), user.get("address", {}).get("zip", ""))
            if tuple(str(v).casefold() for v in same) == (
                first_name.casefold(),
                last_name.casefold(),
                str(zip).casefold(),
            ):
                return user_id
        raise Refused("Error: user not found")

    def get_user_details(self, user_id: str) -> dict[str, Any]:
        if user_id not in self.users:
            raise Refused("Error: user not found")
        return dict(self.users[user_id])

    def get_order_details(self, order_id: str) -> dict[str, Any]:
        return dict(self._order(order_id))

    def get_product_details(self, product_id: str) -> dict[str, Any]:
        if product_id not in self.products:
            raise Refused("Error: product not found")
        return dict(self.products[product_id])

    def cancel_pending_order(self, order_id: str, reason: str) -> dict[str, Any]:
        order = self._order(order_id)
        if order["status"] != "pending":
            raise Refused("Error: non-pending order cannot be cancelled")
        if reason not in REASONS:
            raise Refused("Error: invalid reason")
        order["status"] = "cancelled"
        order["cancel_reason"] = reason
        return dict(order)

    def return_delivered_order_items(
        self, order_id: str, item_ids: Sequence[str], payment_method_id: str
    ) -> dict[str, Any]:
        order = self._order(order_id)
        if order["status"] != "delivered":
            raise Refused("Error: non-delivered order cannot be returned")
        self._check_payment(order, payment_method_id)
        self._check_items(order, item_ids)
        order["status"] = "return requested"
        order["return_items"] = sorted(item_ids)
        order["return_payment_method_id"] = payment_method_id
        return dict(order)

    def exchange_delivered_order_items(
        self, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
    ) -> dict[str, Any]:
        order = self._order(order_id)
        if order["status"] != "delivered":
            raise Refused("Error: non-delivered order cannot be exchanged")
        self._check_payment(order, payment_method_id)
        self._check_items(order, item_ids)
        if len(item_ids) != len(new_item_ids):
            raise Refused("Error: the number of items to be exchanged should match")
        products = {item["item_id"]: item["product_id"] for item in order["items"]}
        for old, new in zip(item_ids, new_item_ids, strict=True):
            variant = self.products.get(products[old], {}).get("variants", {}).get(new)
            if variant is None or not variant.get("available"):
                raise Refused(f"Error: new item {new} not found or available")
        order["status"] = "exchange requested"
        order["exchange_items"] = sorted(item_ids)
        order["exchange_new_items"] = sorted(new_item_ids)
        order["exchange_payment_method_id"] = payment_method_id
        return dict(order)

    def transfer_to_human_agents(self, summary: str) -> str:
        return f"Transfer successful: {summary[:80]}"

    def _order(self, order_id: str) -> dict[str, Any]:
        if order_id not in self.orders:
            raise Refused("Error: order not found")
        order: dict[str, Any] = self.orders[order_id]
        return order

    def _check_payment(self, order: Mapping[str, Any], method: str) -> None:
        user = self.users.get(order.get("user_id", ""), {})
        if method not in user.get("payment_methods", {}):
            raise Refused("Error: payment method not found")

    def _check_items(self, order: Mapping[str, Any], item_ids: Sequence[str]) -> None:
        have = [item["item_id"] for item in order["items"]]
        for item in item_ids:
            if list(item_ids).count(item) > have.count(item):
                raise Refused(f"Error: item {item} not found")


READS = (
    "find_user_id_by_email",
    "find_user_id_by_name_zip",
    "get_user_details",
    "get_order_details",
    "get_product_details",
)
CHANGES = ("cancel_pending_order", "return_delivered_order_items", "exchange_delivered_order_items")
OTHERS = ("transfer_to_human_agents",)


def read_shop(file: Path) -> Shop:
    """Read a shop from a JSON file ``{users, orders, products}``."""
    data = json.loads(file.read_text("utf-8"))
    return Shop(data["users"], data["orders"], data["products"])
