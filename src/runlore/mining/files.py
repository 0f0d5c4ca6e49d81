"""Edits of files as activities: by the kind of file, with the area that they touch."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from runlore.mining.objects import area_of
from runlore.mining.values import Activity

_LANGUAGES: Final = {
    "go": "Go", "py": "Python", "ts": "TypeScript", "tsx": "TypeScript", "js": "JavaScript", "jsx": "JavaScript", "mjs": "JavaScript",
    "rs": "Rust", "java": "Java", "kt": "Kotlin", "rb": "Ruby", "php": "PHP", "swift": "Swift", "c": "C", "h": "C", "cpp": "C++", "cs": "C#",
    "md": "Markdown", "mdx": "Markdown", "json": "JSON", "jsonl": "JSON Lines", "yaml": "YAML", "yml": "YAML", "toml": "TOML", "html": "HTML",
    "css": "CSS", "scss": "CSS", "sql": "SQL", "sh": "shell", "bash": "shell", "zsh": "shell", "tf": "Terraform", "proto": "Protobuf", "vue": "Vue",
    "svelte": "Svelte", "astro": "Astro", "ipynb": "notebook", "txt": "text", "csv": "CSV", "xml": "XML", "ex": "Elixir", "exs": "Elixir",
    "scala": "Scala", "dart": "Dart", "lua": "Lua", "graphql": "GraphQL", "prisma": "Prisma", "env": "environment", "svg": "SVG",
}  # fmt: skip
_ENDING: Final = re.compile(r"[^/]\.([A-Za-z]\w{0,9})\Z")
_PATCHED: Final = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (.+?)\s*$|^\*\*\* Move to: (.+?)\s*$", re.MULTILINE)


def kind_of(path: str) -> str:
    """Give the kind of file: ``*.go``, or the file's own name where it has no ending (``Makefile``); ``files`` where the path is not known."""
    path = path.replace("\\", "/")
    ending = _ENDING.search(path)
    if ending and "$" not in path[ending.start() :]:
        return f"*.{ending.group(1).lower()}"
    name = path.rsplit("/", 1)[-1]
    return name if name and "$" not in name and " " not in name and len(name) <= 40 else "files"


@lru_cache(maxsize=8192)
def edit_activity(path: str, cwd: str, command: str) -> Activity:
    """Give the activity of editing or writing one file."""
    kind = kind_of(path)
    if kind.startswith("*."):
        language = _LANGUAGES.get(kind[2:])
        phrase = f"Edit {language} files" if language else f"Edit `{kind}` files"
    else:
        phrase = f"Edit `{kind}`" if kind != "files" else "Edit files"
    area = area_of(path, cwd)
    return Activity(f"edit {kind}", "edit", phrase, (area,) if area else (), command=command)


def patched_files(patch: str) -> tuple[str, ...]:
    """Give the files that a patch in the form of ``apply_patch`` changes, each once."""
    found = (match.group(1) or match.group(2) for match in _PATCHED.finditer(patch))
    return tuple(dict.fromkeys(found))
