"""Steps: which they are, their order, their arguments, what approves them and what proves them."""

from __future__ import annotations

from typing import Any

from build import activities, call, mined, only, said, shell, source, step, transcript

from runlore.mining.commands import form, typical_command
from runlore.mining.steps import base_name
from runlore.model import Event, Transcript, Workflow


def post(number: int, *extra: Event, approved: bool = True, optional: bool = False) -> Transcript:
    """One session in which a post is published."""
    account = f"1784{number}99"
    media = f"media_{number}7712"
    return transcript(
        f"s{number}",
        said(f"please publish the post about our new boat number {number}"),
        call("get_account", {"name": "acme"}, {"account": {"account_id": account, "days": 40 + number}}),
        *extra,
        call("create_media", {"account_id": account, "kind": "image"}, {"media_id": media, "status": "ready"}),
        *([call("check_media", {"media_id": media}, {"fine": True})] if optional else []),
        *([said("yes, go ahead")] if approved else []),
        call(
            "publish_media",
            {"creation_id": media, "reason": "campaign"},
            {"status": "published", "permalink": f"https://example.org/p/{number}81"},
        ),
    )


def workflow(*transcripts: Transcript) -> Workflow:
    return only(mined(*transcripts))


def test_values_are_read_where_they_come_from() -> None:
    found = workflow(*(post(n) for n in range(5)))
    assert activities(found) == ["get_account", "create_media", "publish_media"]
    assert source(found, "get_account", "name") == ("constant", "acme")
    assert source(found, "create_media", "account_id") == ("step", "get_account", "$.account.account_id")
    assert source(found, "publish_media", "creation_id") == ("step", "create_media", "$.media_id")
    assert source(found, "publish_media", "reason") == ("constant", "campaign")


def test_each_line_has_its_evidence() -> None:
    found = workflow(*(post(n) for n in range(5)))
    publish = step(found, "publish_media")
    assert publish.support == (5, 5)
    assert [s.transcript for s in publish.sources] == [f"sha256:s{n}" for n in range(5)]
    assert all(a.evidence.support == (5, 5) and len(a.evidence.sources) == 5 for a in publish.arguments)


def test_the_order_is_backed_by_data_and_reduced() -> None:
    found = workflow(*(post(n) for n in range(3)))
    assert [s.after for s in found.steps] == [(), (1,), (2,)]


def test_a_confirmation_before_the_effect_is_an_approval() -> None:
    approval = step(workflow(*(post(n) for n in range(4))), "publish_media").approval
    assert approval is not None
    assert approval.evidence.support == (4, 4)
    assert "creation_id" in approval.over
    assert step(workflow(*(post(n, approved=False) for n in range(4))), "publish_media").approval is None


def test_a_confirmation_in_a_minority_of_cases_is_no_approval() -> None:
    assert step(workflow(*(post(n, approved=n == 0) for n in range(4))), "publish_media").approval is None


def test_proof_is_a_settled_field_and_a_link_that_is_there() -> None:
    proofs = [(p.kind, p.condition) for p in step(workflow(*(post(n) for n in range(4))), "publish_media").proof]
    assert proofs == [("tool result", '$.status = "published"'), ("url", "$.permalink is present")]


def test_a_step_that_half_of_the_cases_have_is_optional_and_a_rare_one_is_none() -> None:
    found = workflow(*(post(n, optional=n < 3) for n in range(5)))
    assert step(found, "check_media").optional
    assert step(found, "check_media").support == (3, 5)
    assert not step(found, "publish_media").optional
    assert "check_media" not in activities(workflow(*(post(n, optional=n == 0) for n in range(5))))


def test_a_step_that_is_often_done_several_times_repeats() -> None:
    def items(number: int) -> list[Event]:
        return [call("get_asset", {"asset": f"file_{number}{k}77"}, {"kind": "png"}) for k in range(3)]

    found = workflow(*(post(n, *items(n)) for n in range(4)))
    assert step(found, "get_asset").repeat
    assert step(found, "get_asset").repeat_evidence.support == (4, 4)
    assert [s.line for s in step(found, "get_asset").repeat_evidence.sources] == [6, 6, 6, 6]
    assert not step(found, "publish_media").repeat
    assert step(found, "publish_media").repeat_evidence.sources == ()


