"""Route: which workflow fits a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from runlore.context.routing import Route, Router, Served, lines_of, train
from runlore.corpus.findings import Findings, find_router, get_findings, write_router
from runlore.errors import BadDocument
from runlore.mining.words import content_words
from runlore.model import Problem, Workflow
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
            problems.append(
                Problem(str(path), number, "bad-query", 'this line is no JSON object with "query_id" and "query"')
            )
    if problems:
        raise BadDocument(tuple(problems))
    return queries


def route(settings: Settings, queries: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[Route, ...]]]:
    """Give, for each (id, words of a request), the workflows that fit, best first; none where nothing fits."""
    router = get_router(settings)
    for identity, words in queries:
        yield identity, router.route(lines_of(content_words(line) for line in words.splitlines()))


def get_router(settings: Settings) -> Router:
    """Get the router of the latest findings: the one learned before, or learned now and kept."""
    findings = get_findings(settings.home)
    router = find_router(settings.home, findings.key)
    if router is None:
        router = train([served(w, findings) for w in findings.workflows])
        write_router(settings.home, findings.key, router)
    return router


def served(workflow: Workflow, findings: Findings) -> Served:
    """What a workflow is known by."""
    own = content_words(f"{workflow.title} {workflow.name.replace('-', ' ')}")
    return Served(workflow.name, own, findings.requests.get(workflow.name, ()))
