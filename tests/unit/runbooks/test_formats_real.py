"""Over the public collection of runbooks, where it stands beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from runlore.model.document import FileContent
from runlore.runbooks.formats.bundling import Incoming, bundle_files
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.formats.sop_rules import check_sop
from runlore.runbooks.formats.to_skill import to_skill
from runlore.runbooks.formats.to_sop import to_sop
from runlore.runbooks.skill_rules import check_skill

DATA = Path(__file__).parents[4] / "shared" / "data" / "runbooks"


@pytest.fixture(scope="module")
def files() -> list[FileContent]:
    return [
        FileContent(str(path.relative_to(DATA.parent)), path.read_bytes())
        for path in sorted(DATA.rglob("*"))
        if path.is_file()
    ]


@pytest.fixture(scope="module")
def documents(files: list[FileContent]) -> tuple[Incoming, ...]:
    return bundle_files(files).documents


def test_every_file_is_a_document_or_is_explained(files: list[FileContent], documents: tuple[Incoming, ...]) -> None:
    bundled = bundle_files(files)
    explained = {p.file for p in bundled.problems if p.slug in ("import-not-a-document", "import-empty")}
    sources = {document.source for document in documents}
    assert {file.path for file in files} == sources | explained
    assert all(file.path in sources for file in files if file.path.endswith(".md"))
    assert len({(d.team, d.shelf, d.name) for d in documents}) == len(documents)


def test_skills_under_apache_and_sops_are_kept_as_they_are(documents: tuple[Incoming, ...]) -> None:
    kept = [d for d in documents if "/anthropic-skills/" in d.source or d.bundle.format == "sop"]
    assert len(kept) == 16
    for document in kept:
        said = recognise(document.shelf, document.name, document.bundle)
        if document.bundle.format == "sop":
            out = to_sop(document.shelf, document.name, document.bundle, said)
            back = bundle_files(out).documents
        else:
            out = to_skill(document.shelf, document.name, document.bundle, said)
            back = bundle_files([FileContent(f"{document.name}/{f.path}", f.content) for f in out]).documents
        assert [d.bundle for d in back] == [document.bundle], document.source


def test_every_document_goes_out_right_and_comes_back(documents: tuple[Incoming, ...]) -> None:
    for document in documents:
        said = recognise(document.shelf, document.name, document.bundle, document.source)
        skill = to_skill(document.shelf, document.name, document.bundle, said)
        text = next(file.content for file in skill if file.path == "SKILL.md").decode()
        assert check_skill(text, document.name) == (), document.source
        back = bundle_files([FileContent(f"{document.name}/{f.path}", f.content, f.executable) for f in skill])
        assert [(d.name, d.bundle) for d in back.documents] == [(document.name, document.bundle)], document.source
        sop = to_sop(document.shelf, document.name, document.bundle, said)
        if sop:
            text = next(file.content for file in sop if file.path.endswith(".sop.md")).decode()
            assert document.bundle.format == "sop" or check_sop(text, "x.sop.md") == (), document.source
            assert [d.bundle for d in bundle_files(sop).documents] == [document.bundle], document.source
