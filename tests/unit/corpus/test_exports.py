"""Events as XES and as Parquet."""

from __future__ import annotations

import importlib
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from runlore.corpus.parquet import write_parquet
from runlore.corpus.xes import render_xes
from runlore.errors import MissingExtra
from runlore.model import Counts, Event, Transcript

XES = "{http://www.xes-standard.org/}"
EVENTS = (
    Event("p1", "prompt", 1, time=1767225600.0, actor="person", text="release it"),
    Event(
        "c1",
        "call",
        2,
        time=1767225601.25,
        end=1767225603.5,
        tool='say <"hi">&\n\x00',
        arguments={"a": 1},
        result=[1],
        tokens=12,
    ),
    Event("c2", "call", 3, tool="Bash", outcome="rejected", words="no"),
)
TRANSCRIPT = Transcript(
    "f.jsonl", "claude-code", "s1", Counts(), EVENTS, project="/srv/app", reward=1.0, hash="sha256:00"
)


def test_xes_is_a_log_of_traces_of_events() -> None:
    root = ET.fromstring("".join(render_xes([TRANSCRIPT, TRANSCRIPT])))
    assert root.tag == f"{XES}log" and root.attrib["xes.version"]
    order = [child.tag.removeprefix(XES) for child in root]
    assert order == ["extension"] * 4 + ["global"] * 2 + ["classifier"] * 2 + ["string"] + ["trace"] * 2
    assert {child.attrib["prefix"] for child in root.iter(f"{XES}extension")} == {"concept", "time", "lifecycle", "org"}
    trace = root.findall(f"{XES}trace")[0]
    values = [{child.attrib["key"]: child.attrib["value"] for child in event} for event in trace.findall(f"{XES}event")]
    assert [value["concept:name"] for value in values] == ["prompt", 'say <"hi">&\n�', "Bash"]
    assert [value["lifecycle:transition"] for value in values] == ["complete", "complete", "pi_abort"]
    assert datetime.fromisoformat(values[1]["time:timestamp"]).timestamp() == 1767225603.5
    assert "time:timestamp" not in values[2] and values[0]["org:resource"] == "person"
    assert {child.tag for child in trace.iter()} <= {
        XES + tag for tag in ("trace", "event", "string", "float", "int", "date")
    }


def test_parquet_has_one_row_an_event(tmp_path: Path) -> None:
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "events.parquet"
    assert write_parquet(path, [TRANSCRIPT, TRANSCRIPT]) == 6
    rows = parquet.read_table(path).to_pylist()
    assert [row["id"] for row in rows] == ["p1", "c1", "c2"] * 2
    assert (rows[1]["arguments"], rows[1]["result"], rows[0]["result"]) == ('{"a":1}', "[1]", None)
    assert (rows[2]["session"], rows[2]["outcome"], rows[2]["exit_code"]) == ("s1", "rejected", None)
    assert [entry.name for entry in tmp_path.iterdir()] == ["events.parquet"]


def test_parquet_without_its_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"runlore\[parquet\]"):
        write_parquet(tmp_path / "x", [TRANSCRIPT])
