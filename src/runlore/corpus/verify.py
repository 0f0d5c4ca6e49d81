"""The corpus proves itself: every archived transcript is what its hash says, and nothing half-written lies about."""

from __future__ import annotations

from pathlib import Path

from runlore.corpus.archive import read_lines
from runlore.errors import StoreError
from runlore.model import Problem


def check_corpus(home: Path) -> tuple[Problem, ...]:
    """Check every archived transcript against its name; slugs: ``damaged-archive``, ``left-over`` (of a write that was cut off)."""
    problems: list[Problem] = []
    for path in sorted((home / "corpus").rglob("*")):
        if path.name.startswith(".") and path.is_file():
            problems.append(
                Problem(str(path), 0, "left-over", "A write was cut off here; the file can be deleted.", "warning")
            )
        elif path.suffix == ".zst" and path.parent.parent.name == "archive":
            try:
                read_lines(home, f"sha256:{path.parent.name}{path.stem}")
            except StoreError as error:
                problems.append(Problem(str(path), 0, "damaged-archive", str(error)))
    return tuple(problems)
