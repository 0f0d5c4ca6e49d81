"""Lint: check runbooks by path or by the name of a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from runlore.corpus import drafts
from runlore.corpus.files import read_secret
from runlore.errors import NoSuchName, UsageError
from runlore.model import Problem
from runlore.redaction import Redactor
from runlore.runbooks.lint import lint
from runlore.settings import Settings

LARGEST = 1 << 20
"""Bytes of a runbook; a larger file is none."""


_PLACEHOLDER = re.compile(r"\[SECRET:([\w.-]+):\w+\]")


def _secrets(redactor: Redactor, text: str) -> Iterator[tuple[int, int, str]]:
    """The lines in which the redactor finds something to hide, with the kind of it."""
    start = 0
    for line in text.splitlines(keepends=True):
        known = set(_PLACEHOLDER.findall(line))
        fresh = [kind for kind in _PLACEHOLDER.findall(redactor.redact_text(line)) if kind not in known]
        if fresh:
            yield start, start + len(line.rstrip()), fresh[0]
        start += len(line)


def lint_target(settings: Settings, target: str, today: date) -> tuple[Problem, ...]:
    """Check the runbooks under a path, or the draft of that name; raises NoSuchName where there is neither."""
    path = Path(target)
    if path.is_dir():
        files = sorted(p for p in path.rglob(drafts.RUNBOOK) if drafts.GENERATED not in p.parts)
        if not files:
            raise UsageError(f"{target}: there is no {drafts.RUNBOOK} in this folder.")
    elif path.is_file():
        files = [path]
    elif drafts.find_text(settings.home, target) is not None:
        files = [drafts.draft_path(settings.home, target)]
    else:
        raise NoSuchName("runbook or path", target, drafts.list_names(settings.home)[:3])
    redactor = Redactor(read_secret(settings))

    def find_secrets(text: str) -> Sequence[tuple[int, int, str]]:
        return list(_secrets(redactor, text))

    found: list[Problem] = []
    for file in files:
        if file.stat().st_size > LARGEST:
            found.append(
                Problem(str(file), 0, "too-large", f"the file is larger than {LARGEST >> 20} MiB, which no runbook is")
            )
            continue
        text = file.read_bytes().decode("utf-8", errors="replace")
        found.extend(lint(text, str(file), today=today, find_secrets=find_secrets))
    return tuple(found)
