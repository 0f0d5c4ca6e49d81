"""Route: which workflow fits a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from runlore.context.routing import Route, Router, Served
from runlore.corpus.findings import get_findings
from runlore.errors import BadDocument
from runlore.mining.words import content_words
from runlore.model import Problem
from runlore.settings import Settings


def read_queries(path: Path) -> list[tuple[str, str]]:
    """Read JSON lines ``{query_id, query}``; every line that is none is a problem, all of them at once."""
    queries: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            queries.append((str(row["query_id"]), str(row["query"])))
        except (ValueError, KeyError, TypeError, RecursionError):
            problems.append(Problem(str(path), number, "bad-query", 'this line is no JSON object with "query_id" and "query"'))
    if problems:
        raise BadDocument(tuple(problems))
    return queries


def route(settings: Settings, queries: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[Route, ...]]]:
    """Give, for each (id, words of a request), the workflows that fit, best first; none where nothing fits."""
    findings = get_findings(settings.home)
    router = Router(
        [
            Served(w.name, content_words(f"{w.title} {w.name.replace('-', ' ')}"), findings.requests.get(w.name, ()))
            for w in findings.workflows
        ]
    )
    for identity, words in queries:
        yield identity, router.route(content_words(words))
