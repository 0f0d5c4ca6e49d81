"""Where documents stand, how they are called, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.model.document import SHELVES, Bundle, FileContent, Format
from runlore.runbooks.formats.hostile import check_asset, check_path, check_text, check_whole
from runlore.runbooks.formats.places import Place, document_of, folder_of, is_name, main_file, name_of, path_of

NAMES = st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,12}){0,3}", fullmatch=True).filter(is_name)
PARTS = st.from_regex(r"[a-zA-Z0-9_.-]{1,12}", fullmatch=True).filter(lambda part: part not in (".", ".."))
PNG = b"\x89PNG\r\n\x1a\n rest"


@given(
    st.sampled_from(SHELVES),
    NAMES,
    st.sampled_from(["runbook", "skill", "sop", "markdown"]),
    st.lists(PARTS, min_size=1, max_size=3).map("/".join),
    st.just("") | NAMES,
)
def test_a_path_says_which_file_of_which_document_it_is(
    shelf: str, name: str, format: Format, other: str, team: str
) -> None:
    main = main_file(format, name)
    bundle = Bundle(format, main, (FileContent(main, b""), FileContent(other, b"")))
    for file in (main, other):
        path = path_of(shelf, name, bundle, file, team)
        assert document_of(path) == Place(team, shelf, name, file)
        assert path.startswith(f"teams/{team}/{shelf}/" if team else f"{shelf}/")


def test_places_as_they_are_written() -> None:
    voice = Bundle("markdown", "voice.md", ())
    assert path_of("brand", "voice", voice, "voice.md") == "brand/voice.md"
    assert path_of("brand", "voice", voice, "logo.png") == "brand/voice/logo.png"
    skill = Bundle("skill", "SKILL.md", ())
    assert path_of("skills", "pdf", skill, "scripts/a.py", "docs") == "teams/docs/skills/pdf/scripts/a.py"
    assert folder_of("runbooks", "x", "ops") == "teams/ops/runbooks/x"
    for no in ("README.md", "brand/Voice.md", "brand/voice.txt", "shelf/x.md", "teams/Bad Team/notes/a.md", "notes//a.md", "teams/ops/a.md", ""):  # fmt: skip
        assert document_of(no) is None, no


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("d00012", "d00012"),
        ("recycle-all-nodes", "recycle-all-nodes"),
        ("Upgrade AMI version", "upgrade-ami-version"),
        ("playbooks_IRP-DoS", "playbooks-irp-dos"),
        ("Übergabe & Café", "ubergabe-cafe"),
        ("con", "con-document"),
        ("a" * 70, "a" * 64),
        ("a" * 63 + "-b", "a" * 63),
    ],
)
def test_a_stem_becomes_a_name(stem: str, name: str) -> None:
    assert name_of(stem) == name


def test_a_stem_in_another_script_gets_a_name_that_stays_the_same() -> None:
    assert name_of("日本語") == name_of("日本語")
    assert name_of("日本語").startswith("document-")
    assert name_of("日本語") != name_of("한국어")


@given(st.text(max_size=90))
def test_every_stem_becomes_a_valid_name(stem: str) -> None:
    assert is_name(name_of(stem))
    assert name_of(name_of(stem)) == name_of(stem)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../a.md", "leads out"),
        ("a/../../b.md", "leads out"),
        ("/etc/passwd.md", "relative"),
        ("a\\b.md", "relative"),
        ("C:/a.md", "relative"),
        ("a//b.md", "empty part"),
        ("./a.md", "empty part"),
        ("", "relative"),
        ("a\x00.md", "hidden character"),
        ("a\u202ednp.md", "hidden character"),
        ("x/.git/hooks/post-checkout", "git itself reads"),
        ("x/.GitAttributes", "git itself reads"),
        ("x/git~1/config", "git itself reads"),
        ("notes/nul.md", "device"),
        ("notes/COM1/a.md", "device"),
        ("a./b.md", "full stop"),
        ("a /b.md", "full stop"),
        ("a" * 201 + ".md", "longer than"),
        ("a/" * 16 + "b.md", "longer than"),
    ],
)
def test_hostile_paths_are_refused(path: str, why: str) -> None:
    problems = check_path(path)
    assert [(p.slug, p.level) for p in problems] == [("import-path", "error")]
    assert why in problems[0].message
    assert "\u202e" not in problems[0].message


def test_ordinary_paths_pass() -> None:
    for path in ("a.md", "x/y/Z file (1).md", "notes/über.md", "x/.github/y.md", "skills/a/.env.example"):
        assert check_path(path) == ()


def test_assets_are_what_they_say() -> None:
    def slugs(path: str, content: bytes, format: Format = "markdown") -> list[tuple[str, str]]:
        return [(p.slug, p.level) for p in check_asset(FileContent(path, content), format)]

    assert slugs("logo.png", PNG) == []
    assert slugs("logo.png", b"GIF89a") == [("import-asset", "error")]
    assert slugs("logo.svg", b"<?xml version='1.0'?><svg onload='x()'/>") == [("import-svg", "warning")]
    assert slugs("run.sh", b"echo hi") == []
    assert slugs("tool.bin", b"\x7fELF\x00\x00") == [("import-asset", "error")]
    assert slugs("tool.bin", b"\x7fELF\x00\x00", "skill") == [("import-asset", "warning")]
    assert slugs("big.png", PNG + b"0" * (5 << 20)) == [("import-too-large", "error")]
    assert slugs("big.txt2", b"0" * ((1 << 20) + 1)) == [("import-too-large", "error")]
    assert slugs("font.woff2", b"wOF2....") == []


def test_text_is_utf8_of_a_size() -> None:
    assert [p.slug for p in check_text(FileContent("a.md", b"\xff\xfea"))] == ["import-not-text"]
    assert [p.slug for p in check_text(FileContent("a.md", b"a\x00b"))] == ["import-not-text"]
    assert [p.slug for p in check_text(FileContent("a.md", b"a" * ((1 << 20) + 1)))] == ["import-too-large"]
    assert check_text(FileContent("a.md", "\ufeffü".encode())) == ()


def test_a_document_has_bounds() -> None:
    many = [FileContent(f"f{n}.txt", b"") for n in range(201)]
    assert [p.slug for p in check_whole("x", many)] == ["import-too-large"]
    large = [FileContent(f"f{n}.png", b"0" * (5 << 20)) for n in range(5)]
    assert [p.slug for p in check_whole("x", large)] == ["import-too-large"]
    assert [p.slug for p in check_whole("x", [FileContent("A.txt", b""), FileContent("a.txt", b"")])] == ["import-path"]
    assert check_whole("x", many[:200]) == ()
