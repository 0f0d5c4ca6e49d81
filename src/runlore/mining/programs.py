"""The command-line programs that agents run: what each sub-command does.

A row of the tables is ``name | role | phrase``; a ``*`` after the role marks what every developer knows. A name may end in a flag that makes a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from runlore.mining.tables.git import GIT
from runlore.mining.tables.operations import OPERATIONS
from runlore.mining.tables.tools import TOOLS
from runlore.mining.tables.unix import UNIX
from runlore.mining.values import Role


@dataclass(frozen=True, slots=True)
class Form:
    """What one row of the table says; ``role`` and ``phrase`` as in Activity."""

    role: Role
    phrase: str
    common: bool = False


def _parse_table(text: str) -> dict[str, Form]:
    forms = {}
    for line in filter(None, text.splitlines()):
        name, role, phrase = (part.strip() for part in line.split(" | "))
        forms[name] = Form(cast(Role, role.rstrip("*")), phrase, role.endswith("*"))
    return forms


FORMS: Final = _parse_table(GIT + TOOLS + OPERATIONS + UNIX)
"""What is known of each name."""
