"""Read transcripts without keeping them: the same files, the same redaction and the same hashes as an ingest, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from runlore.actions.ingest import read_rules
from runlore.corpus.archive import hash_lines
from runlore.corpus.discovery import find_host_folders, list_transcript_files
from runlore.corpus.files import make_home, read_secret
from runlore.corpus.read import Job, make_redactor, name_file
from runlore.errors import NothingToRead
from runlore.model import Problem, Transcript
from runlore.settings import Settings
from runlore.transcripts.base import Reading
from runlore.transcripts.reading import read_file


def read_transcripts(settings: Settings, paths: Sequence[Path], since: float = 0.0) -> Iterator[Transcript | Problem]:
    """Read the transcripts under paths (none: the folders of this machine's hosts), redacted, with the hash that the corpus would give them.

    ``since`` is in seconds since the epoch. Raises NothingToRead where a path does not exist.
    """
    for path in paths:
        if not path.exists():
            raise NothingToRead(str(path), "there is no such file or folder")
    rules, problems = read_rules(settings)
    yield from problems
    job = Job(make_home(settings.home), read_secret(settings), settings.redact_email, settings.redact_home, rules)
    redact = make_redactor(job).redact
    places = list(paths) or [folder for _, folder in find_host_folders(settings.user_home)]
    for file in list_transcript_files(places, since=since):
        for item in read_file(file, redact, name_file(file)):
            if isinstance(item, Reading):
                yield msgspec.structs.replace(item.transcript, hash=hash_lines(item.lines))
            else:
                yield item
