"""What the commands answer from the findings: show, route, lint, export, report, draft, doctor; and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from chats import cancelled, conversation, make_settings, mine_paths, returned, write
from jsonschema import Draft202012Validator

from runlore.actions.doctor import examine
from runlore.actions.draft_session import draft_session
from runlore.actions.export import export_events, export_skills
from runlore.actions.forget import forget
from runlore.actions.lint import lint_target
from runlore.actions.mine import machine_form
from runlore.actions.report import write_report
from runlore.actions.route import read_queries, route
from runlore.actions.show import get_draft
from runlore.cli.main import main
from runlore.corpus import drafts
from runlore.errors import BadDocument, NoSuchName, NotYetMined, StoreError, UsageError
from runlore.library.merging import merge_texts
from runlore.settings import Settings

Run = Callable[..., int]
TODAY = date(2026, 11, 22)


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with two workflows."""
    made = make_settings(tmp_path)
    mine_paths(
        made, write(tmp_path / "in.jsonl", [*(cancelled(n) for n in range(4)), *(returned(n) for n in range(3))])
    )
    return made


def test_the_machine_form_keeps_its_schema(settings: Settings, tmp_path: Path) -> None:
    schema = json.loads(resources.files("runlore.schemas").joinpath("mined.schema.json").read_text("utf-8"))
    form = machine_form(settings, mine_paths(settings, tmp_path / "in.jsonl"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(form)))
    assert len(form["workflows"]) == 2


def test_show_gives_the_draft_by_name_or_id(settings: Settings, tmp_path: Path) -> None:
    found = mine_paths(settings, tmp_path / "in.jsonl").findings.workflows[0]
    shown = get_draft(settings, found.name)
    assert get_draft(settings, found.id).text == shown.text
    assert shown.runbook.name == found.name
    assert shown.evidence
    assert set(shown.form()) == {"runbook", "evidence"}


@pytest.mark.parametrize("name", ["nothing-like-it", "..", "", "../cancel-order"])
def test_show_needs_a_name_that_is_there(settings: Settings, name: str) -> None:
    with pytest.raises(NoSuchName):
        get_draft(settings, name)


def test_show_bears_evidence_that_a_person_broke(settings: Settings) -> None:
    path = drafts.draft_path(settings.home, "cancel-order").with_name("evidence.json")
    for text in ("{", "[]", '{"step-1": 3}', '{"step-1": {"support": [1, 2], "sources": [{}]}}', "null"):
        path.write_text(text, "utf-8")
        assert get_draft(settings, "cancel-order").runbook.name == "cancel-order"


def test_route_answers_in_the_order_of_the_queries(settings: Settings) -> None:
    queries = [
        ("a", "cancel my order please"),
        ("b", "send the lamp back for a refund"),
        ("c", "tune the kernel scheduler"),
    ]
    answers = list(route(settings, queries))
    assert [i for i, _ in answers] == ["a", "b", "c"]
    assert [r[0].name if r else None for _, r in answers] == ["cancel-order", "return-item", None]
    assert list(route(settings, queries)) == answers


def test_routing_learns_again_when_findings_change(settings: Settings, tmp_path: Path) -> None:
    list(route(settings, [("a", "cancel my order")]))
    lines = [
        conversation(f"p{n}", f"publish picture {n} on instagram", ("publish_post", {"n": n}, {"status": "published"}))
        for n in range(4)
    ]
    mine_paths(settings, write(tmp_path / "more.jsonl", lines))
    ((_, routes),) = route(settings, [("a", "put it on instagram")])
    assert routes[0].name == "publish-post"


def test_every_bad_query_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text('{"query_id": 1, "query": "x"}\n\n{"query": "x"}\n[]\nnull\n{', "utf-8")
    with pytest.raises(BadDocument) as caught:
        read_queries(path)
    assert [p.line for p in caught.value.problems] == [3, 4, 5, 6]
    path.write_text('{"query_id": 1, "query": "x"}\n\n', "utf-8")
    assert read_queries(path) == [("1", "x")]


