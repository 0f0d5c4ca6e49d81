"""Score the mined workflows of real sessions against the hand labels (benchmarks/labels/README.md says how).

usage: python benchmarks/labels_score.py SESSIONS_FOLDER [--json]
SESSIONS_FOLDER holds claude-code/, codex/ and copilot-cli/. They are mined together, without a model, into a new home.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

LABELS = Path(__file__).parent / "labels" / "sessions.json"


def mined_cases(folder: Path) -> dict[str, list[tuple[str, int]]]:
    """Mine the sessions; gives, by workflow, its cases as (session, first line)."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"RUNLORE_HOME": home}
        command = [
            sys.executable,
            "-m",
            "runlore",
            "mine",
            "--json",
            *(str(folder / h) for h in ("claude-code", "codex", "copilot-cli")),
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    found = {}
    for workflow in json.loads(done.stdout)["workflows"]:
        found[workflow["name"]] = [
            (c["session"], min((s["line"] for s in c["sources"]), default=0)) for c in workflow["cases"]
        ]
    return found


def label_of(sessions: dict[str, dict], session: str, line: int) -> str:
    """The label of the case in which a line of a session stands: the last case that begins at or before it."""
    known = next((row for name, row in sessions.items() if name == session or name.endswith(session)), None)
    if known is None:
        return ""
    before = [c for c in known["cases"] if c["first_line"] <= line + 2]
    return (before[-1] if before else known["cases"][0])["label"]


def score(labels: dict, mined: dict[str, list[tuple[str, int]]]) -> dict:
    """Match workflows and labels; a label counts as covered where matching workflows hold half of its sessions, or three."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for one, other in labels["rule"]["neighbours"]:
        neighbours[one].add(other)
        neighbours[other].add(one)
    wanted = {w["label"]: w for w in labels["workflows"]}
    places: dict[tuple[str, int], set[str]] = defaultdict(set)
    for name, row in wanted.items():
        for session, lines in row.get("case_lines", {}).items():
            for line in lines:
                places[session, line].add(name)
    matches: dict[str, set[str]] = {}
    touched: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    judged: list[str] = []
    for workflow, cases in mined.items():
        votes: Counter[str] = Counter()
        held: set[str] = set()
        for session, line in cases:
            name = label_of(labels["sessions"], session, line)
            if not name:
                continue
            held.add(session)
            near = {
                n
                for (s, at), ns in places.items()
                if (s == session or s.endswith(session)) and abs(at - line) <= 3
                for n in ns
            }
            for own in {name, *near}:
                votes[own] += 1
                touched[workflow][own].add(session)
        total = sum(1 for s, line in cases if label_of(labels["sessions"], s, line))
        if not held:
            continue
        if len(held) >= 3:
            judged.append(workflow)
        matches[workflow] = {
            n
            for n in wanted
            if 2 * sum(votes[v] for v in {n, *neighbours[n]}) >= total and (votes[n] or neighbours[n] & set(votes))
        }
    found = {}
    for name, row in wanted.items():
        covered = {s for w, names in matches.items() if name in names for s in touched[w][name]}
        found[name] = {"strength": row["strength"], "sessions": len(row["sessions"]), "covered": len(covered),
                       "found": len(covered) >= min(3, (len(row["sessions"]) + 1) // 2), "by": sorted(w for w, n in matches.items() if name in n and touched[w][name])}  # fmt: skip
    return {
        "recall": f"{sum(f['found'] for f in found.values())} of {len(found)}",
        "recall_strong": f"{sum(f['found'] for f in found.values() if f['strength'] == 'strong')} of {sum(f['strength'] == 'strong' for f in found.values())}",
        "precision": f"{sum(bool(matches[w]) for w in judged)} of {len(judged)}",
        "labels": found,
        "unmatched": sorted(w for w in judged if not matches[w]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    print(json.dumps(score(json.loads(LABELS.read_text("utf-8")), mined_cases(options.folder)), indent=1))


if __name__ == "__main__":
    main()
