"""Teams: who stands together in the company, and may own documents of their own."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.actions.caller import Caller
from runlore.actions.redact import open_redactor, redact_words
from runlore.errors import UsageError
from runlore.model.library import Principal
from runlore.record.companies import Team, add_member, create_team, list_members, list_teams
from runlore.record.principals import get_principal
from runlore.runbooks.formats.places import is_name


@dataclass(frozen=True, slots=True)
class TeamMembers:
    """A team and its members, by name."""

    team: Team
    members: tuple[Principal, ...]


def add_team(caller: Caller, id: str, name: str = "") -> Team:
    """Make a team; its id stands in the ids of its documents (``marketing:brand/voice``). Raises NotAllowed, Conflict, UsageError."""
    caller.require_owner("make a team")
    if not is_name(id):
        raise UsageError(
            f"{id!r} is no id of a team: use a–z, 0–9 and single hyphens, at most 64 characters, as in `customer-care`."
        )
    said, _ = redact_words(open_redactor(caller.settings), " ".join(name.split()) or id, "the name")
    with caller.record.write(caller.company) as tx:
        return create_team(tx, caller.company, id, said, caller.now, caller.principal.id)


def join_team(caller: Caller, team: str, names: tuple[str, ...]) -> tuple[Principal, ...]:
    """Make principals members of a team; gives those who were none before. Raises NotAllowed, NoSuchName."""
    caller.require_owner("change a team")
    joined = []
    with caller.record.write(caller.company) as tx:
        for name in names:
            principal = get_principal(tx, caller.company, name)
            if add_member(tx, caller.company, team, principal.id, caller.now, caller.principal.id):
                joined.append(principal)
    return tuple(joined)


def list_with_members(caller: Caller) -> tuple[TeamMembers, ...]:
    """List the teams of the company with their members."""
    caller.require("read", "list teams")
    with caller.record.read() as tx:
        return tuple(
            TeamMembers(
                team, tuple(get_principal(tx, caller.company, m) for m in list_members(tx, caller.company, team.id))
            )
            for team in list_teams(tx, caller.company)
        )
