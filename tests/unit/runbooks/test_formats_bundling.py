"""Files of a folder become documents."""

from __future__ import annotations

from runlore.model.document import FileContent
from runlore.runbooks.formats.bundling import Bundled, bundle_files
from runlore.runbooks.formats.detect import detect

PNG = b"\x89PNG\r\n\x1a\n"
SKILL = b"---\nname: pdf\ndescription: Reads PDFs. Use when a PDF comes in.\n---\n\n# PDF\n"
STEPS = b"# Renew a token\n\n## Steps\n\n1. Open the console\n2. Press renew\n"
JETTY = b'---\nversion: "1.0"\nevaluation: rubric\n---\n\n# Audit\n\n## Objective\n\nAudit it.\n\n## Steps\n\n### Step 1: Look\n\nLook.\n'


def shown(bundled: Bundled) -> list[tuple[str, str, list[str]]]:
    return [
        (f"{d.team + ':' if d.team else ''}{d.shelf}/{d.name}", d.bundle.format, [f.path for f in d.bundle.files])
        for d in bundled.documents
    ]


def test_a_folder_with_skill_md_is_one_skill_with_all_its_files() -> None:
    bundled = bundle_files(
        [
            FileContent("repo/pdf/SKILL.md", SKILL),
            FileContent("repo/pdf/scripts/read.py", b"print()", executable=True),
            FileContent("repo/pdf/REFERENCE.md", b"# Reference\n"),
            FileContent("repo/pdf/inner/SKILL.md", SKILL.replace(b"pdf", b"inner")),
            FileContent("repo/pdf/inner/notes.txt", b"x"),
        ]
    )
    assert shown(bundled) == [
        ("skills/pdf", "skill", ["REFERENCE.md", "SKILL.md", "scripts/read.py"]),
        ("skills/inner", "skill", ["SKILL.md", "notes.txt"]),
    ]
    assert bundled.documents[0].bundle.files[2].executable
    assert bundled.problems == ()


def test_a_runbook_of_ours_is_told_from_one_of_others_by_its_content(example_text: str) -> None:
    ours = bundle_files(
        [
            FileContent("x/publish-instagram-post/RUNBOOK.md", example_text.encode()),
            FileContent("x/publish-instagram-post/examples/a.md", b"# An example\n"),
            FileContent("x/publish-instagram-post/evidence.json", b"{}"),
        ]
    )
    assert shown(ours) == [
        ("marketing:runbooks/publish-instagram-post", "runbook", ["RUNBOOK.md", "evidence.json", "examples/a.md"])
    ]
    theirs = bundle_files([FileContent("x/seo-audit/RUNBOOK.md", JETTY), FileContent("x/seo-audit/other.md", b"# O\n")])
    assert shown(theirs) == [
        ("runbooks/seo-audit", "markdown", ["seo-audit.md"]),
        ("notes/other", "markdown", ["other.md"]),
    ]
    assert detect("a/RUNBOOK.md", example_text.encode()) == "runbook"
    assert detect("a/RUNBOOK.md", JETTY) == "markdown"


def test_plain_documents_stand_by_themselves_under_their_stem() -> None:
    bundled = bundle_files(
        [
            FileContent("src/d00012.md", b"# Disk is full\n\nText.\n"),
            FileContent("src/Renew Token.markdown", STEPS),
            FileContent("src/pdd.sop.md", b"# P\n"),
            FileContent("src/words.txt", b"some words that were written down\n"),
        ]
    )
    assert shown(bundled) == [
        ("runbooks/renew-token", "markdown", ["renew-token.md"]),
        ("notes/d00012", "markdown", ["d00012.md"]),
        ("runbooks/pdd", "sop", ["pdd.sop.md"]),
        ("notes/words", "markdown", ["words.md"]),
    ]
    assert [(p.slug, p.level, p.file) for p in bundled.problems] == [
        ("import-renamed", "warning", "src/Renew Token.markdown")
    ]


def test_a_shelf_at_the_head_of_a_path_chooses_the_shelf_and_teams_the_team() -> None:
    bundled = bundle_files(
        [
            FileContent("acme/brand/voice.md", b"# Voice\n\n- Use short sentences\n- Write as you speak\n"),
            FileContent("acme/runbooks/about.md", b"# About\n"),
            FileContent("acme/teams/ops/notes/where.md", b"# Where things are\n"),
            FileContent("acme/plans/plan.md", b"---\nteam: Field Sales\n---\n# Plan\n"),
            FileContent("acme/brand/look/SKILL.md", SKILL),
        ]
    )
    assert [s[0] for s in shown(bundled)] == [
        "skills/look",
        "brand/voice",
        "field-sales:notes/plan",
        "runbooks/about",
        "ops:notes/where",
    ]
    assert [d.is_placed for d in bundled.documents] == [True, True, False, True, True]