def test_lint_takes_a_name_a_file_or_a_folder(settings: Settings) -> None:
    by_name = lint_target(settings, "cancel-order", TODAY)
    path = drafts.draft_path(settings.home, "cancel-order")
    assert lint_target(settings, str(path), TODAY) == by_name
    folder = lint_target(settings, str(path.parent.parent), TODAY)
    assert {p.file for p in folder} >= {p.file for p in by_name}
    assert not any(drafts.GENERATED in p.file for p in folder)
    assert not [p for p in folder if p.level == "error"]


def test_lint_says_what_it_cannot_check(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NoSuchName):
        lint_target(settings, "nothing", TODAY)
    (tmp_path / "hollow").mkdir()
    with pytest.raises(UsageError):
        lint_target(settings, str(tmp_path / "hollow"), TODAY)
    large = tmp_path / "RUNBOOK.md"
    large.write_bytes(b"x" * ((1 << 20) + 1))
    assert [p.slug for p in lint_target(settings, str(large), TODAY)] == ["too-large"]
    large.write_bytes(b"\xff\xfe\x00 binary")
    assert lint_target(settings, str(large), TODAY)


def test_lint_finds_a_secret(settings: Settings) -> None:
    path = drafts.draft_path(settings.home, "cancel-order")
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "## Purpose\n", "## Purpose\n\nUse ghp_" + "x8K2mQ9vT4bN7cR1wZ5yH3jL6pD0sF8gA2eU" + " for it.\n", 1
        ),
        "utf-8",
    )
    assert "secret" in {p.slug for p in lint_target(settings, "cancel-order", TODAY)}


def test_skills_are_exported_each_in_a_folder_of_its_own(settings: Settings, tmp_path: Path) -> None:
    done = export_skills(settings, tmp_path / "skills")
    assert {name for name, _ in done} == {"cancel-order", "return-item"}
    for name, _ in done:
        assert f"name: {name}" in (tmp_path / "skills" / name / "SKILL.md").read_text("utf-8").replace('"', "")
    assert [n for n, _ in export_skills(settings, tmp_path / "one", ["return-item"])] == ["return-item"]
    with pytest.raises(NoSuchName):
        export_skills(settings, tmp_path / "none", ["nothing"])
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError):
        export_skills(settings, tmp_path / "file")


def test_events_are_exported_and_counted(settings: Settings, tmp_path: Path) -> None:
    events = export_events(settings, "xes", tmp_path / "deep" / "events.xes")
    assert events == 4 * 3 + 3 * 2
    assert (tmp_path / "deep" / "events.xes").read_text("utf-8").count("<trace>") == 7
    (tmp_path / "taken").mkdir()
    with pytest.raises(StoreError):
        export_events(settings, "xes", tmp_path / "taken")


def test_the_report_is_written_or_the_reason_said(settings: Settings, tmp_path: Path) -> None:
    page = tmp_path / "out" / "report.html"
    assert write_report(settings, page, "2026-11-22") == page.stat().st_size
    assert write_report(settings, page, "2026-11-22") == page.stat().st_size
    (tmp_path / "taken").mkdir()
    with pytest.raises(StoreError):
        write_report(settings, tmp_path / "taken", "2026-11-22")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["report.html"]


def test_a_session_is_drafted_by_its_id_or_the_beginning_of_it(settings: Settings) -> None:
    drafted = draft_session(settings, "cancel-1")
    assert "one session" in drafted.text
    assert draft_session(settings, "cancel-1", 1).text == drafted.text
    assert draft_session(settings, "return").text
    for number in (2, 99):
        with pytest.raises(UsageError):
            draft_session(settings, "cancel-1", number)
    with pytest.raises(NoSuchName, match="cancel-"):
        draft_session(settings, "cancel-99")


