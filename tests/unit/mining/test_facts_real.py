"""Facts over real public sessions, where they are there: speed, determinism, and what must and must not be found."""

from __future__ import annotations

import re
import time
from pathlib import Path

import msgspec
import pytest

from runlore.mining.facts import Observation, collect, observe
from runlore.model import Fact, Transcript
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file

DATA = Path(__file__).parents[4] / "shared" / "data"
SESSIONS = DATA / "sessions" / "claude-code"
RETAIL = DATA / "trajectories" / "retail"


def read(folder: Path, pattern: str) -> list[Transcript]:
    readings = [r for path in sorted(folder.rglob(pattern)) for r in read_file(path) if isinstance(r, Reading)]
    return [msgspec.structs.replace(r.transcript, hash=f"sha256:{i}") for i, r in enumerate(readings)]


def seen(transcripts: list[Transcript]) -> list[tuple[str, str, Observation]]:
    return [(t.session, t.hash, o) for t in transcripts for o in observe(t)]


@pytest.fixture(scope="module")
def coding() -> list[Transcript]:
    if not SESSIONS.is_dir():
        pytest.skip("the public sessions are not here")
    return [t for t in read(SESSIONS, "*.jsonl.gz") if t.events]


@pytest.fixture(scope="module")
def retail() -> list[Transcript]:
    if not RETAIL.is_dir():
        pytest.skip("the public trajectories are not here")
    return read(RETAIL, "tau*_retail_*.jsonl.gz")


def succeeded(transcripts: list[Transcript]) -> str:
    """Give all that agents ran with success, as one text."""
    calls = [e for t in transcripts for e in t.events if e.kind == "call" and e.outcome == "ok"]
    return "\n".join(
        " ".join(str((e.arguments or {}).get("command", "")).split()) for e in calls if isinstance(e.arguments, dict)
    )


def test_what_failed_again_and_again_is_found_and_each_remedy_was_run(coding: list[Transcript]) -> None:
    found = collect(seen(coding))
    assert len(found) >= 20
    assert {f.kind for f in found} == {"fact", "trap", "preference"}
    assert all(len(f.sessions) >= 2 and f.sources and f.text.rstrip("”")[-1] in ".?!…" for f in found)
    ran = succeeded(coding)
    for fact in found:
        if fact.remedy.startswith("Run `"):
            command = fact.remedy.split("`")[1]
            pattern = re.escape(command).replace("<branch>", r"\S+")  # somebody's own branch is not named
            assert re.search(pattern, ran), fact.remedy


def test_the_reduce_is_deterministic(coding: list[Transcript]) -> None:
    observations = seen(coding)
    assert collect(observations) == collect(reversed(observations))


def test_the_map_is_fast_enough(coding: list[Transcript]) -> None:
    started = time.process_time()
    observations = seen(coding)
    assert time.process_time() - started < 2.0  # 0.3 s on an idle machine
    assert all(len(msgspec.msgpack.encode(o)) < 800 for _, _, o in observations)


def test_one_customers_values_are_nobodys_facts(retail: list[Transcript]) -> None:
    found: tuple[Fact, ...] = collect(seen(retail))
    assert any("list_all_product_types" in f.text for f in found)
    assert any(f.kind == "trap" and "user not found" in f.text for f in found)
    words = " ".join(f.text + f.remedy for f in found)
    assert "#W" not in words and "credit_card_" not in words and "@example.com" not in words
    asked = {
        str(v) for t in retail for e in t.events if e.tool.startswith("find_user") for v in (e.arguments or {}).values()
    }
    assert not [v for v in asked if len(v) > 4 and v in words]
