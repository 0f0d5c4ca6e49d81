"""Documents go out as skills and SOPs, pass the validators' rules, and come back byte for byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runlore.model.document import Bundle, FileContent, Format
from runlore.runbooks.formats.bundling import bundle_files
from runlore.runbooks.formats.hostile import decode
from runlore.runbooks.formats.kept import IN_SKILL
from runlore.runbooks.formats.places import main_file
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.formats.sop_rules import check_sop, is_unreasoned
from runlore.runbooks.formats.to_skill import to_skill
from runlore.runbooks.formats.to_sop import to_sop
from runlore.runbooks.skill_rules import check_skill

PNG = b"\x89PNG\r\n\x1a\n\x00"
STRICT = b'---\nname: pdf\ndescription: "Reads PDFs. Use when one comes in."\n---\n\n# PDF\n\r\nbody --- x\n'
LOOSE = b"---\nname: Pdf Tool\ndescription: Reads: PDFs\nversion: 1.0\ntags: [a, b]\nmetadata:\n  by: me\nallowed-tools: [Read, Bash]\n---\n# PDF\n\n1. Open it\n2. Read it\n"


def bundle(format: Format, name: str, content: bytes, **others: bytes) -> Bundle:
    main = main_file(format, name)
    files = (FileContent(main, content), *(FileContent(path, data) for path, data in others.items()))
    return Bundle(format, main, tuple(sorted(files, key=lambda file: file.path)))


def exported_skill(shelf: str, name: str, given: Bundle) -> dict[str, bytes]:
    files = to_skill(shelf, name, given, recognise(shelf, name, given))
    text = next(file.content for file in files if file.path == "SKILL.md").decode()
    assert check_skill(text, name) == ()
    back = bundle_files([FileContent(f"out/{name}/{f.path}", f.content, f.executable) for f in files])
    assert [(d.shelf, d.name, d.bundle) for d in back.documents] == [(shelf, name, given)]
    return {file.path: file.content for file in files}


def exported_sop(shelf: str, name: str, given: Bundle) -> dict[str, bytes]:
    files = to_sop(shelf, name, given, recognise(shelf, name, given))
    if files:
        text = next(file.content for file in files if file.path.endswith(f"{name}.sop.md")).decode()
        assert given.format == "sop" or check_sop(text, f"{name}.sop.md") == ()
        back = bundle_files([FileContent(f"out/{f.path}", f.content, f.executable) for f in files])
        assert [(d.name, d.bundle) for d in back.documents] == [(name, given)]
    return {file.path: file.content for file in files}


def test_a_skill_that_passes_comes_back_as_it_is() -> None:
    given = bundle("skill", "pdf", STRICT, **{"scripts/a.py": b"x", "assets/logo.png": PNG})
    assert exported_skill("skills", "pdf", given) == {f.path: f.content for f in given.files}


def test_a_skill_that_does_not_is_made_strict_and_keeps_its_bytes_beside() -> None:
    given = bundle("skill", "pdf", LOOSE, **{"scripts/a.py": b"x"})
    files = exported_skill("skills", "pdf", given)
    assert files["SKILL.md"].decode() == (
        '---\nname: "pdf"\ndescription: "Reads: PDFs"\nallowed-tools: "Read Bash"\nmetadata:\n  by: "me"\n  version: "1.0"\n'
        '  tags: "[\\"a\\", \\"b\\"]"\n---\n# PDF\n\n1. Open it\n2. Read it\n'
    )
    record = json.loads(files[IN_SKILL])
    assert record["files"][0] == {"path": "SKILL.md", "text": LOOSE.decode()}
    assert record["files"][1] == {"path": "scripts/a.py", "at": "scripts/a.py"}


def test_a_runbook_becomes_a_skill_and_an_sop(example_text: str) -> None:
    name = "publish-instagram-post"
    given = bundle("runbook", name, example_text.encode(), **{"examples/2026-03-02-spring-launch.md": b"# E\n", "evidence.json": b"{}", "assets/p.png": PNG})  # fmt: skip
    files = exported_skill("runbooks", name, given)
    assert {"SKILL.md", "references/runbook.json", IN_SKILL, "examples/2026-03-02-spring-launch.md", "assets/p.png"} == set(files)  # fmt: skip
    sop = exported_sop("runbooks", name, given)
    text = sop[f"{name}.sop.md"].decode()
    for line in (
        "- **caption** (required): the text, at most 2,200 characters",
        '- **publish_at** (optional, default: "now"): time with zone',
        "### 1. Check prerequisites",
        "### 3. Get the post approved",
        "- You MUST NOT continue until `brand-owner` has approved over `caption` and `asset_url`, because this step waits for that person's yes",
        "- You MUST NOT do this step unless `$.token.expires_in_days` >= 2, because it is right only then",
        "- You MUST give `creation_id` from step 3 at `$.id`",
        "- You MUST record this proof (P2): url, `$.permalink` answers 200",
        "### 7. Prove that it is done",
        "### Whom to ask",
    ):
        assert line in text.split("\n"), line
    assert set(sop) == {f"{name}.sop.md", f"{name}.sop.json", f"{name}/evidence.json", f"{name}/assets/p.png"}  # fmt: skip
    kept = {file["path"]: file for file in json.loads(sop[f"{name}.sop.json"])["files"]}
    assert kept["examples/2026-03-02-spring-launch.md"] == {
        "path": "examples/2026-03-02-spring-launch.md",
        "text": "# E\n",
    }


def test_a_plain_document_and_an_sop_become_skills() -> None:
    page = bundle("markdown", "voice", b"---\nowner: ann\n---\n\nWe write --- <plainly>.\n\n![l](voice/logo.png)\n", **{"logo.png": PNG})  # fmt: skip
    files = exported_skill("brand", "voice", page)
    assert set(files) == {"SKILL.md", "voice/logo.png", IN_SKILL}
    assert files["SKILL.md"].decode().endswith("---\n\n# voice\n\nWe write --- <plainly>.\n\n![l](voice/logo.png)\n")
    sop = bundle("sop", "cut", b"# Cut\n\n## Overview\n\nCuts: it.\n\n## Parameters\n\n## Steps\n\n### 1. Go\n")
    exported_skill("runbooks", "cut", sop)
    assert exported_sop("runbooks", "cut", sop) == {"cut.sop.md": sop.files[0].content}


def test_a_long_document_stands_beside_its_skill() -> None:
    text = b"# Long\n\nIt is long.\n\n## Steps\n\n" + b"".join(
        b"%d. Run part %d and wait for it\n" % (n, n) for n in range(1, 700)
    )
    files = exported_skill("runbooks", "long", bundle("markdown", "long", text))
    assert files["references/long.md"] == text
    skill = files["SKILL.md"].decode()
    assert "Read the whole text before you begin: [references/long.md](references/long.md)." in skill
    assert "100. Run part 100 and wait for it" in skill
    assert len(skill) < 6000


def test_what_has_no_steps_becomes_no_sop() -> None:
    assert exported_sop("notes", "x", bundle("markdown", "x", b"# Where things are\n\nThere.\n")) == {}
    assert exported_sop("skills", "x", bundle("skill", "x", b"---\nname: x\ndescription: y\n---\n# X\n")) == {}


def test_a_skill_with_steps_becomes_an_sop() -> None:
    sop = exported_sop("skills", "pdf", bundle("skill", "pdf", LOOSE))
    assert b"### 1. Open it\n" in sop["pdf.sop.md"]


def test_an_export_that_was_edited_stands_for_itself() -> None:
    given = bundle("markdown", "x", b"# X\n\n1. Run it\n2. Stop it\n")
    said = recognise("runbooks", "x", given)
    edited = [
        FileContent(f"x/{f.path}", f.content + b"more\n" if f.path == "SKILL.md" else f.content)
        for f in to_skill("runbooks", "x", given, said)
    ]
    back = bundle_files(edited)
    assert [(d.shelf, d.bundle.format) for d in back.documents] == [("skills", "skill")]
    assert [(p.slug, p.level) for p in back.problems] == [("kept-edited", "warning")]


@pytest.mark.parametrize(
    "change",
    [
        {"shelf": "elsewhere"},
        {"name": "../x"},
        {"main": "missing.md"},
        {"files": [{"path": "../../evil.md", "text": "x"}]},
        {"files": [{"path": "x.md", "base64": "%%%"}]},
        {"files": [{"path": "x.md", "at": "not there"}]},
        {"files": [{"path": "x.md", "text": "x"}, {"path": "x.md", "text": "y"}]},
        {"files": "no list"},
        {"written": []},
    ],
)
def test_a_record_that_is_damaged_or_hostile_restores_nothing(change: dict[str, object]) -> None:
    given = bundle("markdown", "x", b"# X\n\n1. Run it\n2. Stop it\n")
    files = {f.path: f.content for f in to_skill("runbooks", "x", given, recognise("runbooks", "x", given))}
    files[IN_SKILL] = json.dumps(json.loads(files[IN_SKILL]) | change).encode()
    back = bundle_files([FileContent(f"x/{path}", content) for path, content in files.items()])
    assert back.documents == ()
    assert {p.slug for p in back.problems} <= {"kept-unreadable", "import-path"}
    assert {p.level for p in back.problems} == {"error"}


def test_json_that_is_not_ours_is_an_ordinary_file() -> None:
    given = bundle("skill", "pdf", STRICT, **{IN_SKILL: b'{"format": "other"}'})
    back = bundle_files([FileContent(f"pdf/{f.path}", f.content) for f in given.files])
    assert [d.bundle for d in back.documents] == [given]


TEXTS = st.lists(
    st.sampled_from(
        ["---", "name: a", "description: b: c", "# T <x>", "## Steps", "## Overview", "### 1. Go", "### 2. Stop\r", "1. Run it", "2. You MUST NOT stop", "- Close it", "```", "# in code", "**Constraints:**", "| Sign | Cause |", "|---|---|", "<!-- hidden -->", "---x", "## Parameters", "- **a b** (optional, default: (x)): y", "\u202e\u200b", "## Troubleshooting", "### Sign", "\ufeff", "text &a *b", ""]
    ),
    max_size=30,
).map("\n".join)  # fmt: skip
FILES = st.dictionaries(
    st.sampled_from(["a.txt", "scripts/b.py", "img/c.png", "references/d.md", "references/runbook.json", "x.sop.json", "e.csv"]),
    st.sampled_from([b"", b"text\n", PNG, b"{}", b"a,b\n"]),
    max_size=3,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["runbook", "skill", "sop", "markdown"]), st.text(max_size=200) | TEXTS, FILES)
def test_every_document_comes_back_byte_for_byte(format: Format, text: str, others: dict[str, bytes]) -> None:
    content = text.encode("utf-8", "ignore")
    others = {p: (PNG if p.endswith(".png") else c) for p, c in others.items() if p.endswith(".png") or decode(c) is not None}  # fmt: skip
    given = bundle(format, "x", content, **others)
    shelf = "skills" if format == "skill" else "runbooks"
    assume(content.strip() and decode(content) is not None)
    imported = bundle_files([FileContent(f"in/x/{f.path}" if format in ("skill", "sop") else f"in/{f.path}" if f.path == given.main else f"in/x/{f.path}", f.content) for f in given.files])  # fmt: skip
    assume(len(imported.documents) == 1 and imported.documents[0].bundle == given)
    exported_skill(shelf, "x", given)
    exported_sop(shelf, "x", given)


def test_the_sop_rules_to_the_letter() -> None:
    good = "# T\n\n## Overview\n\no\n\n## Parameters\n\n**Constraints for parameter acquisition:**\n- You MUST ask\n\n## Steps\n\n### 1. Go\n\n**Constraints:**\n- You MUST NOT stop because it breaks\n\n## Examples\n\n## Troubleshooting\n"
    assert check_sop(good, "a.sop.md") == ()

    def found(text: str, file: str = "a.sop.md") -> list[tuple[str, int]]:
        return [(p.level, p.line) for p in check_sop(text, file)]

    assert found(good, "a.md") == [("error", 0)]
    for part in ("# T\n", "## Overview\n", "## Steps\n", "### 1. Go\n", "**Constraints:**\n"):
        assert found(good.replace(part, "\n")) == [("error", 1)], part
    assert found(good.replace("## Parameters\n\n", "## Parameters\n")) == [("error", 7)]
    assert found(good.replace("## Parameters\n\n", "## Parameters\n" + "\n" * 25)) == [("error", 7)]
    assert found(good.replace("You MUST", "One has to")) == [("warning", 1)]
    assert found(good.replace("## Examples", "## Others")) == [("warning", 1)]
    assert found(good.replace("because it breaks", "ever")) == [("warning", 17)]
    assert not is_unreasoned("You MUST NOT use the last one"), "the script takes `as` inside a word for a reason"
    assert is_unreasoned("You SHOULD NOT go on")
