"""The table of what must be found is itself checked against the transcripts: nothing is expected that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from expected import FACTS, WORKFLOWS

from runlore.demo import write_demo


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    paths: tuple[Path, ...] = write_demo(tmp_path_factory.mktemp("demo"))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_effects_failures_corrections_and_constants_stand_in_the_transcripts(name: str, text: str) -> None:
    expected = WORKFLOWS[name]
    missing = [piece for piece in expected.effects if piece not in text]
    missing += [piece for piece in expected.corrections if piece not in text]
    missing += [str(value) for _, _, value in expected.constants if str(value) not in text]
    missing += [failure.piece for failure in expected.failures if failure.piece not in text]
    assert missing == []


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.pieces[0])
def test_facts_stand_in_the_transcripts(fact: object, text: str) -> None:
    assert all(piece in text for piece in fact.pieces)  # type: ignore[attr-defined]
