"""Mining a home again and again: what grows, what goes, what a person changed or does not want to see."""

from __future__ import annotations

from pathlib import Path

import pytest
from chats import cancelled, conversation, make_settings, mine_paths, returned, write

from runlore.actions.dismiss import dismiss
from runlore.actions.drafts import draft_states
from runlore.actions.forget import forget
from runlore.actions.mine import MineRequest, MineResult, machine_form, mine, undismissed
from runlore.corpus import drafts
from runlore.corpus.findings import find_findings
from runlore.errors import NoSuchName, NothingToRead, NotYetMined
from runlore.model import Workflow
from runlore.settings import Settings

CANCEL, RETURN = "cancel-order", "return-item"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Four cancellations and three returns, one file each."""
    write(tmp_path / "in" / "cancel.jsonl", (cancelled(n) for n in range(4)))
    write(tmp_path / "in" / "return.jsonl", (returned(n) for n in range(3)))
    return tmp_path / "in"


def workflow(result: MineResult, name: str) -> Workflow:
    return next(w for w in result.findings.workflows if w.name == name)


def test_both_kinds_of_work_are_found_and_drafted(settings: Settings, shop: Path) -> None:
    result = mine_paths(settings, shop)
    assert {w.name for w in result.shown} == {CANCEL, RETURN}
    assert drafts.list_names(settings.home) == (CANCEL, RETURN)
    states = draft_states(settings.home, result.shown)
    assert all(states[n].startswith("draft") for n in (CANCEL, RETURN))
    assert (result.read, result.ingested.new) == (7, 7)


def test_mining_again_with_nothing_new_changes_no_byte(settings: Settings, shop: Path) -> None:
    first = mine_paths(settings, shop)
    before = {p: p.read_bytes() for p in settings.home.rglob("*") if p.is_file() and "index" not in p.name}
    second = mine_paths(settings, shop)
    after = {p: p.read_bytes() for p in settings.home.rglob("*") if p.is_file() and "index" not in p.name}
    assert before == after
    assert machine_form(settings, second) == machine_form(settings, first)
    assert (second.ingested.new, second.ingested.known) == (0, 7)


def test_a_file_that_grows_adds_its_cases(settings: Settings, shop: Path) -> None:
    first = mine_paths(settings, shop)
    write(shop / "cancel.jsonl", (cancelled(n) for n in range(6)))
    second = mine_paths(settings, shop)
    assert [len(workflow(r, CANCEL).cases) for r in (first, second)] == [4, 6]
    assert workflow(first, CANCEL).id == workflow(second, CANCEL).id
    assert workflow(second, RETURN) == workflow(first, RETURN)


def test_a_copy_of_a_file_adds_nothing(settings: Settings, shop: Path) -> None:
    first = mine_paths(settings, shop)
    (shop / "copy.jsonl").write_bytes((shop / "cancel.jsonl").read_bytes())
    second = mine_paths(settings, shop)
    assert len(workflow(second, CANCEL).cases) == 4
    assert workflow(second, CANCEL) == workflow(first, CANCEL)


def test_the_form_is_about_the_paths_alone_and_the_findings_about_the_whole(settings: Settings, shop: Path) -> None:
    mine_paths(settings, shop)
    result = mine_paths(settings, shop / "return.jsonl")
    assert [w["name"] for w in machine_form(settings, result)["workflows"]] == [RETURN]
    assert len(machine_form(settings, result)["transcripts"]) == 3
    assert {w.name for w in result.findings.workflows} == {CANCEL, RETURN}
    whole = {w.name: w.id for w in result.findings.workflows}
    assert machine_form(settings, result)["workflows"][0]["id"] == whole[RETURN]


def test_paths_read_one_after_the_other_make_one_corpus(settings: Settings, tmp_path: Path) -> None:
    for number in range(3):
        result = mine_paths(settings, write(tmp_path / f"{number}.jsonl", [cancelled(number)]))
        assert machine_form(settings, result)["workflows"] == []
        assert len(machine_form(settings, result)["transcripts"]) == 1
    assert len(workflow(result, CANCEL).cases) == 3


def test_a_workflow_keeps_id_name_and_draft_when_an_effect_joins(settings: Settings, tmp_path: Path) -> None:
    first = mine_paths(settings, write(tmp_path / "a.jsonl", (cancelled(n) for n in range(4))))
    note = ("send_receipt", {"to": "accounts"}, {"sent": True})
    lines = [*(cancelled(n) for n in range(4)), *(cancelled(n, note) for n in range(10, 20))]
    second = mine_paths(settings, write(tmp_path / "a.jsonl", lines))
    assert workflow(second, CANCEL).effects == ("cancel_order", "send_receipt")
    assert workflow(second, CANCEL).id == workflow(first, CANCEL).id
    assert drafts.list_names(settings.home) == (CANCEL,)


def edit(settings: Settings, name: str, old: str, new: str) -> None:
    path = drafts.draft_path(settings.home, name)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_persons_edit_survives_and_what_mining_learned_is_merged_in(settings: Settings, shop: Path) -> None:
    mine_paths(settings, shop)
    edit(settings, CANCEL, "## Purpose\n", "## Purpose\n\nWritten by a person.\n")
    failed = ("cancel_order", {"order_id": "W1", "card": "c"}, {"error": "the order was shipped already"})
    write(shop / "more.jsonl", [cancelled(7, failed), cancelled(8), cancelled(9)])
    result = mine_paths(settings, shop)
    text = drafts.find_text(settings.home, CANCEL)
    generated = drafts.find_generated(settings.home, CANCEL)
    assert text is not None
    assert generated is not None
    assert "Written by a person." in text
    assert "Written by a person." not in generated
    assert text.replace("\nWritten by a person.\n", "", 1).split() == generated.split()
    assert draft_states(settings.home, result.shown)[CANCEL].startswith("edited")


def test_where_both_changed_the_same_line_the_persons_stays(settings: Settings, shop: Path) -> None:
    mine_paths(settings, shop)
    text = drafts.find_text(settings.home, CANCEL) or ""
    line = next(line for line in text.splitlines() if line.startswith("- Tool: ") and "cancel_order" in line)
    edit(settings, CANCEL, line, "- Tool: `shop.cancel`")
    write(shop / "more.jsonl", [cancelled(n) for n in range(7, 12)])
    mine_paths(settings, shop)
    assert "- Tool: `shop.cancel`" in (drafts.find_text(settings.home, CANCEL) or "")


def test_a_draft_that_a_person_deleted_is_written_anew_when_mining_finds_more(settings: Settings, shop: Path) -> None:
    mine_paths(settings, shop)
    drafts.draft_path(settings.home, CANCEL).unlink()
    write(shop / "more.jsonl", [cancelled(9)])
    mine_paths(settings, shop)
    assert drafts.find_text(settings.home, CANCEL) is not None


def test_forgotten_sessions_are_no_cases_and_vanished_workflows_lose_unedited_drafts(
    settings: Settings, shop: Path
) -> None:
    mine_paths(settings, shop)
    forget(settings, session="cancel-0")
    result = mine_paths(settings, shop)
    assert [c.session for c in workflow(result, CANCEL).cases] == ["cancel-1", "cancel-2", "cancel-3"]
    forget(settings, session="return-0")
    result = mine_paths(settings, shop)
    assert {w.name for w in result.shown} == {CANCEL}
    assert drafts.list_names(settings.home) == (CANCEL,)
    assert not (settings.home / drafts.FOLDER / drafts.GENERATED / RETURN).exists()


def test_an_edited_draft_of_a_vanished_workflow_stays(settings: Settings, shop: Path) -> None:
    mine_paths(settings, shop)
    edit(settings, RETURN, "## Purpose\n", "## Purpose\n\nWritten by a person.\n")
    forget(settings, session="return-0")
    mine_paths(settings, shop)
    assert "Written by a person." in (drafts.find_text(settings.home, RETURN) or "")


def test_a_workflow_that_vanished_comes_back_under_its_id_and_name(settings: Settings, shop: Path) -> None:
    first = mine_paths(settings, shop)
    forget(settings, session="return-0")
    mine_paths(settings, shop)
    write(shop / "more.jsonl", [returned(n) for n in range(5, 8)])
    result = mine_paths(settings, shop)
    assert workflow(result, RETURN).id == workflow(first, RETURN).id


def test_a_dismissed_workflow_is_hidden_until_its_evidence_changes(settings: Settings, shop: Path) -> None:
    mine_paths(settings, shop)
    dismiss(settings, CANCEL)
    assert [w.name for w in mine_paths(settings, shop).shown] == [RETURN]
    write(shop / "other.jsonl", [returned(9)])
    assert [w.name for w in mine_paths(settings, shop).shown] == [RETURN]
    write(shop / "more.jsonl", [cancelled(9)])
    result = mine_paths(settings, shop)
    assert {w.name for w in result.shown} == {CANCEL, RETURN}
    assert result.findings.dismissed == ()


def test_a_dismissal_can_be_taken_back(settings: Settings, shop: Path) -> None:
    mine_paths(settings, shop)
    dismiss(settings, CANCEL)
    dismiss(settings, CANCEL, undo=True)
    findings = find_findings(settings.home)
    assert findings is not None
    assert {w.name for w in undismissed(findings)} == {CANCEL, RETURN}


def test_dismissing_needs_a_name_that_is_there(settings: Settings, shop: Path) -> None:
    with pytest.raises(NotYetMined):
        dismiss(settings, CANCEL)
    mine_paths(settings, shop)
    with pytest.raises(NoSuchName, match="cancel-order"):
        dismiss(settings, "cancel-orders")


def test_nothing_to_read_is_said(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NothingToRead):
        mine_paths(settings, tmp_path / "nowhere")


def test_sessions_without_repeated_work_give_no_workflow(settings: Settings, tmp_path: Path) -> None:
    lines = [conversation(f"s{n}", "hello there") for n in range(5)]
    result = mine_paths(settings, write(tmp_path / "a.jsonl", lines))
    assert result.shown == ()
    assert machine_form(settings, result)["workflows"] == []


def test_a_mine_that_was_cut_short_before_the_drafts_writes_them_next_time(
    settings: Settings, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("runlore.actions.mine.write_drafts", stop)
    with pytest.raises(KeyboardInterrupt):
        mine_paths(settings, shop)
    monkeypatch.undo()
    mine_paths(settings, shop)
    assert drafts.list_names(settings.home) == (CANCEL, RETURN)


def test_one_and_two_processes_give_the_same(tmp_path: Path) -> None:
    files = [write(tmp_path / "in" / f"{n}.jsonl", [cancelled(n), returned(n)]) for n in range(6)]
    results = []
    for jobs in (1, 2):
        (tmp_path / str(jobs)).mkdir()
        settings = make_settings(tmp_path / str(jobs))
        results.append(machine_form(settings, mine(settings, MineRequest((files[0].parent,), jobs=jobs))))
    assert results[0] == results[1]
    trees = [
        {p.name: p.read_bytes() for p in (tmp_path / str(j) / "home" / "drafts").rglob("*") if p.is_file()}
        for j in (1, 2)
    ]
    assert trees[0] == trees[1]
