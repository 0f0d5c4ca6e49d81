"""Failure modes: error texts reduced to templates, counted, with what the same run did next that worked."""

from __future__ import annotations

import pytest
from build import call, digests, mined, only, said, shell, transcript

from runlore.mining.failures import collect, is_environmental, is_telling, telling_line, template
from runlore.model import Event, FailureMode


@pytest.mark.parametrize(
    ("text", "reduced"),
    [
        ("Error: order #W1001 not found", "Error: order <*> not found"),
        ("Error: user 'ann@example.org' is not allowed here", "Error: user <*> is not allowed here"),
        ("cannot open /srv/app/data.json for writing", "cannot open <*> for writing"),
        ("Exit code 1\nloading\nfatal: no such remote here", "fatal: no such remote here"),
        ("<tool_use_error>String was not found in file</tool_use_error>", "String was not found in file"),
        ("slot taken on Tuesday 14 March, error again", "slot taken on <*> error again"),
        ("error at March 14 in the log", "error at <*> in the log"),
        ("payment declined 4711 by the bank", "payment declined <*> by the bank"),
        ("12 marked rows failed to load", "<*> marked rows failed to load"),
        ("ids 1 2 3 are invalid here", "ids <*> are invalid here"),
        ("", ""),
    ],
)
def test_what_varies_is_masked(text: str, reduced: str) -> None:
    assert template(text) == reduced


def test_a_template_is_short_and_one_line() -> None:
    long = template("error " + "many words in one line " * 60)
    assert len(long) <= 160
    assert "\n" not in template("first line\nsecond error line\nthird")


@pytest.mark.parametrize("text", ["'" * 5001, '"' * 5001, "`" * 4999, "/" * 9000, "a/" * 9000, "@" * 9000, "1" * 9000])
def test_a_hostile_error_is_reduced_in_bounded_time(text: str) -> None:
    assert len(template(text)) <= 160


def test_the_line_that_sounds_an_alarm_tells() -> None:
    assert telling_line("running\n\n  all fine so far\nERROR: it broke\nbye") == "ERROR: it broke"
    assert telling_line("running\nbye") == "running"
    assert telling_line("\n \n") == ""


def test_a_template_needs_words_of_its_own() -> None:
    assert is_telling("order not found")
    assert not is_telling("<*> <*> no")
    assert not is_telling("Error")


@pytest.mark.parametrize(
    ("text", "environmental"),
    [
        ("bash: pnpm: command not found", True),
        ("permission denied (publickey)", True),
        ("token expired, log in again", True),
        ("FAIL test_sum: expected three, got four", False),
        ('^ unexpected token "!"', False),
        ("AssertionError: lists differ", False),
    ],
)
def test_surroundings_are_told_from_the_work_being_checked(text: str, environmental: bool) -> None:
    assert is_environmental(text) is environmental


def failure(*events: Event) -> tuple[int, int, str]:
    """(count, resolved, recovery) of the one failure of a session."""
    (row,) = digests(transcript("s", *events))
    found = collect((row.transcript, case) for case in row.cases)
    (seen,) = found.values()
    return seen.count, seen.resolved, next(iter(seen.recoveries), "")


def refused(**arguments: str) -> Event:
    return call("create_media", arguments, "Error: media type not supported", outcome="error")


def done(**arguments: str) -> Event:
    return call("create_media", arguments, {"id": "m1"})


def test_trying_again_with_other_arguments_is_named() -> None:
    recovery = failure(said("post it"), refused(url="a.png", kind="x"), done(url="a.jpg", kind="x"))
    assert recovery == (1, 1, "try again with another `url`")


def test_trying_the_same_again_is_named() -> None:
    assert failure(said("post it"), refused(url="a"), done(url="a")) == (1, 1, "try again")


