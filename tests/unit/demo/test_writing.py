"""The demo's transcripts: the same bytes every time, readable by the readers, and with everything that mining needs."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from runlore.demo import write_demo
from runlore.model import Transcript
from runlore.transcripts.readers import READERS


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_demo(tmp_path_factory.mktemp("demo"))


def digest(paths: tuple[Path, ...]) -> str:
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()


def transcripts(paths: tuple[Path, ...]) -> list[Transcript]:
    found = []
    for path in paths:
        reader = READERS["chat" if path.parent.name == "chat" else "claude-code"]
        lines = enumerate(path.read_bytes().splitlines(), 1)
        found += [reading.transcript for reading in reader.read(str(path), lines)]
    return found


def test_two_writes_give_the_same_bytes_also_under_another_hash_seed(demo: tuple[Path, ...], tmp_path: Path) -> None:
    code = f"from pathlib import Path; from runlore.demo import write_demo; write_demo(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "11"})
    again = tuple(sorted(path for path in tmp_path.rglob("*") if path.is_file()))
    assert digest(again) == digest(demo)


def test_writing_over_an_earlier_demo_changes_nothing(tmp_path: Path) -> None:
    first = write_demo(tmp_path)
    before = digest(first)
    assert write_demo(tmp_path) == first
    assert digest(first) == before


def test_every_line_but_one_is_json(demo: tuple[Path, ...]) -> None:
    torn = []
    for path in demo:
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                json.loads(line)
            except json.JSONDecodeError:
                torn.append(path.name)
    assert len(torn) == 1


def test_the_readers_read_every_session_and_know_every_record(demo: tuple[Path, ...]) -> None:
    found = transcripts(demo)
    assert len(found) == 63
    assert len({transcript.session for transcript in found}) == 63
    assert all(transcript.events for transcript in found)
    assert [transcript.counts.unknown for transcript in found if transcript.counts.unknown] == []
    assert sum(transcript.counts.unreadable for transcript in found) == 1


def test_it_holds_what_goes_wrong_in_real_work(demo: tuple[Path, ...]) -> None:
    found = transcripts(demo)
    assert sum(transcript.counts.rejections for transcript in found) >= 10
    assert sum(transcript.counts.interrupts for transcript in found) >= 2
    assert sum(transcript.counts.compactions for transcript in found) == 1
    events = [event for transcript in found for event in transcript.events]
    assert {"prompt", "call", "say", "steer", "interrupt", "compaction", "procedure"} <= {
        event.kind for event in events
    }
    assert {"ok", "error", "rejected"} <= {event.outcome for event in events}
    words = " ".join(event.words + event.text for event in events)
    assert words.count("sounds like an advertisement") >= 4
    assert words.count("pnpm, not npm") + words.count("pnpm please, not npm") >= 4
    assert any(transcript.reward == 0.0 for transcript in found)


def test_a_subagent_stands_in_a_file_of_its_own_and_names_its_parent(demo: tuple[Path, ...]) -> None:
    children = [transcript for transcript in transcripts(demo) if transcript.parent]
    assert [len(child.events) > 2 for child in children] == [True]
    assert children[0].parent in {path.stem for path in demo}
    assert {event.actor for event in children[0].events if event.kind == "call"} == {"subagent"}


def test_a_resumed_session_repeats_the_records_of_another(demo: tuple[Path, ...]) -> None:
    seen: dict[str, set[str]] = {}
    for path in demo:
        uuids = re.findall(r'"uuid":"([0-9a-f-]{36})"', path.read_text(encoding="utf-8"))
        for uuid in uuids:
            seen.setdefault(uuid, set()).add(path.name)
    repeated = {frozenset(names) for names in seen.values() if len(names) > 1}
    assert len(repeated) == 1


@pytest.mark.parametrize(
    "secret",
    [
        r"ghp_[A-Za-z0-9]{36}",
        r"AKIA[A-Z2-7]{16}",
        r"npm_[A-Za-z0-9]{36}",
        r"postgres://\w+:\w{18}@",
        r"EAAG[A-Za-z0-9]{96}",
    ],
)
def test_planted_secrets_stand_in_the_transcripts_and_not_in_the_source(demo: tuple[Path, ...], secret: str) -> None:
    assert any(re.search(secret, path.read_text(encoding="utf-8")) for path in demo)
    source = Path(sys.modules["runlore.demo"].__path__[0])
    assert not [path for path in source.glob("*.py") if re.search(secret, path.read_text(encoding="utf-8"))]
