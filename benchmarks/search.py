"""Search: how good (hit@1, recall@5, MRR@10, abstention), how it learns from requests, and how fast, from a thousand documents to a hundred thousand.

    python benchmarks/search.py quality FOLDER        # FOLDER holds NAME.docs.jsonl.gz and NAME.queries.jsonl.gz for two names or more
    python benchmarks/search.py learning FOLDER       # FOLDER holds retail trajectories, *.jsonl.gz with `messages` and `gold_workflow`
    python benchmarks/search.py speed [SIZE ...]

Beside each stands SQLite's FTS5 alone: the same text, the query's words joined by OR, ranked by bm25. Everything is deterministic but the clock.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import random
import re
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from runlore.model.search import Searchable
from runlore.retrieval.index import SearchIndex, open_search_index

Query = tuple[str, frozenset[str]]
Ranker = Callable[[str], list[str]]
SHARES: Final = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0)
SPLITS: Final = 3
SIZES: Final = (1_000, 10_000, 100_000)
TIMED: Final = 200
WORDS: Final = 30_000
CLOCK: Final = time.process_time if os.environ.get("CLOCK") == "cpu" else time.perf_counter
"""CLOCK=cpu counts the process's own time, on a machine that others use at the same time; the wall's otherwise."""
TOKEN: Final = 4
"""Characters of a token, about."""


def read_lines(file: Path) -> list[dict]:  # type: ignore[type-arg]
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def read_set(folder: Path, name: str) -> tuple[list[Searchable], list[Query]]:
    documents = [
        Searchable(f"notes/{row['doc_id']}", "notes", row.get("title") or row["doc_id"], "", row["text"])
        for row in read_lines(folder / f"{name}.docs.jsonl.gz")
    ]
    queries = [
        (row["query"], frozenset(f"notes/{d}" for d in row["relevant"]))
        for row in read_lines(folder / f"{name}.queries.jsonl.gz")
    ]
    return documents, queries


@contextmanager
def open_filled(documents: Sequence[Searchable]) -> Iterator[SearchIndex]:
    with tempfile.TemporaryDirectory() as folder, open_search_index(Path(folder) / "search.db") as index:
        index.update(documents, (), "1")
        yield index


def open_fts5(documents: Sequence[Searchable]) -> tuple[apsw.Connection, Ranker]:
    connection = apsw.Connection(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE found USING fts5(name UNINDEXED, title, body, tokenize = 'porter unicode61')"
    )
    rows = ((d.name, d.title, "\n".join((d.description, d.body, *d.requests))) for d in documents)
    with connection:
        connection.executemany("INSERT INTO found VALUES (?, ?, ?)", rows)

    def rank(query: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query.lower())))
        rows = connection.execute("SELECT name FROM found WHERE found MATCH ? ORDER BY bm25(found) LIMIT 10", (words,))
        return [str(row[0]) for row in rows]

    return connection, rank


def score(queries: Sequence[Query], rank: Ranker) -> str:
    hits = recall = reciprocal = 0.0
    for query, relevant in queries:
        found = rank(query)
        hits += bool(found) and found[0] in relevant
        recall += len(relevant.intersection(found[:5])) / min(len(relevant), 5)
        reciprocal += next((1 / place for place, name in enumerate(found, 1) if name in relevant), 0.0)
    count = len(queries)
    return f"{hits / count:.3f} | {recall / count:.3f} | {reciprocal / count:.3f}"


def measure_quality(folder: Path) -> None:
    names = sorted(file.name.removesuffix(".docs.jsonl.gz") for file in folder.glob("*.docs.jsonl.gz"))
    sets = {name: read_set(folder, name) for name in names}
    print("| set | documents | queries | method | hit@1 | recall@5 | MRR@10 |\n|---|---|---|---|---|---|---|")
    for name, (documents, queries) in sets.items():
        start = f"| {name} | {len(documents)} | {len(queries)} |"
        print(start, "SQLite FTS5, bm25 |", score(queries, open_fts5(documents)[1]), "|")
        with open_filled(documents) as index:
            for label, lexical, abstain in (
                ("words alone", True, False),
                ("words and meaning", False, False),
                ("the same, with abstention", False, True),
            ):
                found = index.search_many([q for q, _ in queries], lexical=lexical, abstain=abstain)
                answers = {query: [hit.name for hit in hits] for (query, _), hits in zip(queries, found, strict=True)}
                print(start, label, "|", score(queries, answers.__getitem__), "|")
            for other in names:
                if other != name:
                    empty = sum(not hits for hits in index.search_many([q for q, _ in sets[other][1]], limit=1))
                    print(
                        f"| {name} | {len(documents)} | {len(sets[other][1])} of {other} | answered with nothing | {empty / len(sets[other][1]):.3f} | | |"
                    )


def read_requests(folder: Path) -> list[tuple[str, str, str]]:
    """Give (task, first message of the user, the workflow that was right) of every run that should act, each once."""
    found = set()
    for file in sorted(folder.glob("*.jsonl.gz")):
        for row in read_lines(file):
            said = next((m["content"] for m in row.get("messages", ()) if m["role"] == "user"), None)
            if said and row.get("gold_workflow"):
                found.add((f"{row['dataset']} {row['task_id']}", said, " and ".join(row["gold_workflow"])))
    return sorted(found)


def describe(workflow: str, requests: Sequence[str]) -> Searchable:
    words = workflow.replace("_", " ")
    return Searchable(f"runbooks/{workflow}", "runbooks", words, f"How to {words} for a customer.", "", tuple(requests))


def measure_learning(folder: Path) -> None:
    rows = read_requests(folder)
    workflows = sorted({workflow for *_, workflow in rows})
    print(f"{len(rows)} requests of {len(workflows)} workflows; means over {SPLITS} splits in halves\n")
    print("| split | past requests indexed | runlore hit@1 | FTS5 hit@1 |\n|---|---|---|---|")
    for by_task in (False, True):
        curve: dict[float, list[tuple[int, float, float]]] = defaultdict(list)
        for seed in range(SPLITS):
            past, coming = split(rows, by_task, random.Random(seed))
            for share in SHARES:
                served: dict[str, list[str]] = defaultdict(list)
                for _, said, workflow in past[: round(share * len(past))]:
                    served[workflow].append(said)
                documents = [describe(workflow, served[workflow]) for workflow in workflows]
                rank = open_fts5(documents)[1]
                with open_filled(documents) as index:
                    found = index.search_many([said for _, said, _ in coming], limit=1, abstain=False)
                right = sum(
                    bool(hits) and hits[0].name == f"runbooks/{w}" for hits, (*_, w) in zip(found, coming, strict=True)
                )
                plain = sum(rank(said)[:1] == [f"runbooks/{workflow}"] for _, said, workflow in coming)
                curve[share].append((sum(map(len, served.values())), right / len(coming), plain / len(coming)))
        for points in curve.values():
            count, own, other = (statistics.mean(column) for column in zip(*points, strict=True))
            print(f"| {'new tasks' if by_task else 'by request'} | {count:.0f} | {own:.3f} | {other:.3f} |")


def split(
    rows: Sequence[tuple[str, str, str]], by_task: bool, chance: random.Random
) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Split in halves, in an order by chance; by task, no task stands on both sides."""
    keys = sorted({row[0] for row in rows}) if by_task else list(range(len(rows)))
    chance.shuffle(keys)
    first = set(keys[: len(keys) // 2])
    sides: tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]] = ([], [])
    for number, row in enumerate(rows):
        sides[(row[0] if by_task else number) not in first].append(row)
    chance.shuffle(sides[0])
    return sides


