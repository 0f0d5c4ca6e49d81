"""Check integrations: is each one ready, and since when is that known? The result is kept, and preflight reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from runlore.actions.allowed import read_allowed
from runlore.actions.caller import Caller
from runlore.actions.offer import main_text
from runlore.actions.shelved import find_shelved
from runlore.errors import NoSuchName
from runlore.integrations.count_tools import count_tools
from runlore.integrations.health import Found, HowToCheck, ListTools, check_integration, parse_check
from runlore.model.library import HealthCheck
from runlore.record.database import Transaction
from runlore.record.documents import list_documents
from runlore.record.health import get_health, put_health
from runlore.runbooks.formats.matter import read_matter


@dataclass(frozen=True, slots=True)
class CheckedIntegration:
    """One integration as it was found, with its owner and how it says that it is checked (None where it says nothing that we know)."""

    check: HealthCheck
    owner: str
    how: HowToCheck | None


def check_integrations(
    caller: Caller,
    name: str = "",
    *,
    environment: Mapping[str, str] | None = None,
    list_tools: ListTools | None = None,
) -> tuple[CheckedIntegration, ...]:
    """Check one integration, or all of them, and keep what was found. Raises NotAllowed, NoSuchName.

    Credentials are looked for in ``environment`` (this process's own where none is given) and never stored, shown or logged. ``list_tools`` says how many
    tools a server lists (with the official SDK where none is given).
    """
    caller.require("run", "check integrations")
    chosen = list_integrations(caller, name)
    allowed = read_allowed(caller.settings).checks
    known = os.environ if environment is None else environment
    found: list[CheckedIntegration] = []
    for own, owner, how in chosen:
        answer = (
            check_integration(
                how, known, allowed=allowed, private=caller.settings.check_private, list_tools=list_tools or count_tools
            )
            if how is not None
            else Found("unknown", "its document does not say how it is checked (`check:` and `credential:`)")
        )
        check = HealthCheck(caller.company, own, answer.state, answer.detail, caller.now)
        found.append(CheckedIntegration(check, owner, how))
    with caller.record.write(caller.company) as tx:
        for item in found:
            put_health(tx, item.check)
    return tuple(found)


def list_integrations(caller: Caller, name: str = "") -> tuple[tuple[str, str, HowToCheck | None], ...]:
    """List the integrations of the library (or the one that is named): name, owner, how it is checked. Raises NoSuchName."""
    bare = name.rpartition("/")[2]
    with caller.record.read() as tx:
        documents = [d for d in list_documents(tx, caller.company, shelf="integrations") if d.head]
        if name and not any(d.name == bare for d in documents):
            raise NoSuchName("integration", name, tuple(d.name for d in documents)[:5])
        return tuple((d.name, d.owner, _how(tx, caller.company, d.id)) for d in documents if not name or d.name == bare)


def _how(tx: Transaction, company: str, document: str) -> HowToCheck | None:
    shelved = find_shelved(tx, company, document)
    if shelved is None:
        return None
    values = read_matter(main_text(shelved.bundle), document).values
    return parse_check(_text(values.get("credential")), _text(values.get("check")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def list_last_checks(caller: Caller) -> tuple[tuple[HealthCheck, str], ...]:
    """List the last check of each integration with its owner; one that nobody has checked is unknown. Raises NotAllowed."""
    caller.require("read", "list integrations")
    chosen = list_integrations(caller)
    with caller.record.read() as tx:
        return tuple((get_health(tx, caller.company, name), owner) for name, owner, _ in chosen)
