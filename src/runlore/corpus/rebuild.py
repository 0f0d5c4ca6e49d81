"""An index that was lost is rebuilt from what the corpus holds: the archive is the truth, the index only knows the way."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from runlore.corpus.archive import has_lines, read_lines
from runlore.corpus.events import READING_VERSION, find_transcript
from runlore.corpus.index import FileState, Holding, TranscriptEntry, has_transcripts, write_holding
from runlore.corpus.repeated import hash_opening
from runlore.errors import StoreError


def rebuild(index: sqlite3.Connection, home: Path) -> int:
    """Take the archived transcripts into an index that knows none, and give how many; does nothing to one that knows any.

    What each was read from is remembered as ``path#hash``, so that a file that is still there is simply read again.
    """
    if has_transcripts(index):
        return 0
    found = 0
    for path in sorted((home / "corpus" / "events" / READING_VERSION).glob("??/*.zst")):
        hash = f"sha256:{path.parent.name}{path.stem}"
        if len(hash) != 71 or not has_lines(home, hash):
            continue
        transcript = find_transcript(home, hash)
        try:
            lines = read_lines(home, hash)
        except StoreError:
            continue  # damaged: `verify` names it
        if transcript is None:
            continue
        entry = TranscriptEntry(
            hash=hash,
            file=transcript.file,
            format=transcript.format,
            session=transcript.session,
            counts=transcript.counts,
            events=len(transcript.events),
            lines=len(lines),
            parent=transcript.parent,
            project=transcript.project,
            started=transcript.started,
            ended=transcript.ended,
            reward=transcript.reward,
            opening=hash_opening(lines),
        )
        write_holding(index, Holding(FileState(f"{transcript.file}#{hash}", -1, -1, -1, ""), (entry,), ()))
        found += 1
    return found
