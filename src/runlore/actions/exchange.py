"""Push and pull: the library's history to another repository, and what others committed there back as proposals."""

from __future__ import annotations

from runlore.actions.caller import Caller, show_published
from runlore.actions.pickup import PickedUp, pick_up
from runlore.library.remote import pull as fetch_edits
from runlore.library.remote import push as send_commits


def push(caller: Caller, remote: str) -> None:
    """Send what is published to a remote repository; nothing there is overwritten. Raises NotAllowed, GitError."""
    caller.require_owner("push the library")
    show_published(caller)
    send_commits(caller.folder, remote)


def pull(caller: Caller, remote: str) -> PickedUp:
    """Fetch a remote repository; what others committed there becomes proposals of whoever pulls, and serves nobody. Raises NotAllowed, GitError."""
    caller.require("propose", "pull from a remote")
    fetch_edits(caller.folder, remote)
    return pick_up(caller)
