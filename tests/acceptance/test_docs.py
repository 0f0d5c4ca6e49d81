"""What the documentation tells people to type works, as it stands."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from story import make_runlore

from runlore.demo import write_demo
from runlore.transcripts.reading import read_lines

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall((ROOT / page).read_text("utf-8")) if kind == language]


@pytest.mark.skipif(shutil.which("bash") is None, reason="the tutorial is run by bash")
def test_the_tutorial_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    write_demo(tmp_path / ".demo" / "transcripts")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    program = tmp_path / ".venv" / "bin" / "runlore"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runlore "$@"\n')
    program.chmod(0o755)
    script = "\n".join(f"echo '--- block {n}'\n{text}" for n, text in enumerate(blocks("docs/tutorial.md", "sh"), 1))
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env=make_runlore(tmp_path).environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    said = dict(re.findall(r"--- block (\d+)\n(.*?)(?=--- block|\Z)", done.stdout, re.DOTALL))
    assert "publish-media-on-instagram" in said["1"]
    assert "(0 new" in said["2"]
    assert "session" in said["4"]
    assert "owner: marketing-lead" in said["5"]
    assert "who keeps this runbook true" not in said["5"]
    route, nothing = said["7"].split("\n", 1)[0], said["7"]
    assert "publish-media-on-instagram" in route
    assert "Nothing fits" in nothing
    assert (tmp_path / ".demo" / "skills" / "publish-media-on-instagram" / "SKILL.md").is_file()
    assert (tmp_path / ".demo" / "tutorial.html").stat().st_size > 10_000


def test_the_chat_example_of_the_reference_is_read() -> None:
    [example] = blocks("docs/reference/transcripts.md", "json")
    [reading] = read_lines("example.json", [example.encode()])
    assert reading.transcript.session == "order-1"
    assert reading.transcript.reward == 1.0
    assert reading.transcript.counts.tool_calls == 1
    call = next(event for event in reading.transcript.events if event.kind == "call")
    assert (call.tool, call.arguments, call.result) == ("cancel_order", {"order_id": "W-1041"}, {"status": "cancelled"})


def test_the_rule_of_the_how_to_hides_what_it_says(tmp_path: Path) -> None:
    [rule] = blocks("docs/how-to/redaction-rules.md", "toml")
    (tmp_path / "rules.toml").write_text(rule, "utf-8")
    key = "hk_" + "q7w2e9r4t1y8u3i0p5a6s2d9f4g7h1j8"
    messages = [{"role": "user", "content": f"the key is {key}"}, {"role": "assistant", "content": "thanks"}]
    (tmp_path / "chat.jsonl").write_text(json.dumps({"id": "one", "messages": messages}) + "\n", "utf-8")
    runlore = make_runlore(tmp_path)
    runlore("mine", tmp_path / "chat.jsonl", RUNLORE_REDACTION_RULES=str(tmp_path / "rules.toml"))
    runlore("export", "parquet", tmp_path / "events.parquet")
    told = str(pyarrow.parquet.read_table(tmp_path / "events.parquet").to_pylist())
    assert key not in told
    assert "[SECRET:harbour-key:" in told


def test_the_two_commands_of_the_readme_are_there() -> None:
    first = " ".join(blocks("README.md", "sh"))
    assert "make demo" in first
    assert "runlore mine" in first
    assert "\ndemo:" in (ROOT / "Makefile").read_text("utf-8")


def test_the_pictures_of_the_readme_load_nothing() -> None:
    svg = (ROOT / "docs/images/mine.svg").read_text("utf-8")
    assert "url(http" not in svg
    assert "<script" not in svg
