"""The lease of a run: one holder at a time, and whoever held it before is refused.

A fencing token (Kleppmann, "How to do distributed locking", 2016) grows with every change of hands; each report names the token that it was
written under, so that a worker who slept through the end of its lease cannot write into another's run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from runlore.model.run import Lease

LENGTH = 15 * 60 * 1_000_000
"""How long a lease lasts without a report, in microseconds."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a lease was not given, in a sentence."""

    why: str


def take(lease: Lease, who: str, now: int) -> Lease | Refused:
    """Give the run to a worker: a free or overdue lease, or the worker's own, whose fence then grows as well."""
    if lease.holder and lease.holder != who and lease.until > now:
        return Refused(f"it is held by another worker until {_minutes(lease.until - now)} from now")
    return Lease(who, lease.fence + 1, now + LENGTH)


def hand_over(lease: Lease, who: str, now: int) -> Lease:
    """Give the run to another worker at once, by its holder or a person; the fence grows, so the old holder's reports are refused."""
    return Lease(who, lease.fence + 1, now + LENGTH)


def renew(lease: Lease, who: str, fence: int, now: int) -> Lease | Refused:
    """Check that a report comes from the one holder, and give the lease anew from now.

    An overdue lease that nobody has taken is still its holder's. Another holder or an older fence is refused.
    """
    if fence != lease.fence or who != lease.holder:
        return Refused(
            f"the run has gone on without you: it was taken since (its fence is {lease.fence}, yours {fence}). Look at the run, and resume it if it is free"
        )
    return replace(lease, until=now + LENGTH)


def _minutes(microseconds: int) -> str:
    minutes = -(-microseconds // 60_000_000)
    return f"{minutes} minute{'s' if minutes != 1 else ''}"
