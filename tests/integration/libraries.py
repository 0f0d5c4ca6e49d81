"""A library to test with: a record of one company in SQLite or PostgreSQL, and the short ways to publish into it and to look at its folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from runlore.library.projection import project
from runlore.model.document import Bundle, FileContent, Format, Recognised
from runlore.model.library import Principal, Publication, Revision, parse_document_id
from runlore.record.companies import create_company, create_team
from runlore.record.database import Record, Transaction, open_record
from runlore.record.documents import find_document
from runlore.record.principals import create_principal
from runlore.record.proposals import create_proposal
from runlore.record.publications import publish
from runlore.runbooks.formats.places import main_file

NOW = 1_760_000_000_000_000
DAY = 86_400_000_000
OWNER = Principal("acme", "ada", "Ada Lovelace", "human", ("own",), created=NOW)


def make_record(url: str) -> Record:
    """Make a record with the company acme, whose owner works alone."""
    record = open_record(url, create=True)
    with record.write() as tx:
        create_company(tx, "acme", "Acme", NOW)
    with record.write("acme") as tx:
        create_principal(tx, OWNER)
        create_team(tx, "acme", "growth", "Growth", NOW)
    return record


def bundle_of(document: str, text: str, format: Format = "markdown", **files: bytes) -> Bundle:
    """Make a bundle of a main file and further files, whose names are written with ``__`` for the full stop and ``___`` for the slash."""
    parts = parse_document_id(document)
    assert parts
    main = main_file(format, parts[2])
    others = (FileContent(name.replace("___", "/").replace("__", "."), content) for name, content in files.items())
    return Bundle(format, main, tuple(sorted((FileContent(main, text.encode()), *others), key=lambda f: f.path)))


def put_bundle(
    tx: Transaction, document: str, bundle: Bundle, reason: str = "why not", *, retires: bool = False
) -> Revision:
    """Publish the next revision of a document as its owner."""
    there = find_document(tx, "acme", document)
    base = there.head if there else ""
    proposal = create_proposal(
        tx, "acme", document, base, bundle, ("ada",), reason, "person", NOW, NOW + DAY, retires=retires
    )
    return publish(tx, "acme", proposal, OWNER, Recognised(document), (), NOW + proposal.number * 1_000_000, True)


def put(
    record: Record, document: str, text: str, format: Format = "markdown", reason: str = "why not", **files: bytes
) -> Revision:
    """Publish a text in a transaction of its own."""
    with record.write("acme") as tx:
        return put_bundle(tx, document, bundle_of(document, text, format, **files), reason)


def show(record: Record, folder: Path) -> tuple[Publication, ...]:
    return project(record, "acme", folder)


def run_git(folder: Path, *args: str, **other: str) -> str:
    """Run git as the person at the machine does, with an identity of theirs."""
    names = {
        "GIT_AUTHOR_NAME": "Eve",
        "GIT_AUTHOR_EMAIL": "eve@example.com",
        "GIT_COMMITTER_NAME": "Eve",
        "GIT_COMMITTER_EMAIL": "eve@example.com",
    }
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, **other}
    done = subprocess.run(["git", "-C", str(folder), *args], capture_output=True, check=True, env=environment)
    return done.stdout.decode()


def read_files(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, without those of git."""
    paths = (
        p for p in folder.rglob("*") if p.relative_to(folder).parts[0] != ".git" and p.is_file() and not p.is_symlink()
    )
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(paths)}


def hash_files(folder: Path) -> dict[str, tuple[str, bool]]:
    """Give what tree_of gives, from the folder itself."""
    return {
        path: ("sha256:" + hashlib.sha256(content).hexdigest(), os.access(folder / path, os.X_OK))
        for path, content in read_files(folder).items()
    }
