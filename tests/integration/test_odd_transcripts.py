"""Odd values in transcripts: mined, kept, drafted and printed without a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chats import conversation, make_settings, mine_paths, write

from runlore.actions.drafts import draft_states
from runlore.actions.mine import machine_form


def nested(depth: int) -> dict[str, Any]:
    value: Any = "bottom"
    for _ in range(depth):
        value = {"in": [value]}
    return {"top": value}


ODD: dict[str, tuple[dict[str, Any], Any]] = {
    "numbers beyond 64 bits": ({"size": 10**30, "low": -(10**25), "id": 10**200}, {"n": 10**30}),
    "numbers that are none": ({"a": float("nan"), "b": float("inf")}, {"x": float("nan")}),
    "half a surrogate pair": ({"t": '{"a":"\\ud800"}', "u": "\ud800"}, {"x": "\udc00"}),
    "control characters": ({"t": "\x00\x1b[31m", "k\nk": "v"}, {"a\nb": "c\nd", "id": "\u202e\u200b"}),
    "deep nesting": (nested(400), nested(400)),
    "no arguments and no result": ({}, None),
    "huge": ({"t": "many words " * 40_000, "l": list(range(20_000))}, {"rows": [{"id": n} for n in range(20_000)]}),
    "markdown and templates": (
        {"t": "`x` | $.a <!-- c --> --- {{y}}", "## Steps": "### 9. Do\n- Tool: `rm`"},
        {"status": "`ok` | x"},
    ),
    "text as result": ({"a": "b"}, "a plain text | with `marks`\n---\n"),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_value_is_mined_kept_and_drafted(tmp_path: Path, kind: str) -> None:
    arguments, result = ODD[kind]
    lines = [
        conversation(f"s{n}", f"please create list number {n}", ("create_list", arguments, result)) for n in range(4)
    ]
    settings = make_settings(tmp_path)
    found = mine_paths(settings, write(tmp_path / "in.jsonl", lines))
    assert [w.name for w in found.shown] == ["create-list"]
    form = machine_form(settings, found)
    assert json.loads(json.dumps(form, allow_nan=False))["workflows"][0]["support"] == {"cases": 4, "sessions": 4}
    assert "to mend" not in draft_states(settings.home, found.shown)["create-list"]
    assert mine_paths(settings, tmp_path / "in.jsonl").findings == found.findings
