"""Exports of the library as actions, and the rule by which a team's own document stands in for the company's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from libraries import DAY, NOW, OWNER, bundle_of, make_record, put_bundle

from runlore.actions.caller import Caller
from runlore.actions.export_library import BEGIN, END, export_agents_md, export_documents, place_passage
from runlore.actions.search import particular
from runlore.errors import Conflict, NoSuchName, NotAllowed
from runlore.model.search import Hit
from runlore.settings import Settings

STEPS = "# {}\n\n## Steps\n\n1. Look\n2. Act\n"


@pytest.fixture
def caller(tmp_path: Path):
    with make_record(f"sqlite://{tmp_path}/record.sqlite3") as record:
        with record.write("acme") as tx:
            for document, text, form in (
                ("runbooks/close-books", STEPS.format("Close the books"), "markdown"),
                ("growth:runbooks/close-books", STEPS.format("Close the books of growth"), "markdown"),
                ("runbooks/prose", "# Prose\n\nNo list anywhere.\n", "markdown"),
                ("skills/billing", "---\nname: billing\ndescription: How money moves. Use for money.\n---\n\n# Billing\n", "skill"),
            ):  # fmt: skip
                put_bundle(tx, document, bundle_of(document, text, form))  # type: ignore[arg-type]
        yield Caller(Settings(tmp_path / "home", tmp_path), record, OWNER, NOW + DAY)


def hits(*names: str) -> list[Hit]:
    return [Hit(name, "runbooks", 0.9 - n / 100, ()) for n, name in enumerate(names)]


@pytest.mark.parametrize(
    ("names", "teams", "kept"),
    [
        (("runbooks/a", "growth:runbooks/a"), ("growth",), ("growth:runbooks/a",)),
        (("runbooks/a", "growth:runbooks/a"), (), ("runbooks/a",)),
        (("runbooks/a", "growth:runbooks/a"), ("sales",), ("runbooks/a",)),
        (("growth:runbooks/a",), (), ("growth:runbooks/a",)),
        (("growth:runbooks/a", "sales:runbooks/a"), ("sales",), ("sales:runbooks/a",)),
        (("runbooks/a", "growth:runbooks/b"), ("growth",), ("runbooks/a", "growth:runbooks/b")),
    ],
)
def test_the_more_particular_document_wins_for_members_of_its_team(names, teams, kept) -> None:
    assert tuple(hit.name for hit in particular(hits(*names), teams)) == kept


def test_skills_come_back_byte_for_byte_and_a_team_sees_its_own(caller: Caller, tmp_path: Path) -> None:
    done = export_documents(caller, "skills", tmp_path / "all")
    assert {document for document, _ in done.written} == {"skills/billing", "runbooks/close-books", "runbooks/prose"}
    assert done.problems == ()
    assert (tmp_path / "all" / "billing" / "SKILL.md").read_text().startswith("---\nname: billing\n")
    assert (tmp_path / "all" / "runlore" / "SKILL.md").exists()
    team = export_documents(caller, "skills", tmp_path / "team", team="growth")
    assert "growth:runbooks/close-books" in {document for document, _ in team.written}
    assert "books of growth" in (tmp_path / "team" / "close-books" / "SKILL.md").read_text()
    with pytest.raises(NoSuchName):
        export_documents(caller, "skills", tmp_path / "x", team="sailing")
    with pytest.raises(NoSuchName):
        export_documents(caller, "skills", tmp_path / "x", names=("nothing",))


def test_two_documents_of_one_place_and_one_without_steps_are_said(caller: Caller, tmp_path: Path) -> None:
    with caller.record.write("acme") as tx:
        document = "runbooks/billing"
        put_bundle(tx, document, bundle_of(document, STEPS.format("Bill")))
    skills = export_documents(caller, "skills", tmp_path / "skills")
    assert [(p.file, p.slug) for p in skills.problems] == [("runbooks/billing", "export-same-name")]
    sops = export_documents(caller, "sop", tmp_path / "sop")
    assert [(p.file, p.slug) for p in sops.problems] == [("runbooks/prose", "export-no-steps")]
    assert (tmp_path / "sop" / "close-books.sop.md").exists()


def test_the_passage_of_agents_md_is_replaced_in_its_place(caller: Caller, tmp_path: Path) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_text("# Ours\n")
    export_agents_md(caller, tmp_path)
    once = file.read_text()
    file.write_text(once + "\nBelow.\n")
    with caller.record.write("acme") as tx:
        put_bundle(tx, "notes/new", bundle_of("notes/new", "# New\n"))
    export_agents_md(caller, file)
    text = file.read_text()
    assert text.startswith("# Ours\n\n" + BEGIN)
    assert text.endswith(END + "\n\nBelow.\n")
    assert "`notes/new`" in text
    assert text.count(BEGIN) == text.count(END) == 1


def test_half_a_pair_of_marks_is_no_place_for_a_passage() -> None:
    for text in (BEGIN, END, f"{END}\n{BEGIN}"):
        with pytest.raises(Conflict, match="only one of the marks"):
            place_passage(text, "x", "AGENTS.md")


marked = f"{BEGIN}\nnew\n{END}"


@given(st.text().filter(lambda t: BEGIN not in t and END not in t))
def test_what_people_wrote_around_the_passage_stays(text: str) -> None:
    once = place_passage(text, marked, "AGENTS.md")
    assert once.startswith(text.rstrip())
    assert place_passage(once, marked, "AGENTS.md") == once


def test_only_who_may_read_exports(caller: Caller, tmp_path: Path) -> None:
    nobody = replace(caller, principal=replace(OWNER, scopes=()))
    with pytest.raises(NotAllowed):
        export_documents(nobody, "skills", tmp_path)
    with pytest.raises(NotAllowed):
        export_agents_md(nobody, tmp_path)
