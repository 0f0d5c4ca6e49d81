"""The digests that mining made of the transcripts in the corpus, listed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from runlore.corpus.events import find_digest
from runlore.corpus.index import list_entries, list_entries_of, open_index
from runlore.corpus.repeated import mark_known
from runlore.errors import StoreError
from runlore.model import Counts


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """Where the digest of a transcript stands, and what is known of the transcript without it."""

    home: Path
    version: int
    transcript: str
    session: str
    file: str
    format: str
    counts: Counts

    def read(self) -> bytes:
        """Read the digest; raises StoreError where it is gone."""
        digest = find_digest(self.home, self.transcript, self.version)
        if digest is None:
            raise StoreError(str(self.home), f"the digest of {self.transcript} is missing; run `runlore mine` again")
        return digest


def list_digests(home: Path, version: int, among: Collection[str] | None = None) -> tuple[StoredDigest, ...]:
    """List the digests of a version: of the whole corpus, or of the transcripts among the given hashes.

    In the order (started, session, hash); each session's latest state once, copies and earlier states left out.
    """
    with open_index(home) as index:
        entries = list_entries(index) if among is None else mark_known(home, list_entries_of(index, among))
    return tuple(
        StoredDigest(home, version, entry.hash, entry.session, entry.file, entry.format, entry.counts)
        for entry in entries
        if among is None or not entry.known_as
    )
