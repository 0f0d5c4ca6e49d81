"""Search over the public retrieval sets: the first hit is right, and nothing fits where nothing does."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from runlore.model.search import Searchable
from runlore.retrieval.index import open_search_index

SETS = Path(__file__).parents[3] / "shared" / "data" / "retrieval"
BARS = {"prometheus": 0.90, "skillsbench": 0.88}
OTHER = {"prometheus": "skillsbench", "skillsbench": "prometheus"}
MOST_LOST = 0.03
LEAST_EMPTY = 0.90


def read_lines(name: str) -> list[dict]:
    with gzip.open(SETS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


@pytest.fixture(scope="module", params=sorted(BARS))
def filled(request, tmp_path_factory):
    documents = [
        Searchable(f"notes/{row['doc_id']}", "notes", row.get("title") or row["doc_id"], "", row["text"])
        for row in read_lines(f"{request.param}.docs")
    ]
    with open_search_index(tmp_path_factory.mktemp(request.param) / "search.db") as index:
        index.update(documents, (), "1")
        yield request.param, index


def share_right(index, rows, **options) -> float:
    found = index.search_many([row["query"] for row in rows], limit=1, **options)
    right = (
        bool(hits) and hits[0].name.removeprefix("notes/") in row["relevant"]
        for hits, row in zip(found, rows, strict=True)
    )
    return sum(right) / len(rows)


def test_the_first_hit_is_right_and_abstaining_costs_little(filled):
    name, index = filled
    rows = read_lines(f"{name}.queries")
    forced = share_right(index, rows, abstain=False)
    assert forced >= BARS[name]
    assert share_right(index, rows) >= forced - MOST_LOST


def test_queries_of_another_library_are_answered_with_nothing(filled):
    name, index = filled
    queries = [row["query"] for row in read_lines(f"{OTHER[name]}.queries")]
    empty = sum(not hits for hits in index.search_many(queries, limit=1))
    assert empty / len(queries) >= LEAST_EMPTY
