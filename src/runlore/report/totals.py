"""What the header counts: the repeated part of the work, each case once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runlore.report.views import Section


@dataclass(frozen=True, slots=True)
class Totals:
    """The repeated work over all workflows; what stands in two of them counts once.

    ``failures`` counts errors of tools, ``unresolved`` those that nothing recovered, ``objections`` what people
    rejected or corrected.
    """

    cases: int
    tokens: float
    seconds: float
    failures: int
    unresolved: int
    objections: int


def totals_of(sections: Sequence[Section], repeated: tuple[int, int, float] | None = None) -> Totals:
    """Count cases, failures and objections of all workflows, each once.

    A case is known by its session and the place of its request, a failure mode by where it was seen, an objection
    by its words and their place. Tokens and time are those of the cases; where these say nothing, the workflows'.
    """
    cases = {
        (case.session, min(case.sources, default=None)): case for section in sections for case in section.workflow.cases
    }
    modes = {
        (mode.activity, mode.template, mode.sources or section.anchor): mode
        for section in sections
        for mode in section.failures
    }
    objections = {(quote.source, quote.words) for section in sections for quote, _ in section.objections}
    tokens = float(sum(case.tokens for case in cases.values())) or sum(s.workflow.tokens.total for s in sections)
    seconds = sum(case.seconds for case in cases.values()) or sum(s.workflow.seconds.total for s in sections)
    done = repeated or (len(cases), tokens, seconds)
    return Totals(
        done[0],
        done[1],
        done[2],
        sum(mode.count for mode in modes.values()),
        sum(max(mode.count - mode.resolved, 0) for mode in modes.values()),
        len(objections),
    )
