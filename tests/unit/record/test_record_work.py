"""Issues, assignments, requests, health, idempotency keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from record_example import NOW, put
from runlore.errors import Conflict, KeyReused, NoSuchName
from runlore.model.issue import Issue
from runlore.model.library import HealthCheck
from runlore.record.assignments import (
    create_assignment,
    find_current,
    get_assignment,
    list_assignments,
    list_for_worker,
)
from runlore.record.blobs import get_blob
from runlore.record.database import Record
from runlore.record.events import list_events
from runlore.record.health import get_health, list_checks, list_health, put_health
from runlore.record.idempotency import body_digest, drop_answers, find_answer, keep_answer
from runlore.record.issues import (
    close_issue,
    create_issue,
    find_issue,
    find_issue_by_key,
    find_issue_by_url,
    get_issue,
    list_issues,
    update_issue,
)
from runlore.record.requests import add_request, list_requests, requests_after

FULL = Issue(
    "acme", 0, "Post the launch", "Body\n", url="https://github.com/acme/site/issues/12", source="github", key="acme/site#12",
    labels=("social", "launch"), assignees=("ann",), author="bea", fields=(("Channel", "Instagram"), ("Channel", "LinkedIn")),
    created=NOW - 5, updated=NOW - 4,
)  # fmt: skip


def test_an_issue_comes_back_as_it_was_given(record: Record) -> None:
    with record.write("acme") as tx:
        made = create_issue(tx, FULL, "ann-id", NOW)
        assert made == replace(FULL, number=1)
        own = create_issue(tx, Issue("acme", 7, "Our own"), "ann-id", NOW)
        assert own == Issue("acme", 2, "Our own", created=NOW, updated=NOW)
        assert get_issue(tx, "acme", 1) == find_issue_by_url(tx, "acme", FULL.url) == made
        assert find_issue_by_key(tx, "acme", "acme/site#12") == made
        assert find_issue_by_url(tx, "acme", "") is None
        assert find_issue_by_key(tx, "acme", "") is None
        assert find_issue(tx, "acme", 9) is None
        with pytest.raises(NoSuchName):
            get_issue(tx, "acme", 9)


def test_a_url_is_of_one_issue(record: Record) -> None:
    with record.write("acme") as tx:
        first = create_issue(tx, FULL, "ann-id", NOW)
        second = create_issue(tx, Issue("acme", 0, "Another"), "ann-id", NOW)
        with pytest.raises(Conflict, match="known already, as 1"):
            create_issue(tx, FULL, "ann-id", NOW)
        with pytest.raises(Conflict, match="known already, as 1"):
            update_issue(tx, replace(second, url=first.url), "ann-id", NOW)


def test_an_update_changes_what_changed(record: Record) -> None:
    with record.write("acme") as tx:
        made = create_issue(tx, FULL, "ann-id", NOW)
        events = len(list_events(tx, "acme"))
        assert update_issue(tx, replace(made, updated=NOW), "ann-id", NOW) == made
        assert len(list_events(tx, "acme")) == events, "nothing happened"
        changed = update_issue(tx, replace(made, title="Other", labels=(), updated=NOW + 2), "ann-id", NOW + 3)
        assert (changed.title, changed.labels, changed.updated, changed.created) == ("Other", (), NOW + 2, NOW - 5)
        assert get_issue(tx, "acme", 1) == changed
        assert update_issue(tx, replace(changed, body=""), "ann-id", NOW + 9).updated == NOW + 9


def test_issues_are_closed_once(record: Record) -> None:
    with record.write("acme") as tx:
        create_issue(tx, FULL, "ann-id", NOW)
        create_issue(tx, Issue("acme", 0, "Another"), "ann-id", NOW)
        closed = close_issue(tx, "acme", 1, "done", "ann-id", NOW + 1)
        assert (closed.state, closed.outcome, closed.closed) == ("closed", "done", NOW + 1)
        assert get_issue(tx, "acme", 1) == closed
        assert [i.number for i in list_issues(tx, "acme", "open")] == [2]
        assert [i.number for i in list_issues(tx, "acme", "closed")] == [1]
        assert len(list_issues(tx, "acme")) == 2
        with pytest.raises(Conflict, match="closed already"):
            close_issue(tx, "acme", 1, "dropped", "ann-id", NOW)
        reopened = update_issue(tx, replace(closed, state="open", outcome="", closed=0), "ann-id", NOW + 2)
        assert get_issue(tx, "acme", 1) == reopened


def test_an_assignment_keeps_its_pack(record: Record) -> None:
    with record.write("acme") as tx:
        head = put(tx, "notes/a", "one").hash
        for _ in range(2):
            create_issue(tx, Issue("acme", 0, "Do it"), "ann-id", NOW)
        first = create_assignment(tx, "acme", 1, "bot-id", "ann-id", 4000, '{"pack": "ä"}', [head], NOW)
        second = create_assignment(tx, "acme", 2, "bot-id", "ann-id", 4000, "{}", [], NOW)
        assert get_blob(tx, "acme", first.pack) == '{"pack": "ä"}'.encode()
        assert get_assignment(tx, "acme", 1) == find_current(tx, "acme", 1) == first
        assert list_for_worker(tx, "acme", "bot-id") == list_assignments(tx, "acme") == (first, second)
        third = create_assignment(tx, "acme", 1, "bee-id", "ann-id", 2000, "{}", [], NOW)
        assert find_current(tx, "acme", 1) == third, "the newest one holds"
        assert list_for_worker(tx, "acme", "bot-id") == (second,)
        close_issue(tx, "acme", 2, "done", "ann-id", NOW)
        assert list_for_worker(tx, "acme", "bot-id") == ()
        assert list_assignments(tx, "acme") == (first, second, third)
        assert find_current(tx, "acme", 9) is None
        with pytest.raises(NoSuchName):
            create_assignment(tx, "acme", 9, "bot-id", "ann-id", 4000, "{}", [], NOW)
        with pytest.raises(NoSuchName):
            get_assignment(tx, "acme", 9)


def test_an_assignment_is_to_somebody(record: Record) -> None:
    with record.write("acme") as tx:
        create_issue(tx, Issue("acme", 0, "Do it"), "ann-id", NOW)
    with pytest.raises(Conflict), record.write("acme") as tx:
        create_assignment(tx, "acme", 1, "nobody", "ann-id", 4000, "{}", [], NOW)


def test_requests_teach_once(record: Record) -> None:
    with record.write("acme") as tx:
        assert add_request(tx, "acme", "runbooks/post", "post the launch", "case 1", NOW) is True
        assert add_request(tx, "acme", "runbooks/post", "post the launch", "case 1", NOW + 1) is False
        assert add_request(tx, "acme", "runbooks/post", "post the launch", "issue 3", NOW + 2) is True
        assert add_request(tx, "acme", "runbooks/other", "post the launch", "case 1", NOW + 3) is True
        assert [(r.seq, r.text, r.origin) for r in list_requests(tx, "acme", "runbooks/post")] == [
            (1, "post the launch", "case 1"),
            (2, "post the launch", "issue 3"),
        ]
        assert [(r.seq, r.document, r.at) for r in requests_after(tx, "acme", 1)] == [
            (2, "runbooks/post", NOW + 2),
            (3, "runbooks/other", NOW + 3),
        ]
        assert requests_after(tx, "acme", 3) == ()


def test_health_is_the_latest_check(record: Record) -> None:
    one = HealthCheck("acme", "integrations/crm", "ready", "", NOW)
    two = HealthCheck("acme", "integrations/crm", "rejected", "401", NOW + 1)
    with record.write("acme") as tx:
        assert get_health(tx, "acme", "integrations/crm") == HealthCheck("acme", "integrations/crm", "unknown")
        put_health(tx, two)
        put_health(tx, one)
        put_health(tx, replace(two, detail="401, token expired"))
        put_health(tx, HealthCheck("acme", "integrations/ads", "missing", "", NOW))
        assert get_health(tx, "acme", "integrations/crm") == replace(two, detail="401, token expired")
        assert [(h.integration, h.state) for h in list_health(tx, "acme")] == [
            ("integrations/ads", "missing"),
            ("integrations/crm", "rejected"),
        ]
        assert [h.state for h in list_checks(tx, "acme", "integrations/crm")] == ["ready", "rejected"]


def test_one_key_one_effect(record: Record) -> None:
    digest, other = body_digest({"a": 1, "b": 2}), body_digest({"a": 1})
    assert digest == body_digest({"b": 2, "a": 1})
    with record.write("acme") as tx:
        assert find_answer(tx, "acme", "bot-id", "k", digest) is None
        keep_answer(tx, "acme", "bot-id", "k", digest, {"proposal": 3}, NOW)
    with record.write("acme") as tx:
        assert find_answer(tx, "acme", "bot-id", "k", digest) == {"proposal": 3}
        assert find_answer(tx, "acme", "bee-id", "k", other) is None, "keys are each principal's own"
        with pytest.raises(KeyReused, match="another body"):
            find_answer(tx, "acme", "bot-id", "k", other)
    with pytest.raises(Conflict), record.write("acme") as tx:
        keep_answer(tx, "acme", "bot-id", "k", digest, {"proposal": 4}, NOW)
    with record.write("acme") as tx:
        assert drop_answers(tx, "acme", NOW) == 0
        assert drop_answers(tx, "acme", NOW + 1) == 1
        assert find_answer(tx, "acme", "bot-id", "k", other) is None
