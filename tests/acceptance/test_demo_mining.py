"""`runlore mine` over the demo finds the six workflows that were put into it (the table stands in expected.py)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard
from expected import WORKFLOWS

from runlore.demo import write_demo

SECRET = re.compile(
    r"ghp_[A-Za-z0-9]{36}|AKIA[A-Z2-7]{16}|npm_[A-Za-z0-9]{36}|postgres://\w+:\w{18}@|EAAG[A-Za-z0-9]{60}"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def mined(home: Path) -> dict[str, Any]:
    write_demo(home / "demo")
    answer = runlore(home, "mine", str(home / "demo"), "--json")
    result: dict[str, Any] = json.loads(answer)
    return result


def runlore(home: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("runlore")), "--home", str(home / "store"), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def plain(path: Path) -> str:
    """Give what a stored file says, decompressed where it is compressed."""
    content = path.read_bytes()
    if content.startswith(zstandard.MAGIC_NUMBER.to_bytes(4, "little")):
        content = zstandard.ZstdDecompressor().decompressobj(read_across_frames=True).decompress(content)
    return content.decode("utf-8", errors="replace")


def best(mined: dict[str, Any], effects: frozenset[str]) -> dict[str, Any]:
    """Give the workflow that shares most effects, the one with fewest others where several do."""
    workflows: list[dict[str, Any]] = mined["workflows"]
    return max(workflows, key=lambda w: (len(effects & set(w["effects"])), -len(w["effects"])))


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_each_workflow_is_found_with_its_effects_in_its_sessions(mined: dict[str, Any], name: str) -> None:
    expected = WORKFLOWS[name]
    found = best(mined, expected.effects)
    assert expected.effects <= set(found["effects"])
    assert found["support"]["sessions"] >= expected.sessions - expected.withheld - 1


@pytest.mark.parametrize("name", sorted(name for name, expected in WORKFLOWS.items() if expected.constants))
def test_constants_are_seen_as_constants(mined: dict[str, Any], name: str) -> None:
    expected = WORKFLOWS[name]
    steps = best(mined, expected.effects)["steps"]
    bound = {
        (step["activity"], argument["name"]): argument["source"] for step in steps for argument in step["arguments"]
    }
    missing = [
        (tool, argument)
        for tool, argument, value in expected.constants
        if bound.get((tool, argument), {}).get("value") != value
    ]
    assert missing == []


def test_no_two_of_them_are_one(mined: dict[str, Any]) -> None:
    assert len({best(mined, expected.effects)["id"] for expected in WORKFLOWS.values()}) == len(WORKFLOWS)


def test_planted_secrets_stand_neither_in_the_answer_nor_in_the_home(mined: dict[str, Any], home: Path) -> None:
    assert not SECRET.search(json.dumps(mined))
    report = home / "report.html"
    runlore(home, "mine", str(home / "demo"))
    runlore(home, "report", str(report))
    assert not SECRET.search(report.read_text(encoding="utf-8"))
    stored = [path for path in (home / "store").rglob("*") if path.is_file()]
    assert stored
    assert not [path for path in stored if SECRET.search(plain(path))]
