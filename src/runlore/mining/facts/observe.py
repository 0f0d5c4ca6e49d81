"""The map phase: what one transcript says."""

from __future__ import annotations

from runlore.mining.facts.calls import calls_of
from runlore.mining.facts.failures import failures
from runlore.mining.facts.findings import findings
from runlore.mining.facts.preferences import preferences
from runlore.mining.facts.values import Observation
from runlore.model import Transcript

MOST = 200
"""Observations that one transcript gives at most."""


def observe(transcript: Transcript) -> tuple[Observation, ...]:
    """Give what a transcript shows of facts, traps and preferences, in the order of its lines."""
    calls = calls_of(transcript)
    found = [*failures(calls), *preferences(transcript, calls), *findings(calls)]
    return tuple(sorted(found[:MOST], key=lambda o: (o.line, o.index, o.sign, o.key)))
