"""Allowed: which commands may be run as proof or as a health check, and where repositories lie. An owner writes the file; nothing else changes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runlore.corpus.files import read_file
from runlore.errors import UsageError
from runlore.settings import Settings

FILE = "allowed.json"


@dataclass(frozen=True, slots=True)
class Allowed:
    """``commands``: proof by name, each with its command line. ``checks``: command lines of health checks. ``repositories``: folders by name."""

    commands: dict[str, str]
    checks: frozenset[str]
    repositories: dict[str, str]


def allowed_file(settings: Settings) -> Path:
    """Name the file, in the home."""
    return settings.home / FILE


def read_allowed(settings: Settings) -> Allowed:
    """Read what is allowed; nothing where there is no file. Raises UsageError where it is not of its form."""
    path = allowed_file(settings)
    content = read_file(path)
    if not content:
        return Allowed({}, frozenset(), {})
    try:
        value = json.loads(content)
        return Allowed(
            _texts(value.get("commands", {})),
            frozenset(map(str, value.get("checks", []))),
            _texts(value.get("repositories", {})),
        )
    except (ValueError, AttributeError, TypeError) as error:
        message = 'it holds {"commands": {name: line}, "checks": [line], "repositories": {name: folder}}'
        raise UsageError(f"{path}: {message}; this one does not: {error}") from error


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise ValueError("names must lead to texts")
    return dict(value)
