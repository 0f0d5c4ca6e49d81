"""The latest result of mining, kept so that every command can answer from it. It can be dropped and mined again."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
import zstandard

from runlore.context.routing import VERSION as ROUTER_VERSION
from runlore.context.routing import Request, Router
from runlore.errors import NotYetMined, StoreError
from runlore.mining.grouping import Repeated
from runlore.model import Fact, Workflow

VERSION = 3
ROUTER = "router.msgpack.zst"


class Session(msgspec.Struct, frozen=True):
    """What is remembered of a transcript that was mined: where it was read, and the totals of its work."""

    transcript: str
    session: str
    file: str
    format: str
    project: str
    started: float
    seconds: float
    tokens: int
    unreadable: int
    unknown: int


class Identity(msgspec.Struct, frozen=True):
    """By what a workflow is known again: its anchors and the sessions it stood in."""

    id: str
    name: str
    anchors: tuple[str, ...]
    sessions: tuple[str, ...]


class Dismissal(msgspec.Struct, frozen=True):
    """A workflow that a person does not want to see until its evidence changes."""

    id: str
    name: str
    evidence: str


class Findings(msgspec.Struct, frozen=True):
    """The result of mining a whole home. ``key`` names the digests it was made from; ``requests`` holds, by workflow name, every request that
    it served; ``identities`` includes workflows that are not found at the moment, so that they keep their names."""

    key: str
    workflows: tuple[Workflow, ...]
    facts: tuple[Fact, ...]
    sessions: tuple[Session, ...]
    requests: dict[str, tuple[Request, ...]]
    identities: tuple[Identity, ...]
    cases: int
    events: int
    repeated: Repeated = Repeated()
    dismissed: tuple[Dismissal, ...] = ()
    version: int = VERSION


def _path(home: Path) -> Path:
    return home / "findings.msgpack.zst"


def find_findings(home: Path) -> Findings | None:
    """Read the latest findings; None where nothing was mined, or an older version of Runlore wrote them."""
    try:
        data = _path(home).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(str(_path(home)), error.strerror or str(error)) from error
    try:
        findings = msgspec.msgpack.decode(zstandard.decompress(data), type=Findings)
    except (msgspec.DecodeError, zstandard.ZstdError):
        return None
    return findings if findings.version == VERSION else None


def get_findings(home: Path) -> Findings:
    """Read the latest findings, or raise NotYetMined."""
    findings = find_findings(home)
    if findings is None:
        raise NotYetMined(stale=_path(home).exists())
    return findings


class _Kept(msgspec.Struct, frozen=True):
    """A router and the findings that it was learned from."""

    key: str
    router: Router


def find_router(home: Path, key: str) -> Router | None:
    """Read the router that was learned from the findings of that key; None where it has to be learned."""
    try:
        kept = msgspec.msgpack.decode(zstandard.decompress((home / ROUTER).read_bytes()), type=_Kept)
    except (OSError, msgspec.DecodeError, zstandard.ZstdError):
        return None
    return kept.router if kept.key == key and kept.router.version == ROUTER_VERSION else None


def write_router(home: Path, key: str, router: Router) -> None:
    """Keep a router; it can be learned again, so a failure to write it is the store's."""
    _write(home / ROUTER, msgspec.msgpack.encode(_Kept(key, router)))


def write_findings(home: Path, findings: Findings) -> None:
    """Replace the findings."""
    _write(_path(home), msgspec.msgpack.encode(findings))


def _write(target: Path, data: bytes) -> None:
    """Write beside, then move."""
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_bytes(zstandard.compress(data, 3))
        os.replace(beside, target)
    except OSError as error:
        with suppress(OSError):  # where not even its folder is, nothing was written
            beside.unlink(missing_ok=True)
        raise StoreError(str(target), error.strerror or str(error)) from error


def evidence_key(workflow: Workflow) -> str:
    """Name the evidence of a workflow: the places of its cases. It changes when a case comes or goes."""
    places = sorted({(c.session, s.line, s.index) for c in workflow.cases for s in c.sources})
    return sha256(repr(places).encode()).hexdigest()[:16]
