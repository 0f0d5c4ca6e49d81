"""How narrow can a rule be? For the arguments of writing calls in trajectories: the least mean number of candidates that any choice of one rule an argument reaches.

usage: python benchmarks/narrowest.py FOLDER_OR_FILE.jsonl.gz... [--hit 0.93]
For every (tool, argument) all rules that mining knows (constants, the person's words, every path with its indices, wildcards and filters) with how often
they give the value and among how many. The choice over all arguments that gives at least the asked share of values with the fewest candidates is
found by Lagrangian relaxation. The rules are chosen on the very calls that they are judged on, so this is a bound: nothing mined can be narrower.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from pathlib import Path

from runlore.mining.activities import describe
from runlore.mining.dataflow import Binding, Results, Words, bind
from runlore.model import Event
from runlore.transcripts.chat import read

Key = tuple[str, str]


def bindings_of(path: Path) -> list[tuple[Key, Binding]]:
    """The bindings of every writing call that went well in the good runs of a file."""
    with gzip.open(path, "rb") as lines:
        rows = [(n, line) for n, line in enumerate(lines, 1) if json.loads(line).get("reward") == 1]
    found = []
    for reading in read(str(path), rows):
        words, results = Words(), Results()
        for number, event in enumerate(reading.transcript.events):
            if event.kind in ("prompt", "steer"):
                words.add(event.text)
            elif event.kind == "call" and event.actor != "person":
                found += _take(event, number, words, results)
    return found


def _take(event: Event, number: int, words: Words, results: Results) -> list[tuple[Key, Binding]]:
    rows = []
    if describe(event)[0].role == "effect" and event.outcome == "ok":
        rows = [
            ((event.tool, b.name), b) for b in bind(event.arguments, words, results) if b.kind in ("text", "number")
        ]
    results.add(number, event.tool, event.result)
    return rows


def offers_of(rows: list[tuple[Key, Binding]]) -> dict[Key, list[tuple[int, int]]]:
    """For every argument its rules as (values given, candidates over all of them)."""
    hits: dict[Key, Counter[tuple[str, str]]] = defaultdict(Counter)
    widths: dict[Key, Counter[tuple[str, str]]] = defaultdict(Counter)
    for key, binding in rows:
        rules = {("constant", binding.value): 1, **{(p.activity, p.path): p.width for p in binding.places}}
        if binding.words:
            rules["input", ""] = binding.words
        for rule, width in rules.items():
            hits[key][rule] += 1
            widths[key][rule] += width
    return {key: [(n, widths[key][rule]) for rule, n in rules.items()] for key, rules in hits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--hit", type=float, default=0.93)
    options = parser.parse_args()
    files = [f for p in options.paths for f in (sorted(p.rglob("*.jsonl.gz")) if p.is_dir() else [p])]
    rows = [row for file in files for row in bindings_of(file)]
    offers = offers_of(rows)
    best = None
    for step in range(1, 2000):
        price = step / 20  # candidates that one value more may cost
        chosen = [max(rules, key=lambda r: price * r[0] - r[1]) for rules in offers.values()]
        hit, width = sum(n for n, _ in chosen), sum(w for _, w in chosen)
        if hit >= options.hit * len(rows) and (best is None or width / hit < best[1]):
            best = (hit / len(rows), width / hit)
    print(
        json.dumps({"arguments": len(rows), "hit": best and round(best[0], 3), "narrowest": best and round(best[1], 2)})
    )


if __name__ == "__main__":
    main()
