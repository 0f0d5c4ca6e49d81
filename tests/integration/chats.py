"""Conversations in the chat form, one a line, written by the tests: a shop whose agent cancels and returns."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runlore.actions.mine import MineRequest, MineResult, mine
from runlore.settings import Settings


def conversation(name: str, words: str, *calls: tuple[str, dict[str, Any], Any]) -> str:
    """One line: what the person asks for, then calls (tool, arguments, result)."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": words}]
    for number, (tool, arguments, result) in enumerate(calls):
        function = {"name": tool, "arguments": json.dumps(arguments)}
        use = {"id": f"c{number}", "type": "function", "function": function}
        messages.append({"role": "assistant", "content": None, "tool_calls": [use]})
        messages.append({"role": "tool", "tool_call_id": use["id"], "content": json.dumps(result)})
    return json.dumps({"id": name, "messages": messages})


def cancelled(number: int, *more: tuple[str, dict[str, Any], Any]) -> str:
    """A session in which an order is looked up and cancelled."""
    order = f"W10{number}55"
    return conversation(
        f"cancel-{number}",
        f"please cancel order {order}, I no longer need it",
        ("get_order", {"order_id": order}, {"order_id": order, "card": f"card_{number}91"}),
        ("cancel_order", {"order_id": order, "card": f"card_{number}91"}, {"status": "cancelled"}),
        *more,
    )


def returned(number: int) -> str:
    """A session in which something is sent back."""
    return conversation(
        f"return-{number}",
        f"I want to send the lamp number W20{number}55 back for a refund",
        ("return_item", {"order_id": f"W20{number}55"}, {"status": "returned", "label": f"L{number}0071"}),
    )


def write(path: Path, lines: Iterable[str]) -> Path:
    """Write conversations to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def make_settings(folder: Path) -> Settings:
    """Settings with a home and a person's home folder in the given one."""
    (folder / "person").mkdir(exist_ok=True)
    return Settings(home=folder / "home", user_home=folder / "person", secret="tests")


def mine_paths(settings: Settings, *paths: Path) -> MineResult:
    """Mine the given paths."""
    return mine(settings, MineRequest(paths))
