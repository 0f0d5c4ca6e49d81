"""Export: drafts as Agent Skills, events as XES or Parquet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from runlore.actions.mine import undismissed
from runlore.actions.show import get_draft
from runlore.corpus import drafts
from runlore.corpus.findings import get_findings
from runlore.corpus.index import list_entries, open_index
from runlore.corpus.parquet import write_parquet
from runlore.corpus.read import get_transcript
from runlore.corpus.repeated import drop_repeated
from runlore.corpus.xes import render_xes
from runlore.errors import StoreError, UsageError
from runlore.model import Transcript
from runlore.runbooks.skill import export_skill
from runlore.settings import Settings


def export_skills(
    settings: Settings, folder: Path, names: Sequence[str] = ()
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Write drafts as skill folders; gives each one's name with the points that are still open. Raises NoSuchName."""
    wanted = names or [w.name for w in undismissed(get_findings(settings.home))]
    if not wanted:
        raise UsageError("There is no draft to export yet.")
    done = []
    for name in wanted:
        shown = get_draft(settings, name)
        own = drafts.read_folder(drafts.draft_path(settings.home, shown.name).parent)
        examples = {path: text for path, text in own.items() if path.startswith("examples/")}
        skill = export_skill(shown.runbook, shown.evidence, examples)
        for path, text in skill.files.items():
            _write(folder / skill.name / path, text)
        done.append((skill.name, skill.open_points))
    return tuple(done)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(text, "utf-8", errors="replace", newline="")
        os.replace(beside, path)
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error


def export_events(settings: Settings, kind: str, file: Path) -> int:
    """Write all events of the corpus as XES or Parquet, beside and then moved; gives their number."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        number = (
            write_parquet(beside, _transcripts(settings))
            if kind == "parquet"
            else _write_xes(beside, _transcripts(settings))
        )
        os.replace(beside, file)
    except OSError as error:
        raise StoreError(str(file), error.strerror or str(error)) from error
    finally:
        beside.unlink(missing_ok=True)
    return number


def _write_xes(file: Path, transcripts: Iterator[Transcript]) -> int:
    number = 0

    def counted() -> Iterator[Transcript]:
        nonlocal number
        for transcript in transcripts:
            number += len(transcript.events)
            yield transcript

    with file.open("w", encoding="utf-8", errors="replace") as sink:
        sink.writelines(render_xes(counted()))
    return number


def _transcripts(settings: Settings) -> Iterator[Transcript]:
    """The transcripts of the corpus in order; a record that stands in several of them is exported once, as mining counts it."""
    with open_index(settings.home) as index:
        entries = list_entries(index)
    return drop_repeated(get_transcript(settings.home, entry) for entry in entries)
