"""What an issue gives by name: its fields, its labels that name a value, and its own title, text and link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from runlore.model.pack import GivenInput, PackRequest

_LABEL = re.compile(r"\s*([^:=/]{1,60}?)\s*(?:::?|=|/)\s*(\S.*)")


def given_by(request: PackRequest, key: Callable[[str], str]) -> dict[str, GivenInput]:
    """Give the values of an issue by the key of their name; a name that the issue gives two values has none.

    Fields win over labels. The issue's own parts stand under ``issue_title``, ``issue_body``, ``issue_url``, ``issue_number`` and ``issue_labels``.
    """
    found: dict[str, GivenInput] = {}
    for source in (_labels(request), _fields(request)):
        own: dict[str, set[str]] = {}
        for given in source:
            name = key(given.name)
            if name:
                own.setdefault(name, set()).add(given.value)
                found[name] = given
        for name, values in own.items():
            if len(values) > 1:
                del found[name]
    found.update({key(given.name): given for given in _parts(request)})
    return found


def _fields(request: PackRequest) -> Iterator[GivenInput]:
    for name, value in request.fields:
        if value.strip():
            yield GivenInput(name, value.strip(), f"field {name}")


def _labels(request: PackRequest) -> Iterator[GivenInput]:
    for label in request.labels:
        parts = _LABEL.fullmatch(label)
        if parts:
            yield GivenInput(parts[1], parts[2].strip(), f"label {label}")


def _parts(request: PackRequest) -> Iterator[GivenInput]:
    parts = {
        "issue title": request.title,
        "issue body": request.body,
        "issue url": request.url,
        "issue number": str(request.issue or ""),
        "issue labels": ", ".join(request.labels),
    }
    for name, value in parts.items():
        if value.strip():
            yield GivenInput(name, value.strip(), name.removeprefix("issue "))
