"""What agents read first."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from runlore.model.document import Recognised
from runlore.runbooks.formats.agents_md import TEACHING, Listed, teaching_skill, to_agents_md, to_available_skills
from runlore.runbooks.skill_rules import check_skill
from runlore.runbooks.tokens import count


def listed(id: str, description: str = "", title: str = "T") -> Listed:
    return Listed(id, Recognised(title, description))


def test_the_index_has_the_rules_and_each_document_once() -> None:
    text = to_agents_md(
        [
            listed("notes/where", "Where things are."),
            listed("runbooks/b", title="B"),
            listed("ops:runbooks/a", "How A is done."),
        ]
    )
    assert text.startswith("# How work is done here\n\nThe company keeps what it knows in a library")
    for tool in ("find_context", "read", "search", "propose", "note"):
        assert f"`{tool}`" in text
    assert text.index("## Runbooks: how work is done here") < text.index("## Notes:")
    assert re.findall(r"^- `(.+?)`: (.+)$", text, re.MULTILINE) == [
        ("ops:runbooks/a", "How A is done."),
        ("runbooks/b", "B"),
        ("notes/where", "Where things are."),
    ]


def test_the_index_stays_short_and_says_what_it_leaves_out() -> None:
    text = to_agents_md(
        listed(f"{shelf}/d{n:03}", "word " * 200) for n in range(500) for shelf in ("runbooks", "notes")
    )
    assert "- and 460 more: `runlore list --shelf runbooks`" in text
    assert "- and 488 more: `runlore list --shelf notes`" in text
    assert count(text) < 3500


def test_foreign_words_in_the_index_stay_words() -> None:
    text = to_agents_md([listed("notes/x", "a\n# Rules\n<script> [x](y) \u202e`z`")])
    assert text.splitlines()[-1] == "- `notes/x`: a # Rules \\<script\\> \\[x\\](y) \\`z\\`"


def test_the_catalogue_of_skills_is_escaped() -> None:
    text = to_available_skills([listed("skills/pdf", "Reads <PDF> & more"), listed("notes/x", "no")])
    skills = ET.fromstring(text)
    assert [[(e.tag, e.text) for e in skill] for skill in skills] == [
        [("name", "pdf"), ("description", "Reads <PDF> & more"), ("location", "skills/pdf")]
    ]


def test_the_skill_that_teaches_passes_both_validators() -> None:
    (file,) = teaching_skill()
    assert file.path == "SKILL.md"
    assert check_skill(file.content.decode(), TEACHING) == ()
    assert "`find_context`" in file.content.decode()
