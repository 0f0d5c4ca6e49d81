"""Drafts: write the runbook of every workflow, keep what a person changed in it, and say how each stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from runlore.corpus import drafts
from runlore.corpus.index import TranscriptEntry, list_all, open_index
from runlore.corpus.read import get_transcript
from runlore.errors import GitError, StoreError
from runlore.library.merging import merge_texts
from runlore.model import CaseReference, Event, Workflow
from runlore.runbooks.draft import Drafted, draft
from runlore.runbooks.evidence import evidence_to_json
from runlore.runbooks.lint import lint
from runlore.settings import Settings


def write_drafts(settings: Settings, workflows: Sequence[Workflow]) -> None:
    """Write the draft of every workflow; one that a person edited is merged, and theirs stays where both changed the same lines."""
    home = settings.home
    with open_index(home) as index:
        entries = {entry.hash: entry for entry in list_all(index)}
    for workflow in workflows:
        made = make_draft(home, workflow, entries)
        files = {"evidence.json": json.dumps(evidence_to_json(made.evidence), ensure_ascii=False, indent=1) + "\n"}
        if made.example_name:
            files[made.example_name] = made.example_text
        drafts.write_draft(home, workflow.name, _merged(home, workflow.name, made.text), made.text, files)
    current = {w.name for w in workflows}
    for name in drafts.list_names(home):
        if name not in current and drafts.find_text(home, name) == drafts.find_generated(home, name):
            drafts.drop_draft(home, name)


def make_draft(home: Path, workflow: Workflow, entries: Mapping[str, TranscriptEntry]) -> Drafted:
    """Draft one workflow, its example told from the archived transcript."""

    def name_of(transcript: str) -> str:
        return entries[transcript].session if transcript in entries else transcript[7:15]

    events = example_events(home, workflow.example, entries) if workflow.example else ()
    return draft(workflow, transcript_name=name_of, example_events=events)


def example_events(home: Path, case: CaseReference, entries: Mapping[str, TranscriptEntry]) -> tuple[Event, ...]:
    """The events of a case, from its request to its last effect; none where its transcript is gone."""
    entry = entries.get(case.transcript)
    if entry is None or not case.sources:
        return ()
    try:
        events = get_transcript(home, entry).events
    except StoreError:
        return ()
    places = [(s.line, s.index) for s in case.sources]
    first, last = min(places), max(places)
    if len(places) == 1:
        return tuple(e for e in events if (e.line, e.index) >= first)[:60]
    return tuple(e for e in events if first <= (e.line, e.index) <= last)


def _merged(home: Path, name: str, fresh: str) -> str:
    standing = drafts.find_text(home, name)
    base = drafts.find_generated(home, name)
    if standing is None or standing == base or standing == fresh:
        return fresh
    if base is None:
        return standing
    try:
        return merge_texts(standing, base, fresh)
    except GitError:
        return standing


def draft_states(home: Path, workflows: Sequence[Workflow]) -> dict[str, str]:
    """Say of each workflow by name how its draft stands: what is open, what lint finds wrong, whether a person edited it."""
    states = {}
    for workflow in workflows:
        text = drafts.find_text(home, workflow.name)
        if text is None:
            states[workflow.name] = "none"
            continue
        problems = lint(text, str(drafts.draft_path(home, workflow.name)))
        open_points = sum(p.slug == "open-question" for p in problems)
        errors = sum(p.level == "error" for p in problems)
        parts = ["edited" if text != drafts.find_generated(home, workflow.name) else "draft"]
        if errors:
            parts.append(f"{errors} to mend")
        if open_points:
            parts.append(f"{open_points} open")
        states[workflow.name] = ", ".join(parts)
    return states
