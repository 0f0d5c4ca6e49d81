"""Text made to be slow costs no more than other text."""

from __future__ import annotations

import time

import pytest
from build import call, mined, said, shell, transcript

from runlore.mining.words import content_words

ATOMS = [
    "@",
    "a@",
    "a.",
    "a-",
    "a_",
    "/",
    "a/",
    "'",
    '"',
    "`",
    "```",
    "<a>",
    "\\",
    "$'",
    "<<EOF ",
    "1",
    "1,",
    "\n",
    " ",
    "é",
    "yes, ",
    "fix the ",
    "add test ",
    "x\n",
]


@pytest.mark.parametrize("atom", ATOMS)
def test_repeated_text_is_mined_in_bounded_time(atom: str) -> None:
    text = atom * (20_000 // len(atom))
    began = time.process_time()
    mined(
        transcript(
            "s",
            said(text),
            shell(text, text),
            shell("pytest", text, outcome="error"),
            call("create_note", {"q": text}, {"r": text}),
            call("create_note", {"q": text}, text, outcome="error"),
            call("create_note", {"q": "1"}, None, outcome="rejected", words=text),
            form="claude-code",
        )
    )
    assert time.process_time() - began < 6


def test_addresses_are_no_content() -> None:
    assert content_words("send it to ann.b+c@mail.example.org tomorrow") == content_words("send it to tomorrow")
