"""Bad input through the command line: one clear message, exit code 1 or 2, no traceback, and no memory beyond a bound."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from story import Runlore, make_runlore

CHAT = json.dumps(
    {
        "id": "one",
        "messages": [
            {"role": "user", "content": "please cancel order 7"},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "c1", "function": {"name": "cancel_order", "arguments": '{"order_id": "7"}'}}],
            },
            {"role": "tool", "tool_call_id": "c1", "content": '{"status": "cancelled"}'},
        ],
    }
)


@pytest.fixture
def runlore(tmp_path: Path) -> Runlore:
    return make_runlore(tmp_path)


def write(data: bytes) -> Callable[[Path], None]:
    return lambda path: _write(path, data)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _empty_folder(path: Path) -> None:
    path.mkdir()


def _folder_without_transcripts(path: Path) -> None:
    path.mkdir()
    (path / "notes.md").write_text("# Nothing to see here\n")
    (path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))


BAD: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "empty file": ("empty.jsonl", write(b""), "empty"),
    "binary": ("binary.jsonl", write(bytes(range(256)) * 40), "binary"),
    "truncated gzip": ("cut.jsonl.gz", write(gzip.compress(os.urandom(60_000).hex().encode())[:500]), "cut.jsonl.gz"),
    "no gzip at all": ("not.jsonl.gz", write(b"this is no gzip"), "not.jsonl.gz"),
    "broken zstandard": ("cut.jsonl.zst", write(b"\x28\xb5\x2f\xfd\x04\x00garbage"), "cut.jsonl.zst"),
    "UTF-16": ("wide.jsonl", write(CHAT.encode("utf-16")), "UTF-8"),
    "Latin-1 prose": ("latin.jsonl", write(("très " * 40).encode("latin-1")), "UTF-8"),
    "no JSON": ("prose.jsonl", write(b"Dear diary, today nothing happened.\n" * 5), "JSON"),
    "an unknown format": ("rows.jsonl", write(b'{"temperature": 21, "city": "Riga"}\n' * 9), "No format fits"),
    "JSON nested too deep": ("deep.jsonl", write(b"[" * 200_000 + b"]" * 200_000), "deep.jsonl"),
    "JSON objects nested too deep": ("deep.json", write(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "deep.json"),
    "a huge number": ("number.jsonl", write(b'{"a": 1' + b"0" * 400_000 + b"}\n"), "number.jsonl"),
    "an empty folder": ("folder", _empty_folder, "no transcript was found"),
    "a folder without transcripts": ("folder", _folder_without_transcripts, "no transcript was found"),
    "no such file": ("nowhere.jsonl", lambda path: None, "no such file or folder"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_clear_message_and_no_traceback(kind: str, runlore: Runlore, tmp_path: Path) -> None:
    name, make, piece = BAD[kind]
    make(tmp_path / name)
    answer = runlore("mine", tmp_path / name, code=1)
    assert piece.lower() in answer.err.lower()
    assert name in answer.err
    assert len(answer.err) < 1500
    assert answer.out == ""


def test_a_bad_file_beside_a_good_one_is_named_and_the_good_one_is_read(runlore: Runlore, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.jsonl").write_text(CHAT + "\n")
    (tmp_path / "in" / "bad.jsonl").write_bytes(bytes(range(256)))
    answer = runlore("mine", tmp_path / "in", "--json")
    assert [t["session"] for t in answer.json["transcripts"]] == ["one"]
    assert [p["slug"] for p in answer.json["problems"]] == ["binary-file"]


def test_a_torn_last_line_is_counted_and_the_rest_is_read(runlore: Runlore, tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl").write_text(CHAT + "\n" + CHAT[:40])
    transcripts = runlore("mine", tmp_path / "torn.jsonl", "--json").json["transcripts"]
    assert sum(t["tool_calls"] for t in transcripts) == 1
    assert sum(t["unreadable"] for t in transcripts) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux alone")
def test_a_line_of_a_gigabyte_does_not_take_a_gigabyte(runlore: Runlore, tmp_path: Path) -> None:
    """Memory is bounded by a limit on the address space of the process, well below the line's length."""
    path = tmp_path / "long.jsonl.zst"
    mebibyte = b"x" * (1 << 20)
    with path.open("wb") as file, zstandard.ZstdCompressor(level=1).stream_writer(file) as stream:
        stream.write(CHAT.encode() + b'\n{"role": "user", "content": "')
        for _ in range(1024):
            stream.write(mebibyte)
        stream.write(b'"}\n' + CHAT.replace("one", "two").encode() + b"\n")
    done = subprocess.run(
        [sys.executable, "-m", "runlore", "mine", str(path), "--json"],
        env=runlore.environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (800 << 20, 800 << 20)),
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert "line-too-long" in {p["slug"] for p in json.loads(done.stdout)["problems"]}
    assert sum(t["tool_calls"] for t in json.loads(done.stdout)["transcripts"]) == 2


def test_one_line_in_another_encoding_does_not_cost_the_others(runlore: Runlore, tmp_path: Path) -> None:
    lines = [CHAT, CHAT.replace("one", "two").replace("please", "plaît"), CHAT.replace("one", "three")]
    (tmp_path / "mixed.jsonl").write_bytes("\n".join(lines).encode("latin-1"))
    transcripts = runlore("mine", tmp_path / "mixed.jsonl", "--json").json["transcripts"]
    assert {"one", "three"} <= {t["session"] for t in transcripts}


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        (("show", "no-such-workflow"), "Nothing has been mined yet"),
        (("workflows",), "Nothing has been mined yet"),
        (("route", "cancel my order"), "Nothing has been mined yet"),
        (("route",), "Give either"),
        (("report", "out.html"), "Nothing has been mined yet"),
        (("forget",), "Give either"),
        (("forget", "nobody"), "nobody"),
        (("mine", "--since", "yesterday"), "yesterday"),
        (("mine", "--jobs", "0"), "jobs"),
        (("export", "pictures", "folder"), "pictures"),
        (("lint", "no/such/place"), "no/such/place"),
        (("undo",), "undo"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_says_what_is_wrong(
    words: tuple[str, ...], piece: str, runlore: Runlore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = runlore(*words, code=2)
    assert piece in answer.err
    assert not (tmp_path / "out.html").exists()


def test_a_home_that_cannot_be_written_is_our_fault_and_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "person").mkdir()
    (tmp_path / "good.jsonl").write_text(CHAT + "\n")
    runlore = Runlore(tmp_path / "file" / "home", tmp_path / "person")
    assert "home folder cannot be made" in runlore("mine", tmp_path / "good.jsonl", code=3).err


def test_a_wrong_setting_is_named(runlore: Runlore) -> None:
    assert "RUNLORE_JOBS" in runlore("doctor", code=2, RUNLORE_JOBS="many").err


def test_broken_findings_are_said_and_mined_anew(runlore: Runlore, tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(CHAT + "\n")
    runlore("mine", tmp_path / "good.jsonl")
    for path in runlore.home.glob("corpus/**/*"):
        if path.is_file() and path.name.startswith("findings"):
            path.write_bytes(b"broken")
    runlore("mine", tmp_path / "good.jsonl")


def test_queries_that_are_none_are_all_named(runlore: Runlore, tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(CHAT + "\n")
    runlore("mine", tmp_path / "good.jsonl")
    (tmp_path / "queries.jsonl").write_text('{"query_id": "1", "query": "x"}\nnonsense\n[1]\n')
    answer = runlore("route", "--batch", tmp_path / "queries.jsonl", code=1)
    assert ":2: " in answer.err
    assert ":3: " in answer.err
    assert answer.out == ""