class Generator:
    """Documents and queries by chance: Zipf's law for words, a subject of its own for each document, a tenth of its words from the subject."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        syllables = [c + v for c in "bcdfghjklmnprstvw" for v in "aeiou"]
        self.words = sorted(
            {"".join(self.chance.choices(syllables, k=self.chance.choice((2, 3, 3, 4)))) for _ in range(WORDS * 2)}
        )[:WORDS]
        self.chance.shuffle(self.words)
        self.weights = [1 / (rank + 10) for rank in range(len(self.words))]
        self.common: list[str] = []

    def draw(self, count: int) -> list[str]:
        """Give words by Zipf's law."""
        while len(self.common) < count:
            self.common += self.chance.choices(self.words, self.weights, k=100_000)
        drawn, self.common = self.common[:count], self.common[count:]
        return drawn

    def document(self, number: int) -> Searchable:
        """Give a document of about three hundred words, with up to two requests that it served."""
        subject = self.draw(6)
        sections = []
        for _ in range(5):
            words = self.draw(self.chance.randint(20, 80)) + self.chance.choices(subject, k=5)
            self.chance.shuffle(words)
            sections.append(f"## {' '.join(self.chance.sample(subject, 2))}\n\n{' '.join(words)}.")
        requests = tuple(" ".join(subject[:3] + self.draw(5)) for _ in range(number % 3))
        title, description = " ".join(subject[:4]), " ".join(self.draw(12))
        return Searchable(f"notes/d{number:06}", "notes", title, description, "\n\n".join(sections), requests)

    def query(self, documents: Sequence[Searchable]) -> str:
        """Give some words of a document's title among others."""
        title = self.chance.choice(documents).title.split()
        return " ".join(title[: self.chance.randint(1, 4)] + self.draw(self.chance.choice((2, 6, 20))))


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure_times(act: Callable[[str], object], queries: Sequence[str]) -> str:
    """Give p50 and p99 in milliseconds; the first calls, which read the file, are left out and given apart."""
    times = []
    for query in queries:
        start = CLOCK()
        act(query)
        times.append((CLOCK() - start) * 1000)
    return f"{percentile(times[5:], 0.5):.1f} | {percentile(times[5:], 0.99):.1f} | {times[0]:.0f}"


