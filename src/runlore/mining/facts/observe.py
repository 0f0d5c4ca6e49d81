"""The map phase: what one transcript says."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import msgspec

from runlore.mining.facts.calls import calls_of
from runlore.mining.facts.failures import failures
from runlore.mining.facts.findings import findings
from runlore.mining.facts.preferences import preferences
from runlore.mining.facts.values import Observation
from runlore.model import Transcript

MOST = 200
"""Observations that one transcript gives at most."""
MOST_OF_A_SIGN = 40
"""Observations of one sign that it gives at most, so that none crowds the others out; people's words may be more."""

_WITH_REMEDY = frozenset({"failure", "stale", "missing", "rule"})


def observe(transcript: Transcript) -> tuple[Observation, ...]:
    """Give what a transcript shows of facts, traps and preferences, in the order of its lines."""
    calls = calls_of(transcript)
    kept: list[Observation] = []
    counts: Counter[str] = Counter()
    failed = transcript.reward is not None and transcript.reward < 1.0
    for one in chain(failures(calls), findings(calls), preferences(transcript, calls)):
        counts[one.sign] += 1
        if counts[one.sign] <= (MOST // 2 if one.sign == "wish" else MOST_OF_A_SIGN):
            # What a failed run did next recommends nothing.
            kept.append(msgspec.structs.replace(one, remedy="") if failed and one.sign in _WITH_REMEDY else one)
    return tuple(sorted(kept[:MOST], key=lambda o: (o.line, o.index, o.sign, o.key, o.text)))
