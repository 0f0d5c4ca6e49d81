"""How many tasks a mined runbook completes by itself, with no model, against a simulated shop behind a real MCP server.

usage: python benchmarks/trial.py FOLDER
FOLDER holds the retail runs. The shop is put together from what their tools showed before anything was changed. Two folds by task: runbooks are mined from the runs of one half, and
walked for the tasks of the other. Judged is every cancellation, return and exchange that a task rightly ends in. What the request states is given as inputs: a value
that stands in it word for word, an item by the name under which the request speaks of it. It states all facts where every value of the right call is stated like
that, or is the only one that the person's records offer. With a yes to each approval, a walk completes rightly where the shop ends up changed as it should, wrongly
where it ends up changed otherwise.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from runlore.actions.mine import MineRequest, mine
from runlore.actions.show import get_draft
from runlore.actions.trial import TrialRequest, walk
from runlore.demo.shop import CHANGES, Shop
from runlore.errors import NoSuchName
from runlore.integrations.tool_server import open_tools
from runlore.settings import Settings

READS = ("get_user_details", "get_order_details", "get_product_details")


def rows(folder: Path) -> list[dict[str, Any]]:
    """Every run that did not crash in its harness."""
    found = []
    for file in sorted(folder.glob("tau*.jsonl.gz")):
        with gzip.open(file, "rt") as lines:
            found += [r for r in map(json.loads, lines) if r.get("messages") and not r.get("harness_error")]
    return found


def task_of(row: dict[str, Any]) -> int:
    digits = re.findall(r"\d+", str(row["task_id"]))
    return int(digits[-1]) if digits else 0


def shop_of(runs: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The shop as it was before any change: what reads showed, before the first call of a run that is none."""
    data: dict[str, dict[str, Any]] = {"users": {}, "orders": {}, "products": {}}
    for run in runs:
        names = {}
        for message in run["messages"]:
            for call in message.get("tool_calls") or []:
                given = call["arguments"]
                names[call["id"]] = (call["name"], json.loads(given) if isinstance(given, str) else given)
            if message["role"] != "tool" or message.get("tool_call_id") not in names:
                continue
            name, given = names[message["tool_call_id"]]
            if name in CHANGES or name.startswith("modify"):
                break
            try:
                shown = json.loads(message["content"] or "")
            except ValueError:
                continue
            if name not in READS or not isinstance(shown, dict):
                continue
            if name == "get_user_details":
                data["users"].setdefault(given["user_id"], shown)
            elif name == "get_order_details":
                data["orders"].setdefault(given["order_id"], shown)
            else:
                data["products"].setdefault(given["product_id"], shown)
    return data


def words(text: object) -> str:
    return " " + re.sub(r"[^a-z0-9#@._]+", " ", str(text).casefold()).strip() + " "


def stated(value: Any, request: str) -> bool:
    return words(value).strip(" .") != "" and f" {words(value).strip(' .')} " in re.sub(r"\.( |$)", r" \1", request)


