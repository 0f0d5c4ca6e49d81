"""Doctor: what is there, what works, what is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections import Counter
from dataclasses import dataclass

from runlore import __version__
from runlore.actions.caller import Clock, has_record, identify, library_folder, record_url
from runlore.corpus import discovery
from runlore.corpus.findings import find_findings
from runlore.corpus.index import list_entries, open_index
from runlore.corpus.verify import check_corpus
from runlore.errors import RunloreError
from runlore.record.companies import get_company
from runlore.record.database import open_record
from runlore.record.documents import list_documents
from runlore.record.proposals import list_proposals
from runlore.record.publications import list_outbox
from runlore.settings import Settings


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at."""

    name: str
    ok: bool
    text: str


def examine(settings: Settings, clock: Clock) -> tuple[Examined, ...]:
    """Look at the program, its home, its corpus, the hosts' folders and the extras. Changes nothing."""
    return (
        Examined("runlore", True, f"{__version__} on Python {sys.version.split()[0]}"),
        _home(settings),
        *_corpus(settings),
        *_record(settings, clock()),
        *_hosts(settings),
        _git(),
        _extra("re2", "fast", "redaction by google-re2", "redaction uses Python's own expressions"),
        _extra("psycopg", "postgres", "the record may stand in PostgreSQL", "the record stands in SQLite alone"),
        _extra("pyarrow", "parquet", "export of Parquet", "events can be exported as XES alone"),
    )


def _home(settings: Settings) -> Examined:
    home = settings.home
    if not home.exists():
        return Examined("home", True, f"{home} (not there yet; it is made by the first `runlore mine`)")
    writable = os.access(home, os.W_OK)
    return Examined("home", writable, f"{home}" + ("" if writable else " cannot be written"))


def _corpus(settings: Settings) -> tuple[Examined, ...]:
    if not (settings.home / "corpus").exists():
        return (Examined("corpus", True, "empty: nothing has been mined yet"),)
    try:
        with open_index(settings.home) as index:
            entries = list_entries(index)
        problems = check_corpus(settings.home)
    except RunloreError as error:
        return (Examined("corpus", False, str(error)),)
    formats = ", ".join(f"{n} {f}" for f, n in sorted(Counter(e.format for e in entries).items()))
    findings = find_findings(settings.home)
    found = [
        Examined(
            "corpus",
            not problems,
            f"{len(entries)} sessions ({formats or 'none'})"
            + (f"; first problem: {problems[0].message}" if problems else ""),
        )
    ]
    if findings:
        found.append(
            Examined(
                "findings",
                True,
                f"{len(findings.workflows)} workflows, {len(findings.facts)} facts, {len(findings.dismissed)} dismissed",
            )
        )
    return tuple(found)


def _record(settings: Settings, now: int) -> tuple[Examined, ...]:
    """Look at the record, as whoever's credential is here; nothing is brought up to date on the way."""
    if not has_record(settings):
        return (Examined("record", True, "not there yet; `runlore init` makes it"),)
    try:
        with open_record(record_url(settings)) as record, record.read() as tx:
            principal = identify(settings, tx, now)
            company = get_company(tx, principal.company)
            number = len(list_documents(tx, company.id))
            waiting = len(list_proposals(tx, company.id, state="open"))
            behind = len(list_outbox(tx, company.id))
            label = record.label
    except RunloreError as error:
        return (Examined("record", False, str(error)),)
    told = f"{company.name}: {number} documents, {waiting} open proposals, in {label}; you act as {principal.name}"
    folder = library_folder(settings)
    there = folder.is_dir()
    shown = (
        str(folder)
        if there and not behind
        else f"{folder} does not show {behind} publications yet"
        if there
        else f"{folder} is not there; `runlore verify --rebuild` makes it"
    )
    return Examined("record", True, told), Examined("library", there and not behind, shown)


def _hosts(settings: Settings) -> tuple[Examined, ...]:
    folders = discovery.find_host_folders(settings.user_home)
    if not folders:
        return (
            Examined(
                "sessions",
                True,
                "no folder of Claude Code, Codex, Copilot CLI or Gemini CLI on this machine; name a path instead",
            ),
        )
    return tuple(
        Examined("sessions", True, f"{host}: {len(discovery.list_transcript_files([folder]))} files in {folder}")
        for host, folder in folders
    )


def _git() -> Examined:
    path = shutil.which("git")
    return Examined(
        "git",
        path is not None,
        "found" if path else "not found: install git, it merges edited drafts and reads Entire checkpoints",
    )


def _extra(module: str, extra: str, there: str, missing: str) -> Examined:
    if importlib.util.find_spec(module) is not None:
        return Examined(f"extra {extra}", True, there)
    return Examined(f"extra {extra}", True, f"not installed; {missing} (pip install 'runlore[{extra}]')")