def test_a_session_in_which_nothing_was_done_cannot_be_drafted(empty: Settings, tmp_path: Path) -> None:
    mine_paths(empty, write(tmp_path / "in.jsonl", [conversation("talk", "hello, how are you?")]))
    with pytest.raises(UsageError, match="0 cases"):
        draft_session(empty, "talk")


def test_nothing_mined_yet_is_said_everywhere(empty: Settings, tmp_path: Path) -> None:
    for ask in (
        lambda: get_draft(empty, "x"),
        lambda: list(route(empty, [("a", "x")])),
        lambda: export_skills(empty, tmp_path / "s"),
        lambda: write_report(empty, tmp_path / "r.html", ""),
    ):
        with pytest.raises(NotYetMined):
            ask()
    assert not (tmp_path / "s").exists()
    assert not (tmp_path / "r.html").exists()


def test_doctor_changes_nothing_and_finds_what_is_broken(empty: Settings, tmp_path: Path) -> None:
    assert all(e.ok for e in examine(empty, lambda: 0))
    assert not empty.home.exists()
    mine_paths(empty, write(tmp_path / "in.jsonl", (cancelled(n) for n in range(4))))
    examined = {e.name: e for e in examine(empty, lambda: 0)}
    assert all(e.ok for e in examined.values())
    assert examined["findings"].text.startswith("1 workflow")
    for path in (empty.home / "corpus").rglob("*"):
        if path.is_file() and "index" not in path.name:
            path.write_bytes(b"broken")
    assert not all(e.ok for e in examine(empty, lambda: 0))


def test_drafts_bear_that_their_example_was_forgotten(settings: Settings, tmp_path: Path) -> None:
    forget(settings, session="cancel-1")
    mine_paths(settings, tmp_path / "in.jsonl")
    assert get_draft(settings, "cancel-order").runbook.examples


def test_merging_brings_changes_in_and_keeps_ours_where_both_changed() -> None:
    base = "one\ntwo\nthree\nfour\nfive\n"
    theirs = base.replace("five", "FIVE")
    assert merge_texts(base.replace("one", "ONE"), base, theirs) == "ONE\ntwo\nthree\nfour\nFIVE\n"
    assert merge_texts(base.replace("five", "mine"), base, theirs) == "one\ntwo\nthree\nfour\nmine\n"
    assert merge_texts(base, base, theirs) == theirs
    assert merge_texts("", base, base) == ""
    assert merge_texts("ü\r\nx", "ü\r\n", "ü\r\n") == "ü\r\nx"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process; gives the code that it ends with."""

    def end(settings: Settings, *words: str) -> int:
        monkeypatch.setenv("RUNLORE_HOME", str(settings.home))
        monkeypatch.setenv("HOME", str(settings.user_home))
        monkeypatch.setenv("RUNLORE_SECRET", settings.secret)
        monkeypatch.setattr("sys.argv", ["runlore", *words])
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return end


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("workflows",), 0),
        (("facts",), 0),
        (("show", "cancel-order"), 0),
        (("route", "cancel my order"), 0),
        (("doctor",), 0),
        (("show", "nothing"), 2),
        (("dismiss", "nothing"), 2),
        (("draft", "nothing"), 2),
        (("lint", "nothing"), 2),
        (("forget", "nothing"), 2),
        (("forget",), 2),
        (("export", "skills", "/dev/null/x"), 3),
        (("report", "/dev/null/x/r.html"), 3),
        (("mine", "/no/such/place"), 1),
        (("no-such-command",), 2),
        (("mine", "--jobs", "0"), 2),
    ],
)
def test_commands_end_with_the_code_that_fits(run: Run, settings: Settings, words: tuple[str, ...], code: int) -> None:
    assert run(settings, *words) == code


@pytest.mark.parametrize("words", [("workflows",), ("facts",), ("show", "x"), ("route", "x"), ("report", "r.html")])
def test_commands_before_anything_was_mined_end_with_two(run: Run, empty: Settings, words: tuple[str, ...]) -> None:
    assert run(empty, *words) == 2