def inputs_of(
    row: dict[str, Any], gold: dict[str, Any], data: dict[str, dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """What the request states, as inputs; and whether it states all that the right call needs."""
    request = words(
        row["instruction"]
        if isinstance(row["instruction"], str)
        else " ".join(str(v) for v in row["instruction"].values())
    )
    order = data["orders"].get(gold["arguments"]["order_id"])
    user = data["users"].get(order["user_id"]) if order else None
    if order is None or user is None:
        return {}, False
    given: dict[str, Any] = {}
    items = [[i["name"] for i in data["orders"].get(o, {}).get("items", [])] for o in user["orders"]]
    name, zip_code, email = user.get("name", {}), user["address"]["zip"], user.get("email", "")
    who = (
        ("first_name", name.get("first_name")),
        ("last_name", name.get("last_name")),
        ("zip", zip_code),
        ("email", email),
    )
    given |= {key: value for key, value in who if value and stated(value, request)}
    if stated(order["user_id"], request):  # the task's own way to say who somebody is
        given |= {"first_name": name["first_name"], "last_name": name["last_name"], "zip": zip_code}
    known = "email" in given or {"first_name", "last_name", "zip"} <= given.keys()
    enough = known
    for key, value in gold["arguments"].items():
        if key == "order_id":
            if stated(value, request):
                given[key] = value
            named = [
                next((i["name"] for i in order["items"] if i["item_id"] == v), "?")
                for v in gold["arguments"].get("item_ids", [])
            ]
            apart = bool(named) and sum(set(named) <= set(row_) for row_ in items) == 1
            enough &= key in given or len(user["orders"]) == 1 or apart
        elif key == "payment_method_id":
            method = user["payment_methods"].get(value, {})
            if stated(value, request):
                given[key] = value
            elif stated(method.get("source", "").replace("_", " "), request):
                given[key] = method["source"]
            alike = [m for m in user["payment_methods"].values() if m.get("source") == method.get("source")]
            enough &= (key in given and len(alike) == 1) or value == given.get(key) or len(user["payment_methods"]) == 1
        elif isinstance(value, list):
            names = [next((i["name"] for i in order["items"] if i["item_id"] == v), None) for v in value]
            every = [i["name"] for i in order["items"]]
            if key == "item_ids" and all(n and stated(n, request) and every.count(n) == 1 for n in names):
                given[key] = names
            elif all(stated(v, request) for v in value):
                given[key] = value
            enough &= key in given or (key == "item_ids" and len(order["items"]) == len(value) == 1)
        elif stated(value, request):
            given[key] = value
        else:
            enough = False
    return given, enough


def end_of(data: dict[str, Any], gold: dict[str, Any]) -> dict[str, Any]:
    """The orders as they should be after the right call."""
    shop = Shop(data["users"], data["orders"], data["products"])
    getattr(shop, gold["name"])(**gold["arguments"])
    return shop.orders


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print what became of each task")
    options = parser.parse_args()
    runs = rows(options.folder)
    data = shop_of(runs)
    tasks: dict[int, dict[str, Any]] = {}
    for run in runs:
        if run["dataset"] == "tau-bench" and isinstance(run["instruction"], str):
            tasks.setdefault(task_of(run), run)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    took: list[float] = []
    for fold in (0, 1):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(Path(folder, "home"), Path(folder))
            train = Path(folder, "train.jsonl")
            train.write_text(
                "".join(
                    json.dumps({"id": r["trajectory_id"], "reward": r["reward"], "messages": r["messages"]}) + "\n"
                    for r in runs
                    if task_of(r) % 2 == fold
                )
            )
            found = mine(settings, MineRequest((train,)))
            by_effect = {
                e: w.name for w in found.shown for e in w.effects if e in CHANGES and e.replace("_", "-") == w.name
            } | {e: w.name for w in found.shown for e in w.effects if e in CHANGES and len(w.effects) == 1}
            for number, row in sorted(tasks.items()):
                if number % 2 == fold:
                    continue
                for gold in row["gold_actions"]:
                    if gold["name"] in CHANGES:
                        try_task(settings, row, gold, data, by_effect, counts, took, options.show)
    for name, seen in sorted(counts.items()):
        print(name, dict(sorted(seen.items())))
    every = sum((c for n, c in counts.items() if n.endswith("all facts stated")), Counter())
    total = sum(every.values())
    print(
        f"requests that state all facts: {total}; completed rightly {every['right']} ({every['right'] / max(total, 1):.0%}), wrongly {every['wrong']}"
    )
    print(
        f"a walk takes {sum(took) / max(len(took), 1):.2f} s with the start of the server, at most {max(took, default=0):.2f} s; tokens: 0"
    )


def try_task(
    settings: Settings, row: dict[str, Any], gold: dict[str, Any], data: dict[str, Any], by_effect: dict[str, str],
    counts: dict[str, Counter[str]], took: list[float], show: bool,
) -> None:  # fmt: skip
    """Walk the runbook of one right effect of a task, and judge what the shop looks like afterwards."""
    given, enough = inputs_of(row, gold, data)
    effect = gold["name"]
    group = f"{effect}: {'all facts stated' if enough else 'something is left to find out'}"
    try:
        shown = get_draft(settings, by_effect.get(effect, effect.replace("_", "-")))
    except NoSuchName:
        counts[group]["no runbook"] += 1
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "shop.json")
        file.write_text(json.dumps(data))
        started = time.perf_counter()
        with open_tools(f"{sys.executable} -m runlore.demo.shop_server {file}") as tools:
            result = walk(
                shown.runbook, shown.evidence, TrialRequest(shown.name, given, act=True), tools, lambda *_: True, 0.0
            )
        took.append(time.perf_counter() - started)
        after = json.loads(file.read_text())["orders"]
    end = result.end
    if after == data["orders"]:
        outcome = end.outcome if end is not None else "stopped"
    else:
        outcome = "right" if after == end_of(data, gold) else "wrong"
    counts[group][outcome] += 1
    if show:
        print(row["task_id"], group, outcome, given, "|", end.why if end is not None else "", file=sys.stderr)


if __name__ == "__main__":
    main()
