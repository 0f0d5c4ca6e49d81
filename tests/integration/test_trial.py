"""Runbooks walked against a simulated shop behind a real MCP server: certain cases complete, uncertain ones stop, forbidden ones are refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from chats import make_settings, mine_paths
from click.testing import CliRunner

pytest.importorskip("mcp")

from runlore.actions.trial import TrialRequest, TrialResult, parse_inputs, read_issue, trial, walk
from runlore.cli.main import cli
from runlore.corpus import drafts
from runlore.demo.shop_sessions import make_shop, write_shop, write_shop_sessions
from runlore.errors import ToolServerFailed, UsageError
from runlore.integrations.tool_server import ToolServer, open_tools
from runlore.model import Evidence
from runlore.model.runbook import Runbook
from runlore.runbooks.parse import parse

SHOP = {
    "users": {
        "ada_1": {
            "name": {"first_name": "Ada", "last_name": "Berg"},
            "email": "ada@example.org",
            "address": {"zip": "10115"},
            "payment_methods": {"card_11": {"id": "card_11", "source": "credit card"}},
            "orders": ["#A1001", "#A1002", "#A1003"],
        }
    },
    "orders": {
        "#A1001": {"order_id": "#A1001", "user_id": "ada_1", "status": "pending", "items": []},
        "#A1002": {
            "order_id": "#A1002",
            "user_id": "ada_1",
            "status": "delivered",
            "items": [
                {"item_id": "7001", "product_id": "90", "name": "Desk Lamp"},
                {"item_id": "7002", "product_id": "91", "name": "Kettle"},
            ],
        },
        "#A1003": {"order_id": "#A1003", "user_id": "ada_1", "status": "cancelled", "items": []},
    },
    "products": {
        "90": {
            "product_id": "90",
            "name": "Desk Lamp",
            "variants": {
                "7001": {"item_id": "7001", "available": True},
                "7009": {"item_id": "7009", "available": True},
            },
        }
    },
}
HEAD = """---
name: {name}
description: {name} for a customer. Use when one asks for it.
owner: shop-lead
---

# {name}

## Steps

### 1. Find the customer

- Tool: `find_user_id_by_email`
- With: `email` from input `email`

### 2. Look at the customer

- Tool: `get_user_details`
- With: `user_id` from step 1 at `$`

### 3. Look at the order

- Tool: `get_order_details`
- With: `order_id` from step 2 at `$.orders[*]`

"""
CANCEL = (
    HEAD.format(name="cancel-order")
    + """### 4. Cancel the order

- Tool: `cancel_pending_order`
- With: `order_id` from step 2 at `$.orders[*]`; `reason` = "no longer needed"
- Proceed only if: `step 3 $.status` = "pending"
- Approval: the customer, over `order_id`
- Proof (P1): tool result, `$.status` = "cancelled"
"""
)
RETURN = (
    HEAD.format(name="return-items")
    + """### 4. Return the items

- Tool: `return_delivered_order_items`
- With: `order_id` from step 2 at `$.orders[*]`; `item_ids[*]` from step 3 at `$.items[*].item_id`; `payment_method_id` from step 2 at `$.payment_methods[*].id`
- Proceed only if: `step 3 $.status` = "delivered"
"""
)
EXCHANGE = (
    HEAD.format(name="exchange-items")
    + """### 4. Exchange the items

