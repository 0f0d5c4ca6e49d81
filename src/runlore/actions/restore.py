"""Restore: a record from its backup, where there is none; the library folder follows from it."""

from __future__ import annotations

from pathlib import Path

from runlore.actions.caller import record_url
from runlore.corpus.files import make_home
from runlore.record.backup import restore as read_backup
from runlore.settings import Settings


def restore(settings: Settings, file: Path) -> str:
    """Restore a backup to the record's place and give its URL. Raises StoreError for a damaged file, Conflict where a record is there already."""
    make_home(settings.home)
    url = record_url(settings)
    read_backup(file, url)
    return url
