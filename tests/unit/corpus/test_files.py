"""A file of the home is written as a whole or not at all; the secret is made once."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runlore.corpus.files import erase_file, make_home, read_file, read_secret, write_file
from runlore.errors import StoreError
from runlore.settings import Settings


def test_write_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "a/b.bin"
    write_file(path, b"one")
    write_file(path, b"two", durable=False)
    assert read_file(path) == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["b.bin"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert erase_file(path) and not erase_file(path) and read_file(path) is None


def test_a_write_that_fails_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.bin"
    write_file(path, b"one")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("replace", "fsync", "open"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fail)
            with pytest.raises(StoreError, match="No space left"):
                write_file(path, b"two")
        assert read_file(path) == b"one"
        assert [entry.name for entry in tmp_path.iterdir()] == ["b.bin"]


def test_the_secret_is_made_once_even_by_many_at_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", user_home=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: read_secret(settings), range(16)))
    assert len(secrets) == 1 and len(secrets.pop()) == 32
    assert read_secret(Settings(home=tmp_path / "other", user_home=tmp_path, secret="given")) == b"given"
    assert not (tmp_path / "other").exists()


def test_a_home_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        make_home(tmp_path / "file" / "home")
