"""The record of the tests: one company whose people review one another's, on both engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from record_example import make_company
from runlore.record.database import Record, open_record


@pytest.fixture
def record(record_url: str) -> Iterator[Record]:
    """A record with the company acme, in which several people review."""
    with open_record(record_url, create=True) as opened:
        make_company(opened)
        yield opened


@pytest.fixture
def own_record(record_url: str) -> Iterator[Record]:
    """A record with the company acme, whose owner works alone."""
    with open_record(record_url, create=True) as opened:
        make_company(opened, alone=True)
        yield opened