- Tool: `exchange_delivered_order_items`
- With: `order_id` from step 2 at `$.orders[*]`; `item_ids[*]` from step 3 at `$.items[*].item_id`; `new_item_ids[*]` from input `new_item_ids`; `payment_method_id` from step 2 at `$.payment_methods[*].id`
- Proceed only if: `step 3 $.status` = "delivered"
"""
)
WHO = {"email": "ada@example.org"}


def runbook(text: str) -> Runbook:
    value, problems = parse(text, "RUNBOOK.md")
    assert not [p for p in problems if p.level == "error"], problems
    return value


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(SHOP))
    return file


def server_of(shop: Path) -> str:
    return f'"{sys.executable}" -m runlore.demo.shop_server "{shop}"'


@pytest.fixture
def tools(shop: Path) -> Iterator[ToolServer]:
    with open_tools(server_of(shop)) as server:
        yield server


def say_yes(*_: object) -> bool:
    return True


def go(
    text: str, tools: ToolServer, act: bool = True, evidence: Mapping[str, Evidence] | None = None, **inputs: Any
) -> TrialResult:
    value = runbook(text)
    return walk(value, dict(evidence or {}), TrialRequest(value.name, WHO | inputs, act=act), tools, say_yes, 0.0)


def test_certain_cases_of_each_kind_complete_with_no_model(tools: ToolServer, shop: Path) -> None:
    assert go(CANCEL, tools, order_id="#A1001").complete
    assert go(EXCHANGE, tools, item_ids="Desk Lamp", new_item_ids="7009").complete
    orders = json.loads(shop.read_text())["orders"]
    assert orders["#A1001"]["status"] == "cancelled"
    assert orders["#A1002"]["exchange_new_items"] == ["7009"]


def test_what_a_person_calls_by_name_is_found_and_tells_which_order_is_meant(tools: ToolServer, shop: Path) -> None:
    result = go(RETURN, tools, item_ids="Kettle, Desk Lamp")
    assert result.complete
    assert result.end is not None
    assert result.end.arguments["order_id"] == "#A1002"
    assert json.loads(shop.read_text())["orders"]["#A1002"]["return_items"] == ["7001", "7002"]


def test_nothing_is_changed_without_act(tools: ToolServer, shop: Path) -> None:
    before = shop.read_text()
    result = go(CANCEL, tools, act=False, order_id="#A1001")
    assert result.end is not None
    assert result.end.outcome == "would send"
    assert result.end.arguments == {"order_id": "#A1001", "reason": "no longer needed"}
    assert not result.complete
    assert shop.read_text() == before


def test_a_no_at_the_terminal_sends_nothing(tools: ToolServer, shop: Path) -> None:
    before = shop.read_text()
    asked: list[Mapping[str, Any]] = []

    def say_no(_step: object, _tool: str, arguments: Mapping[str, Any]) -> bool:
        asked.append(arguments)
        return False

    value = runbook(CANCEL)
    result = walk(value, {}, TrialRequest(value.name, WHO | {"order_id": "#A1001"}, act=True), tools, say_no, 0.0)
    assert result.end is not None
    assert result.end.outcome == "declined"
    assert asked == [{"order_id": "#A1001", "reason": "no longer needed"}], "exactly what would be sent was shown"
    assert shop.read_text() == before


@pytest.mark.parametrize(
    ("text", "inputs", "why"),
    [
        (CANCEL, {}, "`order_id` could be any of 3"),
        (RETURN, {}, "which of 2 is meant by `item_ids[*]` was not said"),
        (RETURN, {"item_ids": "Teapot"}, "“Teapot” for `item_ids[*]` is not among what step 3 gave"),
        (EXCHANGE, {"item_ids": "Kettle"}, "input `new_item_ids` was not given"),
        (CANCEL, {"order_id": "#B9999"}, "is not among what step 2 gave"),
    ],
)
def test_uncertain_cases_stop_and_say_why(
    text: str, inputs: dict[str, Any], why: str, tools: ToolServer, shop: Path
) -> None:
    before = shop.read_text()
    result = go(text, tools, **inputs)
    assert result.end is not None
    assert result.end.outcome == "stopped"
    assert why in result.end.why
    assert shop.read_text() == before


def test_a_constant_that_does_not_always_hold_is_asked_for(tools: ToolServer) -> None:
    sometimes = {"step-4/with/reason": Evidence((8, 10))}
    result = go(CANCEL, tools, evidence=sometimes, order_id="#A1001")
    assert result.end is not None
    assert result.end.why == "`reason` is usually “no longer needed”, and not always: say it with --input"
    assert go(CANCEL, tools, evidence=sometimes, order_id="#A1001", reason="ordered by mistake").complete


def test_forbidden_cases_are_refused_before_anything_is_sent(tools: ToolServer, shop: Path) -> None:
    before = shop.read_text()
    result = go(CANCEL, tools, order_id="#A1003")
    assert result.end is not None
    assert result.end.outcome == "refused"
    assert result.end.why == 'a guard forbids it: proceed only if `step 3 $.status` = "pending"'
    assert shop.read_text() == before


def test_a_guard_in_plain_words_is_a_persons_to_judge(tools: ToolServer) -> None:
    text = CANCEL.replace("- Approval:", "- Proceed only if: the customer sounds sure\n- Approval:")
    result = go(text, tools, order_id="#A1001")
    assert result.end is not None
    assert result.end.outcome == "stopped"
    assert result.end.why == "a guard cannot be decided: the customer sounds sure"


def test_what_the_tool_refuses_ends_the_walk(tools: ToolServer) -> None:
    text = CANCEL.replace('- Proceed only if: `step 3 $.status` = "pending"\n', "")
    result = go(text, tools, order_id="#A1002")
    assert result.end is not None
    assert result.end.outcome == "failed"
    assert "non-pending order cannot be cancelled" in result.end.why


def test_a_step_of_a_person_stops_the_walk(tools: ToolServer) -> None:
    text = CANCEL.replace(
        "- Tool: `get_order_details`\n- With: `order_id` from step 2 at `$.orders[*]`\n", "Think it over.\n", 1
    )
    result = go(text, tools, order_id="#A1001")
    assert result.end is not None
    assert (result.end.step, result.end.why) == (3, "this step is a person's to do or to judge")


def test_a_server_that_does_not_start_is_said_to_be_none() -> None:
    with pytest.raises(ToolServerFailed, match="it cannot be opened"), open_tools("/nowhere/at-all"):
        pytest.fail("there is no such server")


def test_runbooks_that_were_mined_from_the_shops_own_sessions_are_walked_to_their_end(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    write_shop_sessions(tmp_path / "sessions.jsonl")
    mine_paths(settings, tmp_path / "sessions.jsonl")
    file = tmp_path / "shop.json"
    write_shop(file)
    shop = make_shop()
    cora = shop.users["cora_distel_324"]["orders"]
    email = {"email": "cora@example.org"}
    cancel = email | {"order_id": cora[0], "reason": "no longer needed"}
    back = email | {"order_id": cora[1], "item_ids": "Doormat"}
    other = {"email": "dano@example.org", "order_id": "#D4191", "item_ids": "Desk Lamp", "new_item_ids": "90771"}
    forbidden = email | {"order_id": cora[1], "reason": "no longer needed"}
    ends = {}
    with open_tools(server_of(file)) as tools:
        for name, inputs in (
            ("cancel-pending-order", forbidden),
            ("cancel-pending-order", cancel),
            ("return-delivered-order-items", back),
            ("exchange-delivered-order-items", other),
        ):
            result = trial(settings, TrialRequest(name, inputs, act=True), tools, say_yes)
            assert result.end is not None
            ends[name, result.end.outcome] = result.end.why
    assert list(ends) == [
        ("cancel-pending-order", "refused"),
        ("cancel-pending-order", "sent"),
        ("return-delivered-order-items", "sent"),
        ("exchange-delivered-order-items", "sent"),
    ], ends
    orders = json.loads(file.read_text())["orders"]
    assert [orders[number]["status"] for number in (cora[0], cora[1], "#D4191")] == [
        "cancelled",
        "return requested",
        "exchange requested",
    ]


def test_the_command_line_shows_what_would_be_sent_and_needs_a_terminal_to_send(tmp_path: Path, shop: Path) -> None:
    home = tmp_path / "home"
    drafts.write_draft(home, "cancel-order", CANCEL, CANCEL, {})
    _know_one_workflow(home)
    issue = tmp_path / "issue.md"
    issue.write_text("A customer writes.\n\nemail: ada@example.org\norder_id: #A1001\n")
    words = ["--home", str(home), "trial", "cancel-order", "--issue", str(issue), "--tools", server_of(shop)]
    shown = CliRunner().invoke(cli, words)
    assert shown.exit_code == 0, shown.output
    assert 'cancel_pending_order {"order_id": "#A1001", "reason": "no longer needed"}' in shown.output
    assert "Nothing was changed" in shown.output
    acted = CliRunner().invoke(cli, [*words, "--act"], input="y\n")
    assert acted.exit_code == 1, "a yes that comes through a pipe is no person's"
    assert "nobody at the terminal" in acted.output
    assert json.loads(shop.read_text())["orders"]["#A1001"]["status"] == "pending"


def _know_one_workflow(home: Path) -> None:
    """Findings without a workflow: the draft stands by itself."""
    from runlore.corpus.findings import Findings, write_findings

    write_findings(home, Findings("key", (), (), (), {}, (), 0, 0))


def test_inputs_are_pairs() -> None:
    assert parse_inputs(["a=1", "b.c= x y "]) == {"a": "1", "b.c": "x y"}
    with pytest.raises(UsageError, match="name=value"):
        parse_inputs(["a"])


def test_the_fields_of_an_issue_are_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "issue.md"
    file.write_text("Dear shop,\nplease note: not a field because of its spaces\norder_id: #A1\nemail: a@b.org\n")
    assert read_issue(file) == {"order_id": "#A1", "email": "a@b.org"}
