"""Push and pull: the library's history to another repository, and what others committed there back as proposals."""

from __future__ import annotations

from runlore.actions.caller import Caller, show_published
from runlore.actions.pickup import PickedUp, take_edits
from runlore.library.remote import pull as fetch_edits
from runlore.library.remote import push as send_commits
from runlore.model import Problem

BRANCH = "main"


def push(caller: Caller, remote: str, branch: str = BRANCH) -> tuple[str, tuple[Problem, ...]]:
    """Send what is published to a branch of another repository; nothing there is overwritten. Gives the commit, and what is still to be said.

    Raises NotAllowed, UsageError, RemoteMoved, NothingToRead, GitError.
    """
    caller.require_owner("push the library")
    problems = show_published(caller)
    return send_commits(caller.folder, remote, branch), problems


def pull(caller: Caller, remote: str, branch: str = BRANCH) -> PickedUp:
    """Fetch a branch of another repository; what others committed there becomes proposals of whoever pulls, and serves nobody.

    Raises NotAllowed, UsageError, NothingToRead, GitError.
    """
    caller.require_owner("pull from another repository")
    return take_edits(caller, fetch_edits(caller.record, caller.company, caller.folder, remote, branch))