def test_steps_that_replace_one_another_are_both_there_and_optional() -> None:
    def lookup(number: int) -> Event:
        if number % 2:
            return call("find_user_by_email", {"email": f"ann{number}@example.org"}, {"user": f"u_{number}"})
        return call("find_user_by_name", {"name": f"Ann {number}"}, {"user": f"u_{number}"})

    found = workflow(*(post(n, lookup(n)) for n in range(6)))
    assert {"find_user_by_email", "find_user_by_name"} <= set(activities(found))
    assert step(found, "find_user_by_email").optional
    assert step(found, "find_user_by_name").optional


def test_calls_of_the_person_and_failed_ones_are_no_steps() -> None:
    extra = (
        call("toggle_data", {"on": True}, {"ok": True}, actor="person"),
        call("get_limits", {}, "Error: no limits were found", outcome="error"),
    )
    assert activities(workflow(*(post(n, *extra) for n in range(4)))) == [
        "get_account",
        "create_media",
        "publish_media",
    ]


def test_what_comes_after_the_last_effect_is_no_step() -> None:
    def later(number: int) -> Transcript:
        base = post(number)
        events = (*base.events, call("get_weather", {"day": "today"}, {"sun": True}))
        return transcript(base.session, *events)

    assert "get_weather" not in activities(workflow(*(later(n) for n in range(4))))


def test_runs_that_went_wrong_do_not_shape_the_steps() -> None:
    good = [transcript(f"g{n}", *post(n).events, reward=1.0) for n in range(4)]
    stray = call("get_stray", {}, {"x": 1})
    bad = [transcript(f"b{n}", *post(n + 5, stray).events, reward=0.0) for n in range(6)]
    found = workflow(*good, *bad)
    assert "get_stray" not in activities(found)
    assert step(found, "publish_media").support == (4, 4)
    assert len(found.cases) == 10
    assert sum(c.good for c in found.cases) == 4


def test_numbers_and_flags_keep_their_type() -> None:
    def session(number: int) -> Transcript:
        arguments: dict[str, Any] = {"limit": 25, "share": 0.5, "draft": True, "size": 10**30}
        return transcript(f"s{number}", said("please create the list"), call("create_list", arguments, {"ok": True}))

    found = workflow(*(session(n) for n in range(4)))
    values = {a.name: a.source.value for a in step(found, "create_list").arguments}
    assert (values["limit"], values["share"], values["draft"]) == (25, 0.5, True)
    assert type(values["limit"]) is int


def test_editing_is_one_step_whatever_the_file() -> None:
    def session(number: int) -> Transcript:
        return transcript(
            f"s{number}",
            said(f"please deploy the shop after fixing bug {number}"),
            call("Edit", {"file_path": f"/srv/shop/a{number}.py", "old_string": "a", "new_string": "b"}, "updated"),
            call("Edit", {"file_path": f"/srv/shop/b{number}.py", "old_string": "a", "new_string": "b"}, "updated"),
            shell("kubectl apply -f shop.yaml", "applied"),
            form="claude-code",
        )

    found = mined(*(session(n) for n in range(4))).workflows
    steps = [s for w in found for s in w.steps if s.activity == "edit"]
    assert steps
    assert all(s.title == "Make the change" and s.command == "" and "*.py" in s.summary for s in steps)


def test_a_command_is_one_that_two_sessions_ran() -> None:
    assert typical_command([("a", "make test"), ("b", "make test")]) == "make test"
    assert typical_command([("a", "make test"), ("a", "make test"), ("a", "ls")]) == "make test"
    assert typical_command([("a", "make one"), ("b", "make two")]) == ""
    assert typical_command([]) == ""


def test_a_command_that_varies_is_given_by_its_form() -> None:
    ran = [("a", 'git commit -m "one thing"'), ("b", 'git commit -m "two"'), ("c", "git commit -m 'x'")]
    assert typical_command(ran) == 'git commit -m "<text>"'
    assert form("gh pr view 104 --json x") == "gh pr view <number> --json x"
    assert form("git show 1a2b3c4d5e") == "git show <commit>"
    assert (
        typical_command([("a", "gh pr view 1"), ("b", "gh pr view 2"), ("c", "gh pr view 3")]) == "gh pr view <number>"
    )


def test_flags_that_change_what_is_done_make_a_step_of_their_own() -> None:
    assert base_name("git rebase --continue") == "git rebase --continue"
    assert base_name("git push --force-with-lease") == "git push --force-with-lease"
    assert base_name("git push --set-upstream") == "git push"


def test_a_flag_given_again_and_again_stands_once_in_a_form() -> None:
    ran = [("a", "bd update a1 --set k=v --set l=w --set m=x"), ("b", "bd update b2 --set k=y --set l=z --set n=q")]
    assert typical_command(ran) == "bd update <name> --set <name>"
