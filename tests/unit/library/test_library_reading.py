"""What is brought in from outside: regular files within bounds; links, pipes, bombs and paths that lead elsewhere are refused by name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import socket
import stat
import tarfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from runlore.errors import NothingToRead
from runlore.library.intake import Limits
from runlore.library.reading import read_tree

SMALL = Limits(
    file=1000, total=5000, files=10, depth=3, archive=100_000, unpacked=60_000, entries=20, ratio=10, free=25_000
)


def read(path: Path, limits: Limits = SMALL) -> tuple[dict[str, bytes], dict[str, str]]:
    """Give files by path, and problems as slug by file."""
    (tree,) = read_tree([path], limits)
    return {f.path: f.content for f in tree.files}, {p.file: p.slug for p in tree.problems}


def make_zip(path: Path, entries: dict[str, bytes], **about: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = about.get("mode", 0o644) << 16
            archive.writestr(entry, content)
    return path


def tar_bytes(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for entry, content in entries:
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def plain(
    name: str, content: bytes = b"text", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry, b"" if link or kind != tarfile.REGTYPE else content


def test_a_folder_with_its_own_name_at_the_head(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    (folder / "brand").mkdir(parents=True)
    (folder / "brand" / "voice.md").write_bytes(b"plain\r\n")
    script = folder / "do.sh"
    script.write_bytes(b"#!/bin/sh\n")
    script.chmod(0o755)
    (tree,) = read_tree([folder], SMALL)
    assert [(f.path, f.content, f.executable) for f in tree.files] == [
        ("acme/brand/voice.md", b"plain\r\n", False),
        ("acme/do.sh", b"#!/bin/sh\n", True),
    ]
    assert tree.problems == ()


def test_one_file_and_the_main_file_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "SKILL.md").write_bytes(b"skill")
    (tmp_path / "voice.md").write_bytes(b"voice")
    trees = read_tree([tmp_path / "post" / "SKILL.md", tmp_path / "voice.md"])
    assert [[f.path for f in tree.files] for tree in trees] == [["post/SKILL.md"], ["voice.md"]]


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.md").write_text("the key")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "key.md").symlink_to(secret / "key.md")
    (folder / "deep").symlink_to(secret, target_is_directory=True)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    files, problems = read(folder)
    assert files == {}
    assert problems == dict.fromkeys(("in/key.md", "in/deep", "in/loop"), "import-no-file")
    (tmp_path / "named").symlink_to(secret, target_is_directory=True)
    assert read(tmp_path / "named")[0] == {"secret/key.md": b"the key"}  # what a person names is meant


def test_pipes_sockets_and_devices_never_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    listening = socket.socket(socket.AF_UNIX)
    place = Path.cwd()
    os.chdir(tmp_path)  # a socket's path may have 100 characters
    try:
        listening.bind("socket.md")
    finally:
        os.chdir(place)
    (tmp_path / "fine.md").write_text("fine")
    start = time.monotonic()
    files, problems = read(tmp_path)
    listening.close()
    assert list(files) == [f"{tmp_path.name}/fine.md"]
    assert set(problems.values()) == {"import-no-file"}
    assert len(problems) == 2
    assert read(tmp_path / "pipe.md")[1] == {"pipe.md": "import-no-file"}
    assert read(Path(os.devnull))[1] == {"null": "import-no-file"}
    assert time.monotonic() - start < 5


def test_a_file_that_becomes_a_pipe_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.md"
    place.write_text("text")
    real = os.open

    def swap(path: str, flags: int, *rest: int, **names: int) -> int:
        if path == "a.md":
            place.unlink()
            os.mkfifo(place)
        return real(path, flags, *rest, **names)

    monkeypatch.setattr(os, "open", swap)
    assert read(tmp_path)[1] == {f"{tmp_path.name}/a.md": "import-no-file"}


def test_too_large_too_many_too_deep(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"x" * 1001)
    (tmp_path / "fits.md").write_bytes(b"x" * 1000)
    deep = tmp_path / "1" / "2" / "3" / "4"
    deep.mkdir(parents=True)
    (deep / "deep.md").write_text("deep")
    head = tmp_path.name
    files, problems = read(tmp_path)
    assert list(files) == [f"{head}/fits.md"]
    assert problems == {f"{head}/large.md": "import-too-large", f"{head}/1/2/3/4": "import-limit"}
    for number in range(12):
        (tmp_path / f"n{number:02}.md").write_text("n")
    (tree,) = read_tree([tmp_path], SMALL)
    assert len(tree.files) == 10
    assert sum(p.message.startswith("10 files were read") for p in tree.problems) == 1


def test_version_control_is_left_out(tmp_path: Path) -> None:
    hooks = tmp_path / "r" / "docs" / ".git" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    (hooks / "post-checkout").chmod(0o755)
    (tmp_path / "r" / "a.md").write_text("a")
    (tree,) = read_tree([tmp_path / "r"])
    assert [f.path for f in tree.files] == ["r/a.md"]
    assert [(p.file, p.slug, p.level) for p in tree.problems] == [("r/docs/.git", "import-repository", "warning")]
    assert not (tmp_path / "sprung").exists()


def test_odd_names_are_named_readably(tmp_path: Path) -> None:
    (tmp_path / "a\u202eb.md").write_text("a")
    (tmp_path / "line\nbreak.md").write_text("a")
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff.md", os.O_CREAT | os.O_WRONLY))
    (tree,) = read_tree([tmp_path])
    assert tree.files == ()
    assert {p.slug for p in tree.problems} == {"import-path"}
    assert all(p.file.isprintable() for p in tree.problems)


def test_nothing_at_a_path() -> None:
    with pytest.raises(NothingToRead, match="No such file"):
        read_tree([Path("/nowhere/at/all")])
    with pytest.raises(NothingToRead, match="is no path"):
        read_tree([Path("a\0b")])


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed.md").write_text("x")
    real = os.open

    def refuse(path: str, flags: int, *rest: int, **names: int) -> int:
        if path == "closed.md":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest, **names)

    monkeypatch.setattr(os, "open", refuse)
    assert read(tmp_path)[1] == {f"{tmp_path.name}/closed.md": "unreadable-file"}


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        ("tar", bytes),
        ("tar.gz", gzip.compress),
        ("tgz", gzip.compress),
        ("tar.bz2", bz2.compress),
        ("tar.xz", lzma.compress),
        ("tar.zst", zstandard.compress),
        ("tar", gzip.compress),
    ],
)
def test_archives_of_every_kind(tmp_path: Path, ending: str, pack: object) -> None:
    path = tmp_path / f"acme.{ending}"
    path.write_bytes(pack(tar_bytes(plain("./brand/voice.md"), plain("brand", kind=tarfile.DIRTYPE))))  # type: ignore[operator]
    assert read(path) == ({"acme/brand/voice.md": b"text"}, {})


def test_a_zip_with_modes_and_backslashes(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "acme.zip", {"do.sh": b"#!"}, mode=stat.S_IFREG | 0o755)
    (tree,) = read_tree([path])
    assert [(f.path, f.executable) for f in tree.files] == [("acme/do.sh", True)]
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("a")
        entry.create_system = 0
        entry.filename = entry.orig_filename = "brand\\voice.md"
        archive.writestr(entry, b"text")
    assert read(path)[0] == {"acme/brand/voice.md": b"text"}


@pytest.mark.parametrize(
    "name", ["../up.md", "/etc/passwd", "a/../../up.md", "C:/up.md", "a//b.md", "a\0b.md", ".gitattributes"]
)
def test_hostile_names_in_archives(tmp_path: Path, name: str) -> None:
    packed = tmp_path / "in.zip"
    stand_in = "x" * len(name)
    content = make_zip(packed, {stand_in: b"evil", "fine.md": b"fine"}).read_bytes()
    packed.write_bytes(content.replace(stand_in.encode(), name.encode()))
    files, problems = read(packed)
    assert files == {"in/fine.md": b"fine"}
    assert set(problems.values()) == {"import-path"}
    (tmp_path / "in.tar").write_bytes(tar_bytes(plain(name.replace("\0", "\x01"), b"evil"), plain("fine.md", b"fine")))
    files, problems = read(tmp_path / "in.tar")
    if name == "/etc/passwd":  # tarfile takes the slash away when it writes
        assert files == {"in/fine.md": b"fine"} or "in/etc/passwd" in files
    else:
        assert files == {"in/fine.md": b"fine"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.tar", "in.zip"]


def test_links_and_devices_in_archives(tmp_path: Path) -> None:
    path = tmp_path / "in.tar"
    path.write_bytes(
        tar_bytes(
            plain("link.md", kind=tarfile.SYMTYPE, link="/etc/passwd"),
            plain("hard.md", kind=tarfile.LNKTYPE, link="fine.md"),
            plain("pipe", kind=tarfile.FIFOTYPE),
            plain("device", kind=tarfile.CHRTYPE),
            plain("fine.md", b"fine"),
            plain("fine.md", b"again"),
        )
    )
    files, problems = read(path)
    assert files == {"in/fine.md": b"fine"}
    assert problems == {
        **dict.fromkeys(("in/link.md", "in/hard.md", "in/pipe", "in/device"), "import-no-file"),
        "in/fine.md": "import-twice",
    }
    linked = make_zip(tmp_path / "in.zip", {"link.md": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777)
    assert read(linked) == ({}, {"in/link.md": "import-no-file"})


def test_a_repository_in_an_archive(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "in.zip", {"r/.git/hooks/x": b"x", "r/.git/config": b"x", "r/a.md": b"a", "__MACOSX/r/._a.md": b""}
    )
    assert read(path) == ({"in/r/a.md": b"a"}, {"in/r/.git": "import-repository"})


@pytest.mark.parametrize("kind", ["ratio", "size", "count", "archive"])
@pytest.mark.parametrize("ending", ["zip", "tar.gz", "tar.xz", "tar.bz2"])
def test_bombs(tmp_path: Path, kind: str, ending: str) -> None:
    entries = {
        "ratio": {f"{n}.md": bytes(990) for n in range(18)} | {"z": bytes(30_000)},
        "size": {f"{n}.md": os.urandom(10_000) for n in range(7)},
        "count": {f"{n}": os.urandom(500) for n in range(21)},
        "archive": {"a.md": os.urandom(150_000)},
    }[kind]
    path = tmp_path / f"in.{ending}"
    limits = replace(SMALL, file=40_000)
    if ending == "zip":
        make_zip(path, entries)
    else:
        pack = {"tar.gz": gzip.compress, "tar.xz": lzma.compress, "tar.bz2": bz2.compress}[ending]
        path.write_bytes(pack(tar_bytes(*(plain(name, content) for name, content in entries.items()))))
    (tree,) = read_tree([path], limits)
    assert tree.files == ()
    (problem,) = tree.problems
    assert problem.slug == "import-archive"
    told = {"ratio": "10 times", "size": "holds more than", "count": "20 entries", "archive": "has more than"}
    assert told[kind] in problem.message


def test_a_tar_header_that_claims_gigabytes(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 4 << 30
    path = tmp_path / "in.tar.gz"
    path.write_bytes(gzip.compress(header.tobuf() + bytes(50 << 20)))
    (tree,) = read_tree([path])
    assert [p.slug for p in tree.problems] == ["import-archive"]


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.xz", "tar.bz2", "tar.zst"])
def test_damaged_archives(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"in.{ending}"
    pack = {"tar.gz": gzip.compress, "tar.xz": lzma.compress, "tar.bz2": bz2.compress, "tar.zst": zstandard.compress}
    whole = tar_bytes(plain("a.md", os.urandom(900)), plain("b.md", os.urandom(900)))
    content = (
        make_zip(path, {"a.md": os.urandom(900)}).read_bytes() if ending == "zip" else pack.get(ending, bytes)(whole)
    )
    for broken in (
        b"",
        b"nothing like it",
        content[: len(content) // 2],
        content[:600] + b"\xff\xfe" * 40 + content[680:],
    ):
        path.write_bytes(broken)
        (tree,) = read_tree([path])
        assert all(p.slug == "import-archive" for p in tree.problems)
        assert not (tree.files and tree.problems)
    path.write_bytes(content[: min(len(content) // 2, 1200)])
    (tree,) = read_tree([path])
    assert [p.slug for p in tree.problems] == ["import-archive"]


def test_encrypted_and_unusual_entries(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "in.zip", {"a.md": b"secret"})
    content = bytearray(path.read_bytes())
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(head) + flags] |= 1
    path.write_bytes(content)
    assert read(path) == ({}, {"in/a.md": "import-archive"})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.md", b"text")
    assert read(path) == ({}, {"in/a.md": "import-archive"})
