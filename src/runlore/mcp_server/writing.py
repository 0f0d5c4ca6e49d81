"""The tools that write: proposals and notes. Both wait for a person, and serve nobody until then."""

from __future__ import annotations

from runlore.actions.caller import Caller
from runlore.actions.note import NewNote
from runlore.actions.note import note as note_down
from runlore.actions.propose import Proposed, ProposeRequest
from runlore.actions.propose_text import propose_text
from runlore.mcp_server.answers import Offered

_MOST_PROBLEMS = 20


def propose(caller: Caller, name: str, text: str, reason: str, base: str) -> Offered:
    """Propose the new text of a document, or a new document."""
    return _told(propose_text(caller, name, text, ProposeRequest(reason), base))


def note(caller: Caller, text: str, title: str, about: str, issue: str, shelf: str) -> Offered:
    """Propose what was found out as a note, or at the end of the note of that title."""
    return _told(note_down(caller, NewNote(text, title, about, issue, shelf)))


def _told(done: Proposed) -> Offered:
    problems = [f"{p.file}:{p.line}: {p.message} [{p.slug}]" for p in done.problems]
    if len(problems) > _MOST_PROBLEMS:
        problems = [*problems[:_MOST_PROBLEMS], f"and {len(problems) - _MOST_PROBLEMS} more"]
    if not done.proposals:
        message = "It stands like this already: nothing was proposed."
        return Offered(
            proposal=0, document="".join(done.unchanged), state="unchanged", message=message, problems=problems
        )
    made = done.proposals[0]
    message = f"Proposal {made.number} waits for a person's review. Until then {made.document} is served as it was."
    return Offered(proposal=made.number, document=made.document, state=made.state, message=message, problems=problems)
