"""Redact: what enters the record passes here first; a secret becomes its placeholder, and the person is told where it stood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from runlore.corpus.files import read_secret
from runlore.errors import UsageError
from runlore.model import Problem
from runlore.model.document import Bundle, FileContent
from runlore.redaction import Redactor, Rule, parse_rules
from runlore.runbooks.formats.hostile import decode
from runlore.settings import Settings

_PLACEHOLDER: Final = re.compile(r"\[SECRET:([a-z0-9-]{1,64}):[0-9a-f]{10}\]")
UNFIT_NAME: Final = "The name of a file looks like a secret: the file was left out. Rename it, and give it again."


@dataclass(frozen=True, slots=True)
class Hidden:
    """A secret that was replaced: the line (from 1) where it stood, and its kind."""

    line: int
    kind: str


def open_redactor(settings: Settings) -> Redactor:
    """Make the redactor that the settings ask for, with the home's secret; raises UsageError where a rule file cannot be read."""
    rules: list[Rule] = []
    for path in settings.rules:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: the redaction rules cannot be read: {error}") from error
        rules += parse_rules(text, str(path))[0]
    return Redactor(read_secret(settings), email=settings.redact_email, home=settings.redact_home, rules=rules)


def redact_words(redactor: Redactor, text: str, where: str) -> tuple[str, tuple[Problem, ...]]:
    """Redact a text; gives it as it may be stored, and a problem for each secret that it held. ``where`` names it for people."""
    clean = redactor.redact_text(text)
    if clean is text or clean == text:
        return text, ()
    return clean, tuple(_problem(where, hidden) for hidden in find_hidden(text, clean))


def redact_file(redactor: Redactor, file: FileContent, where: str) -> tuple[FileContent | None, tuple[Problem, ...]]:
    """Redact a file; None in its place where it is no text and holds a secret, as a placeholder would break it.

    ``where`` names the file for people. A file whose name holds a secret is left out as well.
    """
    if redactor.redact_text(file.path) != file.path:
        return None, (Problem(redactor.redact_text(where), 0, "secret-in-name", UNFIT_NAME),)
    text = decode(file.content)
    if text is not None:
        clean, problems = redact_words(redactor, text, where)
        return (file if clean is text else replace(file, content=clean.encode())), problems
    if redactor.redact(file.content) == file.content:
        return file, ()
    message = "The file is no text and holds what looks like a secret: it was left out. Take the secret out of it, and give it again."
    return None, (Problem(where, 0, "secret-in-asset", message),)


def redact_bundle(redactor: Redactor, bundle: Bundle, where: str) -> tuple[Bundle, tuple[Problem, ...]]:
    """Redact every file of a document; ``where`` names the document, and its files are named below it."""
    files: list[FileContent] = []
    problems: list[Problem] = []
    for file in bundle.files:
        place = where if file.path == bundle.main else f"{where}: {file.path}"
        kept, found = redact_file(redactor, file, place)
        problems += found
        if kept is not None:
            files.append(kept)
    if not problems:
        return bundle, ()
    return replace(bundle, files=tuple(files)), tuple(problems)


def find_hidden(text: str, clean: str) -> Iterator[Hidden]:
    """Find what was replaced, in order, by walking the text as it was beside the text as it is kept.

    1. What stands before a placeholder is the same in both.
    2. A placeholder that stood there already is no find.
    3. After a find both go on at the next piece that they share.
    """
    old = new = 0
    for match in _PLACEHOLDER.finditer(clean):
        lead = clean[new : match.start()]
        at = text.find(lead, old) if lead else old
        old = (at if at >= 0 else old) + len(lead)
        new = match.end()
        if text.startswith(match[0], old):
            old += len(match[0])
            continue
        yield Hidden(text.count("\n", 0, old) + 1, match[1])


def _problem(where: str, hidden: Hidden) -> Problem:
    message = f"A secret ({hidden.kind}) stood here; it is kept as a placeholder alone. If it was real, change it where it is used: it has been in a file."
    return Problem(where, hidden.line, "secret-replaced", message, "warning")
