"""The command line as a person or a program uses it: a process of its own, a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECRET = "the secret of the acceptance tests"


@dataclass(frozen=True)
class Answer:
    """How a command ended: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Runlore:
    """The command line with a home and a person's home folder of its own; ``record`` is the URL of its record, empty for the home's."""

    home: Path
    person: Path
    record: str = ""

    def __call__(self, *words: object, code: int = 0, **environment: str) -> Answer:
        """Run a command; the test fails where it does not end with the code that is expected, or shows a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "runlore", *map(str, words)],
            env={**self.environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, (
            f"runlore {' '.join(map(str, words))}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RUNLORE_")}
        return {
            **kept,
            "HOME": str(self.person),
            "RUNLORE_HOME": str(self.home),
            "RUNLORE_SECRET": SECRET,
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": "140",
            **({"RUNLORE_RECORD": self.record} if self.record else {}),
        }


def make_runlore(folder: Path, record: str = "") -> Runlore:
    """Give a command line whose homes are in a folder, so that no test sees a person's own sessions."""
    (folder / "person").mkdir(parents=True, exist_ok=True)
    return Runlore(folder / "home", folder / "person", record)