def resident() -> float:
    """Give the memory that the process holds now, in MB; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6 if status.exists() else 0.0


def measure_speed(sizes: Sequence[int]) -> None:
    print(
        "| documents | method | p50 ms | p99 ms | first ms | built, documents/s | one update ms | memory MB | file MB | descriptions, tokens |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        generator = Generator(size)
        documents = [generator.document(number) for number in range(size)]
        queries = [generator.query(documents) for _ in range(TIMED)]
        changed = [generator.document(generator.chance.randrange(size)) for _ in range(20)]
        gc.collect()
        gc.freeze()  # the documents are the benchmark's own: no collection walks over them while searches are timed
        tokens = sum(len(f"{d.name}: {d.title}. {d.description}") for d in documents) // TOKEN
        measure_index(size, documents, queries, changed, tokens)
        measure_fts5(size, documents, queries)


def measure_index(
    size: int, documents: Sequence[Searchable], queries: Sequence[str], changed: Sequence[Searchable], tokens: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "search.db"
        with open_search_index(file) as index:
            start = CLOCK()
            index.update(documents, (), "1")
            built = size / (CLOCK() - start)
        before = resident()
        with open_search_index(file) as index:
            meaning = measure_times(index.search, queries)
            words = measure_times(lambda query: index.search(query, lexical=True), queries)
            held = resident() - before
            updates = []
            for number, document in enumerate(changed):
                start = CLOCK()
                index.update([document], (), str(number))
                updates.append((CLOCK() - start) * 1000)
        stored = sum(part.stat().st_size for part in Path(folder).iterdir()) / 1e6
    update = f"{statistics.median(updates):.0f}, most {max(updates):.0f}"
    print(
        f"| {size:,} | words and meaning | {meaning} | {built:.0f} | {update} | {held:.0f} | {stored:.0f} | {tokens:,} |",
        flush=True,
    )
    print(f"| {size:,} | words alone | {words} | | | | | |", flush=True)


def measure_fts5(size: int, documents: Sequence[Searchable], queries: Sequence[str]) -> None:
    start = CLOCK()
    connection, rank = open_fts5(documents)
    built = size / (CLOCK() - start)
    print(f"| {size:,} | SQLite FTS5, in memory | {measure_times(rank, queries)} | {built:.0f} | | | | |", flush=True)
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("quality", "learning"):
        verbs.add_parser(verb).add_argument("folder", type=Path)
    verbs.add_parser("speed").add_argument("sizes", type=int, nargs="*", default=list(SIZES))
    options = parser.parse_args()
    if options.verb == "speed":
        measure_speed(options.sizes)
    else:
        {"quality": measure_quality, "learning": measure_learning}[options.verb](options.folder)


if __name__ == "__main__":
    main()