def test_pictures_beside_a_text_that_shows_them_are_its_assets() -> None:
    bundled = bundle_files(
        [
            FileContent("brand/logo-rules.md", b"# Logo\n\n![logo](img/logo.png) and [sizes](sizes.csv)\n"),
            FileContent("brand/img/logo.png", PNG),
            FileContent("brand/sizes.csv", b"a,b\n"),
            FileContent("brand/unused.png", PNG),
            FileContent("brand/voice.md", b"# Voice\n"),
            FileContent("brand/voice/portrait.png", PNG),
        ]
    )
    assert shown(bundled) == [
        ("brand/logo-rules", "markdown", ["img/logo.png", "logo-rules.md", "sizes.csv"]),
        ("brand/voice", "markdown", ["portrait.png", "voice.md"]),
    ]
    assert [(p.file, p.slug) for p in bundled.problems] == [("brand/unused.png", "import-not-a-document")]
    assert "no document beside it shows or links to" in bundled.problems[0].message


def test_each_file_is_in_a_document_or_is_explained() -> None:
    bundled = bundle_files(
        [
            FileContent("a/catalog.json", b"[]"),
            FileContent("a/rules.yaml", b"a: 1"),
            FileContent("a/old.tar.gz", b"\x1f\x8b"),
            FileContent("a/.DS_Store", b"\x00"),
            FileContent("a/tool", b"\x7fELF\x00"),
            FileContent("a/page.html", b"<html>"),
            FileContent("a/nothing.yaml", b""),
            FileContent("a/empty.md", b" \n"),
            FileContent("a/latin.md", "caf\xe9".encode("latin-1")),
            FileContent("../evil.md", b"# E\n"),
            FileContent("a/bomb.md", b"---\na: &a [x]\nb: [*a, *a]\n---\n# B\n"),
            FileContent("a/fine.md", b"# Fine\n"),
        ]
    )
    assert [s[0] for s in shown(bundled)] == ["notes/fine"]
    by_file = {p.file: (p.slug, p.level) for p in bundled.problems}
    assert by_file == {
        "../evil.md": ("import-path", "error"),
        "a/bomb.md": ("frontmatter-hostile", "error"),
        "a/empty.md": ("import-empty", "error"),
        "a/latin.md": ("import-not-text", "error"),
        "a/.DS_Store": ("import-not-a-document", "warning"),
        "a/catalog.json": ("import-not-a-document", "warning"),
        "a/nothing.yaml": ("import-not-a-document", "warning"),
        "a/old.tar.gz": ("import-not-a-document", "warning"),
        "a/page.html": ("import-not-a-document", "warning"),
        "a/rules.yaml": ("import-not-a-document", "warning"),
        "a/tool": ("import-not-a-document", "warning"),
    }
    said = {p.file: p.message for p in bundled.problems}
    assert "archive: unpack it" in said["a/old.tar.gz"]
    assert "catalogue or data (YAML)" in said["a/rules.yaml"]


def test_two_documents_of_one_name_are_told_apart_and_reported() -> None:
    bundled = bundle_files(
        [
            FileContent("x/index.md", b"# A\n"),
            FileContent("x/roles/index.md", b"# B\n"),
            FileContent("x/playbooks/roles/index.md", b"# C\n"),
        ]
    )
    assert [(d.name, d.bundle.main, d.source) for d in bundled.documents] == [
        ("index", "index.md", "x/index.md"),
        ("index-roles", "index-roles.md", "x/playbooks/roles/index.md"),
        ("index-x", "index-x.md", "x/roles/index.md"),
    ]
    assert [(p.slug, p.level, p.file) for p in bundled.problems] == [
        ("import-collision", "warning", "x/playbooks/roles/index.md"),
        ("import-collision", "warning", "x/roles/index.md"),
    ]
    assert "`notes/index` is `x/index.md` already: this one is taken as `index-roles`." in bundled.problems[0].message


def test_a_skill_outside_a_folder_is_named_by_itself() -> None:
    flat = FileContent("tools_x_SKILL.md", SKILL.replace(b"pdf", b"x-ray"))
    assert [s[0] for s in shown(bundle_files([FileContent("SKILL.md", SKILL)]))] == ["skills/pdf"]
    assert [s[0] for s in shown(bundle_files([flat]))] == ["skills/x-ray"]
    assert detect("a_SKILL.md", b"# No frontmatter\n") == "markdown"


def test_a_bad_asset_is_left_out_and_the_document_stays() -> None:
    bundled = bundle_files(
        [FileContent("a/x.md", b"# X\n\n![p](p.png)\n"), FileContent("a/p.png", b"MZ not a picture")]
    )
    assert shown(bundled) == [("notes/x", "markdown", ["x.md"])]
    assert [(p.slug, p.level) for p in bundled.problems] == [("import-asset", "error")]


def test_the_order_of_the_files_does_not_matter() -> None:
    given = [FileContent(f"a/{n}.md", b"# T\n") for n in ("b", "a", "c")]
    assert bundle_files(given) == bundle_files(reversed(given))