def test_the_number_of_one_pull_request_is_no_recovery() -> None:
    failed = shell(
        "gh api repos/acme/shop/pulls/$n/comments", "Error: gh: Not Found here", outcome="error", exit_code=1
    )
    count, _, recovery = failure(
        said("look"), failed, shell("gh api repos/acme/shop/pulls/174/comments", "[]", exit_code=0)
    )
    assert count == 1
    assert "174" not in recovery


def test_what_was_done_in_between_is_the_recovery() -> None:
    middle = call("convert_image", {"to": "jpeg"}, {"ok": True})
    count, resolved, recovery = failure(said("post it"), refused(url="a"), middle, done(url="a"))
    assert (count, resolved) == (1, 1)
    assert recovery.endswith(", then try again")
    assert "convert" in recovery


def test_a_person_who_spoke_in_between_is_asked() -> None:
    answer = said("I have renewed the token for you")
    count, resolved, recovery = failure(said("post it"), refused(url="a"), answer, done(url="a"))
    assert (count, resolved) == (1, 1)
    assert recovery.startswith("ask the person")
    assert "renewed the token" in recovery


def test_nothing_that_worked_is_no_recovery() -> None:
    assert failure(said("post it"), refused(url="a")) == (1, 0, "")
    assert failure(said("post it"), refused(url="a"), refused(url="a")) == (2, 0, "")


def test_spellings_that_differ_in_case_alone_count_together() -> None:
    texts = ["Order not found here", "order not found here", "ORDER NOT FOUND HERE"]
    rows = digests(
        *(
            transcript(f"s{n}", said("cancel"), call("cancel_order", {}, t, outcome="error"))
            for n, t in enumerate(texts)
        )
    )
    found = collect((d.transcript, c) for d in rows for c in d.cases)
    assert [(key, seen.count) for key, seen in found.items()] == [(("cancel_order", "Order not found here"), 3)]


def test_a_polite_error_is_an_error() -> None:
    answer = {"success": False, "message": "the order is closed already"}
    rows = digests(transcript("s", said("cancel"), call("cancel_order", {}, answer)))
    assert [c.outcome for d in rows for case in d.cases for c in case.calls] == ["error"]
    found = collect((d.transcript, c) for d in rows for c in d.cases)
    assert [t for _, t in found] == ["the order is closed already"]


def coding(name: str, *events: Event) -> list[FailureMode]:
    """The failure modes of a workflow found in four alike coding sessions."""
    sessions = [
        transcript(
            f"{name}{n}",
            said(f"please release version {n} of the package"),
            *events,
            shell("npm publish", "published"),
            form="claude-code",
        )
        for n in range(4)
    ]
    return [m for w in mined(*sessions).workflows for m in w.failure_modes]


def test_a_red_test_is_no_failure_mode_and_a_missing_tool_is() -> None:
    red = shell("npm test", "Exit code 1\nFAIL sum is wrong: expected three but got four", outcome="error", exit_code=1)
    missing = shell("npm test", "Exit code 127\nvitest: command not found", outcome="error", exit_code=127)
    green = shell("npm test", "all good")
    assert not [m for m in coding("red", red, green) if "sum is wrong" in m.template]
    assert [m for m in coding("missing", missing, green) if "command not found" in m.template]


def test_one_sighting_inside_a_workflow_suffices() -> None:
    sessions = [
        transcript(
            f"s{n}",
            said(f"please cancel order W10{n}55"),
            *(
                [call("cancel_order", {"id": f"W10{n}55"}, "Error: order is locked now", outcome="error")]
                if n == 1
                else []
            ),
            call("cancel_order", {"id": f"W10{n}55"}, {"status": "cancelled"}),
        )
        for n in range(4)
    ]
    (mode,) = only(mined(*sessions)).failure_modes
    assert (mode.activity, mode.template, mode.count, mode.resolved) == (
        "cancel_order",
        "Error: order is locked now",
        1,
        1,
    )
    assert mode.step == 1
    assert [s.transcript for s in mode.sources] == ["sha256:s1"]
