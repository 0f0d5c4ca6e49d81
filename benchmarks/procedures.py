"""Are written procedures found again when nothing names them?

usage: python benchmarks/procedures.py SESSIONS_FOLDER RUNS.jsonl.gz
Every trace of a procedure's name (skill calls, slash commands, their loaded text) is taken out of the sessions before they are mined. For each procedure
that was run in at least three of the sessions: the mined workflow whose cases hold most of its runs, which share of the runs that is, in how many
sessions, and which share one would get by chance (the share of all mined time that the workflow's cases cover in those sessions).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import msgspec

from runlore.mining.digest import digest, distinct
from runlore.mining.grouping import group, pieces_of
from runlore.mining.mine import mine
from runlore.model import Transcript
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file


def blind(transcript: Transcript) -> Transcript:
    """A transcript without any procedure's name."""
    kept = tuple(
        e for e in transcript.events
        if e.kind != "procedure" and e.tool not in ("Skill", "skill", "SlashCommand") and not e.text.lstrip().startswith("/")
    )  # fmt: skip
    return msgspec.structs.replace(transcript, events=kept, hash=transcript.session)


def seconds(stamp: str) -> float:
    """Seconds since the epoch of an ISO time."""
    return datetime.fromisoformat(stamp).timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--named", action="store_true", help="Leave the names in the sessions.")
    options = parser.parse_args()
    digests = []
    for path in sorted(options.folder.rglob("*.jsonl.gz")):
        for item in read_file(path):
            if isinstance(item, Reading):
                made = digest(
                    msgspec.structs.replace(item.transcript, hash="") if options.named else blind(item.transcript)
                )
                digests.append(msgspec.structs.replace(made, transcript=made.session))
    names = {w.id: w.name for w in mine(digests).workflows}
    spans: dict[str, dict[str, list[tuple[float, float]]]] = {}
    from runlore.mining.mine import _new_id

    for found in group(pieces_of(distinct(digests))):
        name = names.get(_new_id(found.anchors), "")
        rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for member in found.members:
            rows[member.session].append((member.case.started - 1, member.case.started + member.case.seconds + 1))
        spans[name] = rows
    known = {d.session for d in digests}
    total = {d.session: sum(c.seconds for c in d.cases) or 1.0 for d in digests}
    runs: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    with gzip.open(options.runs, "rt") as lines:
        for line in lines:
            run = json.loads(line)
            if run["session_id"] in known and run["n_steps"] and not run["launch_error"]:
                start, end = seconds(run["started"]), seconds(run["ended"] or run["started"])
                runs[run["name"].lstrip("/").rpartition(":")[2]].append((run["session_id"], start, end))
    out = []
    for name, rows in sorted(runs.items()):
        sessions = {s for s, _, _ in rows}
        if len(sessions) < 3:
            continue
        best = None
        for workflow, cases in spans.items():
            hit = [(s, a) for s, a, b in rows if any(first <= b and a <= last for first, last in cases.get(s, []))]
            covered = sum(
                min(sum(last - first for first, last in cases.get(s, [])) / total[s], 1.0) for s, _, _ in rows
            ) / len(rows)
            score = len(hit) / len(rows) - covered
            if best is None or score > best[0]:
                best = (score, workflow, len(hit), len({s for s, _ in hit}), covered)
        assert best is not None
        out.append({"procedure": name, "runs": len(rows), "sessions": len(sessions), "workflow": best[1], "runs_in_it": best[2],
                    "sessions_in_it": best[3], "by_chance": round(best[4], 2)})  # fmt: skip
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
