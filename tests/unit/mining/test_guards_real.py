"""Guards on public trajectories (shared/data): nothing invented, the same with every order of reading, and decided alike over digests and over events."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import msgspec
import pytest

from runlore.mining.conformance.evaluate import Known, Shown, arguments_of, decide, values_given
from runlore.mining.digest import digest, distinct
from runlore.mining.guards.acts import list_acts
from runlore.mining.guards.collect import Found, learn_guards, list_rows
from runlore.mining.guards.decide import decide as decide_digest
from runlore.model import Event, Transcript
from runlore.model.condition_text import render_condition
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file

RETAIL = Path(__file__).parents[4] / "shared" / "data" / "trajectories" / "retail"
pytestmark = pytest.mark.skipif(not RETAIL.is_dir(), reason="needs the public trajectories beside the repository")


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Transcript]:
    path = tmp_path_factory.mktemp("retail") / "runs.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for name in ("tau1_retail_tool-calling.jsonl.gz", "tau2_retail_toolorchestra.jsonl.gz"):
            with gzip.open(RETAIL / name, "rt", encoding="utf-8") as lines:
                for row in map(json.loads, lines):
                    kept = {"id": row["trajectory_id"], "messages": row["messages"], "reward": row["reward"]}
                    out.write(json.dumps(kept) + "\n")
    found = [r.transcript for r in read_file(path) if isinstance(r, Reading)]
    return {f"sha256:{t.session}": t for t in found}


@pytest.fixture(scope="module")
def guards(transcripts: dict[str, Transcript]) -> dict[str, tuple[Found, ...]]:
    return learn_guards(rows_of(transcripts, list(transcripts)))


def rows_of(transcripts: dict[str, Transcript], order: list[str]) -> list:  # type: ignore[type-arg]
    digests = distinct(msgspec.structs.replace(digest(transcripts[h]), transcript=h) for h in order)
    return list_rows((d.session, d.transcript, c) for d in digests for c in d.cases)


def test_an_orders_status_guards_what_is_done_with_it(guards: dict[str, tuple[Found, ...]]) -> None:
    said = {e: [render_condition(g.expression) for g in found] for e, found in guards.items()}
    assert '`step 1 $.status` = "delivered"' in said["exchange_delivered_order_items"]
    assert '`step 1 $.status` = "pending"' in said["cancel_pending_order"]
    for found in guards.values():
        for guard in found:
            kept, of = guard.support
            assert (of - kept) * 50 <= max(of, 50)
            assert guard.chance <= 0.05


def test_the_order_of_reading_does_not_matter(
    transcripts: dict[str, Transcript], guards: dict[str, tuple[Found, ...]]
) -> None:
    assert learn_guards(rows_of(transcripts, list(reversed(transcripts)))) == guards


def test_digests_and_events_decide_alike(
    transcripts: dict[str, Transcript], guards: dict[str, tuple[Found, ...]]
) -> None:
    rows = rows_of(transcripts, list(transcripts))
    compared = 0
    for effect, found in guards.items():
        for act in list_acts(effect, rows).acts:
            if act.verdict in ("left", "refused"):
                continue
            events = transcripts[act.source.transcript].events
            at = next(
                n
                for n, e in enumerate(events)
                if (e.tool, e.line, e.index) == (effect, act.source.line, act.source.index)
            )
            for guard in found:
                over_events = decide(guard.expression, known(events, at, guard))
                assert decide_digest(guard.expression, act, guard.reads) is over_events, (guard, act.source)
                compared += 1
    assert compared > 200


def known(events: tuple[Event, ...], at: int, guard: Found) -> Known:
    """What the events before a call tell, for conformance."""
    every: list[Shown] = []
    by_tool: dict[str, list[Shown]] = {}
    for event in events[:at]:
        failed = event.outcome != "ok" or event.result is None or str(event.result).startswith("Error")
        if event.kind == "call" and not failed:
            every.append(Shown(event.result, values_given(arguments_of(event.arguments)), len(every) + 1))
            by_tool.setdefault(event.tool, []).append(every[-1])
    results = {n: by_tool[name] for n, name in enumerate(guard.reads, 1) if name in by_tool}
    own = guard.reads.index(guard.effect) + 1 if guard.effect in guard.reads else 99
    return Known(results, arguments_of(events[at].arguments), {}, own, None, events[at].time, every)
