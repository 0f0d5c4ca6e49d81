"""Canonical forms: equal values give equal bytes, and so equal hashes, on every machine."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def hash_bytes(content: bytes) -> str:
    """Give the tagged hash of some bytes: ``sha256:`` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def render_json(value: Any) -> str:
    """Render a value of JSON's own types canonically: keys sorted, no blanks, ASCII alone; raises ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def hash_value(value: Any) -> str:
    """Give the tagged hash of a value's canonical JSON."""
    return hash_bytes(render_json(value).encode("ascii"))


def parse_json(text: str) -> Any:
    """Parse what render_json rendered."""
    return json.loads(text)
