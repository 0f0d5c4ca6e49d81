"""What enters the record is redacted, and each secret is told with the line where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.actions.caller import make_token
from runlore.actions.redact import find_hidden, redact_bundle, redact_file, redact_words
from runlore.model.document import Bundle, FileContent
from runlore.redaction import Redactor

TOKEN = "ghp_" + "q7w2e9r4t1y8u3i0p5a6s2d9f4g7h1j8k2l5"
OTHER = "ghp_" + "a1s2d3f4g5h6j7k8l9q1w2e3r4t5y6u7i8o9"


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(b"unit tests")


def test_each_secret_is_told_with_its_line(redactor: Redactor) -> None:
    text = f"one\ntwo {TOKEN}\n\nfour {OTHER} and {TOKEN} again\n"
    clean, problems = redact_words(redactor, text, "notes/x")
    assert TOKEN not in clean
    assert OTHER not in clean
    assert [(p.file, p.line, p.slug, p.level) for p in problems] == [
        ("notes/x", 2, "secret-replaced", "warning"),
        ("notes/x", 4, "secret-replaced", "warning"),
        ("notes/x", 4, "secret-replaced", "warning"),
    ]
    assert TOKEN not in str(problems)


def test_redacting_again_finds_nothing_and_changes_nothing(redactor: Redactor) -> None:
    clean, _ = redact_words(redactor, f"key {TOKEN}\n", "x")
    assert redact_words(redactor, clean, "x") == (clean, ())
    more = clean + f"second {OTHER}\n"
    assert [p.line for p in redact_words(redactor, more, "x")[1]] == [2]


def test_a_secret_over_several_lines_is_told_where_it_began(redactor: Redactor) -> None:
    body = "\n".join("MIIEowIBAAKCAQEA" + f"{n:02d}" * 24 for n in range(6))
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    clean, problems = redact_words(redactor, f"a\nb\n{key}\nc {TOKEN}\n", "x")
    assert "MIIE" not in clean
    assert [p.line for p in problems] == [3, 12] or [p.line for p in problems] == [3, 11]


def test_a_text_without_a_secret_stays_the_same_object(redactor: Redactor) -> None:
    file = FileContent("a.md", "# Fine — with “quotes” and é\n".encode())
    assert redact_file(redactor, file, "a") == (file, ())


def test_an_asset_with_a_secret_is_left_out_and_said_so(redactor: Redactor) -> None:
    picture = FileContent("logo.png", b"\x89PNG\r\n\x1a\n\0\xfftEXtComment\0" + TOKEN.encode() + b"\0")
    fine = FileContent("voice.md", b"# Voice\n")
    bundle, problems = redact_bundle(redactor, Bundle("markdown", "voice.md", (picture, fine)), "brand/voice")
    assert [f.path for f in bundle.files] == ["voice.md"]
    assert [(p.file, p.slug, p.level) for p in problems] == [("brand/voice: logo.png", "secret-in-asset", "error")]
    plain = FileContent("logo.png", b"\x89PNG\r\n\x1a\n\0\xff")
    assert redact_file(redactor, plain, "logo") == (plain, ())


@given(
    st.lists(
        st.sampled_from(["plain words", f"x {TOKEN}", f"{OTHER}", "", "[SECRET:github-token:0123456789]"]), max_size=8
    )
)
def test_the_lines_that_are_told_are_the_lines_that_held_secrets(lines: list[str]) -> None:
    text = "\n".join(lines)
    clean, _ = redact_words(Redactor(b"unit tests"), text, "x")
    held = [n for n, line in enumerate(lines, 1) if TOKEN in line or OTHER in line]
    assert [hidden.line for hidden in find_hidden(text, clean)] == held


def test_a_credential_of_our_own_is_known_as_a_secret(redactor: Redactor) -> None:
    token = make_token()
    clean, problems = redact_words(redactor, f"use {token} to get in", "x")
    assert token not in clean
    assert "runlore-token" in problems[0].message
