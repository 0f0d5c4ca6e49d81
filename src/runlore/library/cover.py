"""The files at the root of the library folder that belong to no document: what the folder is, and that git leaves bytes as they are."""

from __future__ import annotations

import hashlib
from typing import Final

README: Final = """# Library

This folder shows the approved documents of your company as Runlore's record holds them, shelf by shelf: `strategy`, `proof`, `runbooks`,
`lessons`, `brand`, `customers`, `notes`, and beside them `skills` and `integrations`. What a team owns stands below `teams/<team>/`.

- **Read here.** People and agents may read, search and link to everything in this folder.
- **Edit here if you like.** A file that you change, add or remove is taken up by Runlore as a proposal the next time that you call it. It becomes
  part of the library when it has been reviewed: `runlore proposals` lists what waits, `runlore publish` publishes what is yours to publish.
- **The history is Runlore's.** Each commit of the branch `main` is one publication, with its author, its reviewer and its proposal. Runlore alone
  writes that branch. What you commit yourself is not lost: it is kept on a branch below `by-hand/`, and your files become proposals.
- **The record decides.** `runlore verify` compares this folder with the record and names what differs; `runlore verify --rebuild` makes the
  folder anew.
"""

ATTRIBUTES: Final = "* -text -ident -filter -working-tree-encoding\n"
"""Git changes no line end, expands no keyword and runs no filter."""

COVER: Final = {".gitattributes": ATTRIBUTES.encode(), "README.md": README.encode()}
"""The files, by path; part of the projection from its first commit on."""

COVER_HASHES: Final = {path: "sha256:" + hashlib.sha256(content).hexdigest() for path, content in COVER.items()}

COVER_CONTENTS: Final = {COVER_HASHES[path]: content for path, content in COVER.items()}

EARLIER_HASHES: Final[dict[str, frozenset[str]]] = {}
"""What the files were in earlier versions of Runlore, by path: replaced without asking."""
