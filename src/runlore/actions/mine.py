"""Mine: ingest transcripts, find what repeats in the whole corpus, keep the findings, write the drafts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from runlore.actions.drafts import write_drafts
from runlore.actions.ingest import Ingested, ingest
from runlore.actions.machine_form import mined_form, transcript_form
from runlore.context.routing import MOST_REQUESTS, Request
from runlore.corpus.digests import list_digests
from runlore.corpus.findings import (
    Dismissal,
    Findings,
    Identity,
    Session,
    evidence_key,
    find_findings,
    write_findings,
)
from runlore.mining.digest import VERSION as DIGEST_VERSION
from runlore.mining.digest import Digest, encode_digest
from runlore.mining.grouping import same_work
from runlore.mining.mine import Known, Mined
from runlore.mining.mine import mine as find_workflows
from runlore.model import Workflow
from runlore.settings import Settings

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class MineRequest:
    """What to read: ``paths`` (none: the hosts' own folders), and what to leave out. ``since`` is seconds since the epoch."""

    paths: tuple[Path, ...] = ()
    project: str = ""
    since: float = 0.0
    exclude: tuple[str, ...] = ()
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class MineResult:
    """What `mine` found: what stands under the given paths, and the findings of the whole corpus. ``shown`` are the workflows less those dismissed."""

    ingested: Ingested
    findings: Findings
    shown: tuple[Workflow, ...]
    drafts: Path
    unknown: dict[str, int]
    unreadable: int

    @property
    def read(self) -> int:
        """How many transcripts stand under the paths."""
        return len(self.ingested.transcripts)


def mine(settings: Settings, request: MineRequest, progress: Report | None = None) -> MineResult:
    """Read what is new under the request's paths and mine the corpus."""
    ingested = ingest(
        request.paths,
        replace(settings, jobs=max(request.jobs, settings.jobs)),
        progress=progress,
        since=request.since,
        project=request.project,
        exclude=request.exclude,
        map_transcript=encode_digest,
        map_version=DIGEST_VERSION,
    )
    before = find_findings(settings.home)
    findings = _refresh(settings, before)
    unknown: Counter[str] = Counter()
    for entry in ingested.transcripts:
        unknown.update(entry.counts.unknown)
    return MineResult(
        ingested,
        findings,
        undismissed(findings),
        settings.home / "drafts",
        dict(unknown),
        sum(e.counts.unreadable for e in ingested.transcripts),
    )


def undismissed(findings: Findings) -> tuple[Workflow, ...]:
    """The workflows that a person has not dismissed, and those whose evidence has changed since."""
    hidden = {(d.id, d.evidence) for d in findings.dismissed}
    return tuple(w for w in findings.workflows if (w.id, evidence_key(w)) not in hidden)


def _key(hashes: Sequence[str]) -> str:
    return sha256("\n".join([str(DIGEST_VERSION), *sorted(hashes)]).encode()).hexdigest()


def _refresh(settings: Settings, before: Findings | None) -> Findings:
    """Mine again where the corpus has changed."""
    stored = list_digests(settings.home, DIGEST_VERSION)
    key = _key([entry.transcript for entry in stored])
    if before is not None and before.key == key:
        return before
    digests = [_decode(entry.transcript, entry.read()) for entry in stored]
    known = tuple(
        Known(i.id, i.name, frozenset(i.anchors), frozenset(i.sessions)) for i in (before.identities if before else ())
    )
    mined = find_workflows(digests, known)
    sessions = tuple(
        Session(
            e.transcript, e.session, e.file, e.format, d.project, d.started,
            sum(c.seconds for c in d.cases), sum(c.tokens for c in d.cases),
            e.counts.unreadable, sum(e.counts.unknown.values()),
        )
        for e, d in zip(stored, digests, strict=True)
    )  # fmt: skip
    findings = Findings(
        key,
        mined.workflows,
        mined.facts,
        sessions,
        served_requests(mined.workflows, digests),
        _identities(mined, before),
        mined.cases,
        mined.events,
        mined.repeated,
        _still_dismissed(before, mined.workflows),
    )
    write_drafts(settings, mined.workflows)  # before the findings: cut short here, the next mine does it again
    write_findings(settings.home, findings)
    return findings


def _decode(transcript: str, data: bytes) -> Digest:
    return msgspec.structs.replace(msgspec.msgpack.decode(data, type=Digest), transcript=transcript)


def served_requests(workflows: Sequence[Workflow], digests: Sequence[Digest]) -> dict[str, tuple[Request, ...]]:
    """The requests that each workflow has served, by its name."""
    cases = [(d.transcript, c) for d in digests for c in d.cases]
    instances = same_work([c for _, c in cases])
    found = {(t, c.started, c.tokens, len(c.calls)): (c, i) for (t, c), i in zip(cases, instances, strict=True)}
    shared = Counter((c.transcript, c.started, c.tokens, c.calls) for w in workflows for c in w.cases)
    requests: dict[str, list[Request]] = defaultdict(list)
    for workflow in workflows:
        for case in workflow.cases[-MOST_REQUESTS:]:
            key = (case.transcript, case.started, case.tokens, case.calls)
            if key in found and found[key][0].asked:
                requests[workflow.name].append(Request(found[key][0].asked, found[key][1], shared[key]))
    return {name: tuple(rows) for name, rows in requests.items()}


def _identities(mined: Mined, before: Findings | None) -> tuple[Identity, ...]:
    now = {
        w.id: Identity(w.id, w.name, tuple(sorted(mined.anchors[w.id])), tuple(sorted({c.session for c in w.cases})))
        for w in mined.workflows
    }
    earlier = {i.id: i for i in (before.identities if before else ())}
    return tuple((earlier | now)[key] for key in sorted(earlier | now))


def _still_dismissed(before: Findings | None, workflows: Sequence[Workflow]) -> tuple[Dismissal, ...]:
    """Dismissals whose evidence is as it was; where it has changed the workflow comes back by itself."""
    evidence = {w.id: evidence_key(w) for w in workflows}
    return tuple(d for d in (before.dismissed if before else ()) if evidence.get(d.id, d.evidence) == d.evidence)


def machine_form(settings: Settings, result: MineResult) -> dict[str, Any]:
    """The machine form about the transcripts under the given paths alone; they are mined by themselves where the corpus holds more."""
    ingested, findings = result.ingested, result.findings
    transcripts = [transcript_form(e.file, e.format, e.session, e.counts) for e in ingested.transcripts]
    wanted = {e.known_as or e.hash for e in ingested.transcripts}
    if wanted == {s.transcript for s in findings.sessions}:
        return mined_form(transcripts, findings.events, ingested.problems, findings.workflows, findings.facts)
    stored = list_digests(settings.home, DIGEST_VERSION, {e.hash for e in ingested.transcripts})
    known = tuple(Known(i.id, i.name, frozenset(i.anchors), frozenset(i.sessions)) for i in findings.identities)
    mined = find_workflows([_decode(e.transcript, e.read()) for e in stored], known)
    return mined_form(transcripts, mined.events, ingested.problems, mined.workflows, mined.facts)
