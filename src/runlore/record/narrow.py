"""Lists narrowed by what is asked for: a condition for each value that is given, so that the database can use the index that has it."""

from __future__ import annotations

from typing import Any


def narrow(**known: Any) -> tuple[str, dict[str, Any]]:
    """Give the SQL of conditions, ``AND column = :column`` for each value that is not None, and the values. Columns are names of ours."""
    given = {name: value for name, value in known.items() if value is not None}
    return "".join(f" AND {name} = :{name}" for name in given), given
