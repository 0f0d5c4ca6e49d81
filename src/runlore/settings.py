"""One frozen Settings, read once at the edge."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how the person wants them.

    ``home``: the one folder of Runlore's own (``RUNLORE_HOME``, default by platform convention).
    ``secret``: the local secret that keys redaction placeholders (``RUNLORE_SECRET``; empty: made once and kept in the home).
    ``jobs``: how many processes read transcripts (``RUNLORE_JOBS``). ``redact_email`` and ``redact_home``:
    also hide e-mail addresses and home folders (``RUNLORE_REDACT_EMAIL``, ``RUNLORE_REDACT_HOME``).
    ``rules``: files with further redaction rules, separated by the platform's path separator (``RUNLORE_REDACTION_RULES``).
    ``user_home``: where the hosts' own folders are looked for.
    ``record``: the URL of the record (``RUNLORE_RECORD``; empty: SQLite in the home). ``token``: the credential of the principal who
    acts (``RUNLORE_TOKEN``; empty: the owner's own, kept in the home). ``library``: the library folder (``RUNLORE_LIBRARY``; none: in the home).
    ``check_private``: links and health checks may also ask addresses of this machine and of private networks (``RUNLORE_CHECK_PRIVATE``).
    """

    home: Path
    user_home: Path
    secret: str = field(default="", repr=False)
    jobs: int = 1
    redact_email: bool = False
    redact_home: bool = False
    rules: tuple[Path, ...] = ()
    record: str = field(default="", repr=False)  # a URL may hold a password
    token: str = field(default="", repr=False)
    library: Path | None = None
    check_private: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings from environment variables; wrong numbers raise ValueError."""
        user_home = Path(environment.get("HOME") or Path.home())
        home = environment.get("RUNLORE_HOME")
        if home:
            place = Path(home).expanduser()
        else:
            import platformdirs  # ruff's PLC0415 is allowed here: start-up counts, and most calls name a home

            place = Path(platformdirs.user_data_dir("runlore", appauthor=False))
        on = {"1", "true", "yes", "on"}
        rules = environment.get("RUNLORE_REDACTION_RULES", "")
        library = environment.get("RUNLORE_LIBRARY", "")
        return cls(
            home=place,
            user_home=user_home,
            secret=environment.get("RUNLORE_SECRET", ""),
            jobs=_whole(environment, "RUNLORE_JOBS") or 1,
            redact_email=environment.get("RUNLORE_REDACT_EMAIL", "").lower() in on,
            redact_home=environment.get("RUNLORE_REDACT_HOME", "").lower() in on,
            rules=tuple(Path(p) for p in rules.split(os.pathsep) if p),
            record=environment.get("RUNLORE_RECORD", "").strip(),
            token=environment.get("RUNLORE_TOKEN", "").strip(),
            library=Path(library).expanduser() if library else None,
            check_private=environment.get("RUNLORE_CHECK_PRIVATE", "").lower() in on,
        )


def _whole(environment: Mapping[str, str], name: str) -> int:
    """Read a whole number, 0 where it is not set; raises ValueError with the variable's name."""
    text = environment.get(name, "").strip()
    if not text:
        return 0
    if not text.isdecimal():
        raise ValueError(f"{name} is {text!r} and has to be a whole number")
    return int(text)
