"""What is said of a file that came in and belongs to no document."""

from __future__ import annotations

import re

from runlore.model import Problem
from runlore.model.document import FileContent
from runlore.runbooks.formats.hostile import decode, is_asset

_LITTER = re.compile(r"(?i)(?:.*/)?(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|[^/]*\.pyc|[^/]*~|[^/]*\.sw[op])")


def explain(file: FileContent) -> Problem:
    """Say, as a warning, why a file was not imported and what to do where it should be."""
    ending = file.path.rpartition(".")[2].lower() if "." in file.path.rpartition("/")[2] else ""
    if _LITTER.fullmatch(file.path):
        why = "is left behind by a program and no part of a document"
    elif not file.content.strip():
        why = "is empty"
    elif ending in ("yaml", "yml", "json", "jsonl", "toml"):
        why = f"is a catalogue or data ({ending.upper()}), no document: import the documents that it lists, or write what it says as Markdown"
    elif ending in ("gz", "zip", "tar", "tgz", "xz", "bz2", "7z", "zst"):
        why = "is an archive: unpack it and import the folder"
    elif is_asset(file.path):
        why = "is an asset that no document beside it shows or links to: link to it from a document"
    elif decode(file.content) is None:
        why = "is no text, and no document beside it"
    else:
        why = "is text of a format that is not read: save it as Markdown (`.md`)"
    return Problem(file.path, 0, "import-not-a-document", f"The file {why}.", "warning")
