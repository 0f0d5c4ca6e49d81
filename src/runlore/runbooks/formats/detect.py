"""Of which format a file is, from its name and its content."""

from __future__ import annotations

import re

from runlore.model.document import Format
from runlore.runbooks.formats.hostile import decode
from runlore.runbooks.formats.matter import read_matter, text_of
from runlore.runbooks.frontmatter import parse_frontmatter

_MARKDOWN = re.compile(r"(?i)(?:\.html)?(?:\.md|\.mdx|\.markdown|\.mdown|\.mkd|\.txt)(?:\.erb)?$")
_SOP = re.compile(r"(?i)\.sop\.md$")
_FLAT = re.compile(r"(?i)(?P<stem>.*?)[._ -]?(?P<kind>skill|runbook)\.md$")
_STEPS = re.compile(r"^## Steps[ \t]*$", re.MULTILINE)


def detect(path: str, content: bytes) -> Format | None:
    """Say of which format the main file of a document is; None for a file that is no document by itself.

    ``SKILL.md`` is a skill; so is a file called ``…_SKILL.md`` whose frontmatter names and describes one. ``RUNBOOK.md`` is a
    runbook where it is of our format (``is_runbook``), else a Markdown procedure.
    """
    name = path.rpartition("/")[2]
    if not _MARKDOWN.search(name):
        return None
    if _SOP.search(name):
        return "sop"
    flat = _FLAT.fullmatch(name)
    text = decode(content) if flat else None
    if flat is None or text is None:
        return "markdown"
    if flat["kind"].lower() == "skill":
        return "skill" if not flat["stem"] or is_skill(text) else "markdown"
    return "runbook" if is_runbook(text) else "markdown"


def is_runbook(text: str) -> bool:
    """Say whether a text is a runbook of our format: restricted frontmatter with a name and a description, and a section *Steps*."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not text.startswith("---") or not _STEPS.search(text):
        return False
    entries, _, problems = parse_frontmatter(text, "")
    return not problems and {"name", "description"} <= {entry.key for entry in entries}


def is_skill(text: str) -> bool:
    """Say whether a text's frontmatter names and describes a skill."""
    values = read_matter(text, "").values
    return bool(text_of(values, "name") and text_of(values, "description"))


def stem_of(path: str) -> str:
    """Give the stem that names a document: the file's name without the endings of its format; for ``SKILL.md`` and ``RUNBOOK.md`` the folder's name."""
    folder, _, name = path.rpartition("/")
    if name.lower() in ("skill.md", "runbook.md"):
        return folder.rpartition("/")[2]
    if _SOP.search(name):
        return _SOP.sub("", name)
    return _MARKDOWN.sub("", name)
