"""How a command gets its caller, and what is said before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runlore.actions.caller import Caller, open_caller
from runlore.cli.clock import now
from runlore.cli.problems import print_problems
from runlore.settings import Settings


@contextmanager
def calling(settings: Settings) -> Iterator[Caller]:
    """Open the record as the person or agent whose credential is set, and say what could not be finished on the way in."""
    with open_caller(settings, now) as caller:
        print_problems(caller.problems)
        yield caller
