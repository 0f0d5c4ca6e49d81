"""Report: everything that mining found, as one page."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

from runlore.actions.mine import undismissed
from runlore.corpus.findings import get_findings
from runlore.errors import StoreError
from runlore.report import Report, render_report
from runlore.settings import Settings


def write_report(settings: Settings, file: Path, generated: str) -> int:
    """Write the report of the latest findings to a file, beside and then moved; gives its size in bytes."""
    findings = get_findings(settings.home)
    sessions = findings.sessions
    report = Report(
        workflows=undismissed(findings),
        facts=findings.facts,
        generated=generated,
        sessions=len(sessions),
        cases=findings.cases,
        events=findings.events,
        tokens=sum(s.tokens for s in sessions),
        seconds=sum(s.seconds for s in sessions),
        repeated=(findings.repeated.cases, findings.repeated.tokens, findings.repeated.seconds),
        formats=tuple(sorted(Counter(s.format for s in sessions).items(), key=lambda f: (-f[1], f[0]))),
        unreadable=sum(s.unreadable for s in sessions),
        unknown=sum(s.unknown for s in sessions),
        origins=tuple(sorted((s.transcript, s.session) for s in sessions)),
    )
    page = render_report(report).encode("utf-8", errors="replace")
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(page)
        os.replace(beside, file)
    except OSError as error:
        with suppress(OSError):  # where not even its folder is, nothing was written
            beside.unlink(missing_ok=True)
        raise StoreError(str(file), f"the report cannot be written there: {error.strerror or error}") from error
    return len(page)
