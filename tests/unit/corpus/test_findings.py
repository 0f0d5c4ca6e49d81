"""Findings and drafts as they lie in the home: written, read back, and replaced where they cannot be read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import zstandard

from runlore.context.routing import Request, Served, train
from runlore.corpus import drafts
from runlore.corpus.findings import (
    Dismissal,
    Findings,
    Identity,
    Session,
    evidence_key,
    find_findings,
    find_router,
    get_findings,
    write_findings,
    write_router,
)
from runlore.errors import NotYetMined, StoreError
from runlore.model import Argument, CaseReference, Cost, Fact, Source, ValueSource, Workflow, WorkflowStep

FILE = "findings.msgpack.zst"


def workflow(*lines: int) -> Workflow:
    cases = tuple(CaseReference("sha256:a", f"s{n}", (Source("sha256:a", n),)) for n in lines)
    arguments = tuple(
        Argument(name, ValueSource("constant", value=value))
        for name, value in (("text", "a"), ("number", 3), ("share", 0.5), ("flag", True))
    )
    step = WorkflowStep(1, "Cancel an order", "cancel_order", arguments=arguments)
    return Workflow("wf-1", "cancel-order", "Cancel an order", "…", ("cancel_order",), cases, (step,))


def findings() -> Findings:
    return Findings(
        key="k",
        workflows=(workflow(1, 2, 3),),
        facts=(Fact("f", "trap", "t", "r", "notes", 3, ("s",), Cost(1, 2.0, 3), (Source("sha256:a", 1),)),),
        sessions=(Session("sha256:a", "s1", "f.jsonl", "chat", "", 0.0, 1.0, 5, 0, 0),),
        requests={"cancel-order": (Request((("cancel", "order"),), 3),)},
        identities=(Identity("wf-1", "cancel-order", ("cancel_order",), ("s1",)),),
        cases=3,
        events=9,
        dismissed=(Dismissal("wf-1", "cancel-order", "e"),),
    )


def test_findings_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    write_findings(tmp_path / "home", findings())
    assert get_findings(tmp_path / "home") == findings()
    assert [p.name for p in (tmp_path / "home").iterdir()] == [FILE]


def test_nothing_mined_is_said(tmp_path: Path) -> None:
    assert find_findings(tmp_path) is None
    with pytest.raises(NotYetMined):
        get_findings(tmp_path)


def test_findings_of_another_version_are_ignored(tmp_path: Path) -> None:
    write_findings(tmp_path, msgspec.structs.replace(findings(), version=0))
    assert find_findings(tmp_path) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zstandard at all",
        zstandard.compress(b""),
        zstandard.compress(b"\xff\xff\xff"),
        zstandard.compress(msgspec.msgpack.encode({"key": 3})),
        zstandard.compress(msgspec.msgpack.encode([1, 2])),
        zstandard.compress(msgspec.msgpack.encode(findings()))[:-9],
        zstandard.compress(msgspec.msgpack.encode(findings())[:-9]),
    ],
)
def test_a_corrupt_file_is_ignored_and_can_be_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    (tmp_path / "router.msgpack.zst").write_bytes(data)
    assert find_findings(tmp_path) is None
    assert find_router(tmp_path, "k") is None
    write_findings(tmp_path, findings())
    assert find_findings(tmp_path) == findings()


def test_findings_that_cannot_be_written_are_the_stores_fault(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError):
        write_findings(tmp_path, findings())
    assert [p.name for p in tmp_path.iterdir()] == [FILE]
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError):
        write_findings(tmp_path / "taken" / "home", findings())


def test_a_router_belongs_to_the_findings_that_it_was_learned_from(tmp_path: Path) -> None:
    router = train([Served("cancel-order", ("cancel", "order"), ())])
    write_router(tmp_path, "k", router)
    assert find_router(tmp_path, "k") == router
    assert find_router(tmp_path, "other") is None
    write_router(tmp_path, "k", msgspec.structs.replace(router, version=-1))
    assert find_router(tmp_path, "k") is None


def test_evidence_changes_when_a_case_comes_or_goes_and_not_with_their_order() -> None:
    key = evidence_key(workflow(1, 2, 3))
    assert evidence_key(workflow(3, 1, 2)) == key
    assert (
        len({key, evidence_key(workflow(1, 2)), evidence_key(workflow(1, 2, 3, 4)), evidence_key(workflow(1, 2, 4))})
        == 4
    )


def test_a_draft_is_written_with_its_files_and_dropped_with_what_mining_wrote(tmp_path: Path) -> None:
    drafts.write_draft(tmp_path, "one", "mine\n", "generated\n", {"evidence.json": "{}", "examples/a.md": "ä"})
    assert drafts.find_text(tmp_path, "one") == "mine\n"
    assert drafts.find_generated(tmp_path, "one") == "generated\n"
    assert drafts.list_names(tmp_path) == ("one",)
    folder = drafts.draft_path(tmp_path, "one").parent
    assert drafts.read_folder(folder) == {"RUNBOOK.md": "mine\n", "evidence.json": "{}", "examples/a.md": "ä"}
    drafts.drop_draft(tmp_path, "one")
    assert drafts.list_names(tmp_path) == ()
    assert drafts.find_generated(tmp_path, "one") is None
    drafts.drop_draft(tmp_path, "one")


def test_drafts_that_are_not_there(tmp_path: Path) -> None:
    assert drafts.find_text(tmp_path, "one") is None
    assert drafts.find_generated(tmp_path, "one") is None
    assert drafts.list_names(tmp_path) == ()


def test_links_and_bytes_that_are_no_text_are_left_out_of_a_draft(tmp_path: Path) -> None:
    drafts.write_draft(tmp_path, "one", "x", "x", {})
    folder = drafts.draft_path(tmp_path, "one").parent
    (folder / "photo.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / "secret").write_text("s")
    (folder / "link").symlink_to(tmp_path / "secret")
    assert drafts.read_folder(folder) == {"RUNBOOK.md": "x"}


def test_writing_a_draft_again_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for text in ("a", "b", "b"):
        drafts.write_draft(tmp_path, "one", text, text, {"evidence.json": text})
    assert sorted(p.name for p in drafts.draft_path(tmp_path, "one").parent.iterdir()) == [
        "RUNBOOK.md",
        "evidence.json",
    ]


@pytest.mark.parametrize("name", ["..", "../..", "/etc", ".generated", "a/../../b", "\x00", "", "x" * 5000])
def test_a_name_never_leads_out_of_the_drafts(tmp_path: Path, name: str) -> None:
    (tmp_path / "RUNBOOK.md").write_text("outside")
    drafts.write_draft(tmp_path, "one", "x", "x", {})
    assert drafts.find_text(tmp_path, name) is None
