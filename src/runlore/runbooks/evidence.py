"""evidence.json: anchor → how a line of a runbook is known. Value ↔ JSON, inverse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runlore.model import Evidence, Source

EvidenceMap = Mapping[str, Evidence]
"""Anchors (``step-2/with/asset_url``, ``failure-1``, ``input/caption``, ``when-1``) to evidence."""


def evidence_to_json(evidence: EvidenceMap) -> dict[str, Any]:
    """Give the JSON form; anchors keep the order of the runbook's text."""
    return {
        anchor: {
            "support": list(known.support),
            "sources": [{"transcript": s.transcript, "line": s.line, "index": s.index} for s in known.sources],
        }
        for anchor, known in evidence.items()
    }


def evidence_from_json(value: dict[str, Any]) -> dict[str, Evidence]:
    """Read the JSON form; a shape that is none raises ValueError, KeyError or TypeError."""
    return {
        anchor: Evidence(
            (int(known["support"][0]), int(known["support"][1])),
            tuple(Source(s["transcript"], int(s["line"]), int(s["index"])) for s in known["sources"]),
        )
        for anchor, known in value.items()
    }
