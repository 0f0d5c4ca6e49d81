"""The machine form keeps its word: schemas, a golden example, and the same bytes however it is made."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from golden import EXAMPLE, GOLDEN, mine_example
from story import Runlore, make_runlore

from runlore.demo import write_demo


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((resources.files("runlore") / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["mined", "fact", "query", "route", "runbook", "evidence"])
def test_each_schema_is_one(name: str) -> None:
    validator(name)


def test_the_golden_example_keeps_to_the_schema() -> None:
    validator("mined").validate(json.loads(GOLDEN.read_text("utf-8")))


def test_mining_the_example_gives_the_golden_file(tmp_path: Path) -> None:
    """After a change that is meant: `python tests/acceptance/golden.py` writes it anew."""
    assert mine_example(tmp_path) == json.loads(GOLDEN.read_text("utf-8"))


def test_the_example_shows_what_it_should() -> None:
    form = json.loads(GOLDEN.read_text("utf-8"))
    assert [t["session"] for t in form["transcripts"]] == [
        json.loads(line)["id"] for line in EXAMPLE.open(encoding="utf-8")
    ]
    assert len(form["workflows"]) == 1
    workflow = form["workflows"][0]
    assert workflow["effects"] == ["cancel_order"]
    sources = {
        a["name"]: a["source"]
        for step in workflow["steps"]
        for a in step["arguments"]
        if step["activity"] == "cancel_order"
    }
    assert sources["order_id"]["kind"] == "step"
    assert sources["notify"] == {"kind": "constant", "value": True}


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="module")
def runlore(tmp_path_factory: pytest.TempPathFactory, transcripts: Path) -> Runlore:
    runlore = make_runlore(tmp_path_factory.mktemp("one"))
    runlore("mine", transcripts)
    return runlore


@pytest.fixture(scope="module")
def form(runlore: Runlore, transcripts: Path) -> Any:
    return runlore("mine", transcripts, "--json").json


def test_what_the_commands_print_keeps_to_the_schemas(runlore: Runlore, form: Any, tmp_path: Path) -> None:
    validator("mined").validate(form)
    fact = validator("fact")
    for row in runlore("facts", "--json").json:
        fact.validate(row)
    validator("route").validate(runlore("route", "release the widget", "--json").json)
    name = form["workflows"][0]["name"]
    shown = runlore("show", name, "--json").json
    validator("runbook").validate(shown["runbook"])
    validator("evidence").validate(shown["evidence"])


def test_every_source_is_a_line_of_a_transcript_that_was_read(form: Any) -> None:
    hashes = {case["transcript"] for workflow in form["workflows"] for case in workflow["cases"]}
    for workflow in form["workflows"]:
        numbers = {step["number"] for step in workflow["steps"]}
        for step in workflow["steps"]:
            assert {s["transcript"] for s in step["sources"]} <= hashes
            assert set(step["after"]) <= numbers - {step["number"]}
            assert 0 < step["support"][0] <= step["support"][1]
            for argument in step["arguments"]:
                if argument["source"]["kind"] == "step":
                    assert argument["source"]["step"] in numbers


def drafts(home: Path) -> dict[str, bytes]:
    folder = home / "drafts"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize(("jobs", "hashseed"), [("1", "1"), ("2", "2")])
def test_another_run_gives_the_same_bytes(
    jobs: str, hashseed: str, runlore: Runlore, transcripts: Path, tmp_path: Path
) -> None:
    """With the secret given: another home, another order of sets, one process or two."""
    other = make_runlore(tmp_path)
    answer = other("mine", transcripts, "--json", "--jobs", jobs, PYTHONHASHSEED=hashseed)
    assert answer.out == runlore("mine", transcripts, "--json").out
    assert drafts(other.home) == drafts(runlore.home)
    other("report", tmp_path / "page.html", "--date", "2026-11-22")
    runlore("report", tmp_path / "page2.html", "--date", "2026-11-22")
    assert (tmp_path / "page.html").read_bytes() == (tmp_path / "page2.html").read_bytes()


def test_mining_a_part_reports_on_the_part_alone(runlore: Runlore, transcripts: Path) -> None:
    part = runlore("mine", transcripts / "chat", "--json").json
    assert {Path(t["file"]).name for t in part["transcripts"]} == {"linkedin.jsonl", "onboarding.jsonl"}
    sessions = {t["session"] for t in part["transcripts"]}
    assert part["workflows"]
    assert {c["session"] for w in part["workflows"] for c in w["cases"]} <= sessions
    assert {s for fact in part["facts"] for s in fact["sessions"]} <= sessions
