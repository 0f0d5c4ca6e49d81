"""evidence.json: anchor → how a line of a runbook is known. Value ↔ JSON, inverse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runlore.model import Evidence, Source

EvidenceMap = Mapping[str, Evidence]
"""Anchors (``step-2/with/asset_url``, ``failure-1``, ``input/caption``, ``when-1``) to evidence."""


def evidence_to_json(evidence: EvidenceMap) -> dict[str, Any]:
    """Give the JSON form; anchors keep the order of the runbook's text."""
    return {anchor: _to_json(known) for anchor, known in evidence.items()}


def _to_json(known: Evidence) -> dict[str, Any]:
    form: dict[str, Any] = {"support": list(known.support), "sources": [_source_to_json(s) for s in known.sources]}
    if known.precision is not None:
        form["precision"] = known.precision
        form["counter"] = _source_to_json(known.counter) if known.counter else None
    return form


def _source_to_json(source: Source) -> dict[str, Any]:
    return {"transcript": source.transcript, "line": source.line, "index": source.index}


def evidence_from_json(value: dict[str, Any]) -> dict[str, Evidence]:
    """Read the JSON form; a shape that is none raises ValueError, KeyError or TypeError."""
    return {anchor: _from_json(known) for anchor, known in value.items()}


def _from_json(known: dict[str, Any]) -> Evidence:
    precision, counter = known.get("precision"), known.get("counter")
    return Evidence(
        (int(known["support"][0]), int(known["support"][1])),
        tuple(_source_from_json(s) for s in known["sources"]),
        None if precision is None else float(precision),
        None if counter is None else _source_from_json(counter),
    )


def _source_from_json(value: dict[str, Any]) -> Source:
    return Source(value["transcript"], int(value["line"]), int(value["index"]))
