"""Drift: which runbooks no longer match what is done, ranked, with the change that would fix each."""

from __future__ import annotations

from typing import Any

import msgspec

from runlore.actions.machine_form import source_form
from runlore.actions.runbooks import list_runbooks
from runlore.corpus.digests import list_digests
from runlore.corpus.findings import get_findings
from runlore.mining.conformance.drift import drift_of, rank
from runlore.mining.digest import VERSION as DIGEST_VERSION
from runlore.mining.digest import Digest, distinct
from runlore.mining.grouping import group, pieces_of
from runlore.model.conformance import Drift
from runlore.settings import Settings


def drift(settings: Settings) -> tuple[Drift, ...]:
    """Compare the recent cases of every runbook with its earlier ones, those that drifted most first. Raises NotYetMined."""
    findings = get_findings(settings.home)
    plans = {plan.name: plan for plan in list_runbooks(settings)}
    digests = [
        msgspec.structs.replace(msgspec.msgpack.decode(entry.read(), type=Digest), transcript=entry.transcript)
        for entry in list_digests(settings.home, DIGEST_VERSION)
    ]
    groups = {g.anchors: g for g in group(pieces_of(distinct(digests)))}
    pairs = [(plans[i.name], groups.get(frozenset(i.anchors))) for i in findings.identities if i.name in plans]
    return rank([drift_of(plan, found.members) for plan, found in pairs if found is not None])


def drift_form(one: Drift) -> dict[str, Any]:
    """The machine form of a drift (docs/reference/machine-form.md)."""
    return {
        "runbook": one.runbook,
        "score": one.score,
        "cases": {"recent": one.recent, "before": one.before},
        "enough": one.enough,
        "changes": [
            {
                "kind": c.kind,
                "step": c.step or None,
                "text": c.text,
                "recent": list(c.recent),
                "before": list(c.before),
                "accident": c.accident,
                "sources": [source_form(s) for s in c.sources],
            }
            for c in one.changes
        ],
    }
