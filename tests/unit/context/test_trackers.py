"""Issues of GitHub, GitLab, Linear and Jira, in the shapes that their exports and programs give."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.context.trackers.fields import issue_fields
from runlore.context.trackers.issues import parse_issues
from runlore.context.trackers.values import time_of
from runlore.model.issue import ImportedIssue

TODAY = date(2026, 3, 2)


def read(value: Any) -> tuple[ImportedIssue, ...]:
    content = value if isinstance(value, (str, bytes)) else json.dumps(value)
    issues, problems = parse_issues(content, "f", TODAY)
    assert problems == ()
    return issues


FORM = """### Campaign

spring-launch

### Channel

_No response_

### Notes

Post it on Tuesday.
Budget: 300 EUR

- [x] approved
"""


def test_what_gh_issue_list_gives() -> None:
    (issue,) = read(
        [
            {
                "number": 12,
                "title": "Post the spring picture",
                "body": FORM,
                "state": "OPEN",
                "url": "https://github.com/acme/site/issues/12",
                "labels": [{"id": "L1", "name": "social", "description": "", "color": "fff"}],
                "assignees": [{"id": "U1", "login": "ann", "name": "Ann"}],
                "author": {"id": "U2", "is_bot": False, "login": "bob", "name": "Bob"},
                "createdAt": "2026-01-02T03:04:05Z",
                "updatedAt": "2026-01-03T03:04:05Z",
                "milestone": {"number": 1, "title": "Q1", "description": "", "dueOn": None},
            }
        ]
    )
    assert issue == ImportedIssue(
        title="Post the spring picture",
        body=FORM.strip(),
        state="open",
        url="https://github.com/acme/site/issues/12",
        source="github",
        key="acme/site#12",
        labels=("social",),
        assignees=("ann",),
        author="bob",
        created="2026-01-02T03:04:05Z",
        updated="2026-01-03T03:04:05Z",
        fields=(
            ("Campaign", "spring-launch"),
            ("Notes", "Post it on Tuesday.\nBudget: 300 EUR\n\n- [x] approved"),
            ("Budget", "300 EUR"),
            ("milestone", "Q1"),
        ),
    )


REST = {
    "url": "https://api.github.com/repos/acme/site/issues/7",
    "html_url": "https://github.com/acme/site/issues/7",
    "number": 7,
    "title": "T",
    "body": None,
    "state": "closed",
    "user": {"login": "bob"},
    "labels": [{"name": "bug"}, "plain"],
    "assignee": None,
    "assignees": [{"login": "ann"}],
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-02T03:04:05Z",
    "type": {"name": "Task"},
}


def test_what_gh_api_gives_page_after_page_and_without_pull_requests() -> None:
    pull = REST | {"number": 8, "pull_request": {"url": "x"}}
    issues, problems = parse_issues(json.dumps([REST]) + json.dumps([REST | {"number": 9}, pull]), "f", TODAY)
    assert [(i.state, i.labels, i.body, i.author, i.fields) for i in issues] == [
        ("closed", ("bug", "plain"), "", "bob", (("type", "Task"),))
    ] * 2
    assert [(p.level, p.message) for p in problems] == [("warning", "1 pull request was left out: they are no issues.")]
    assert [i.key for i in read({"total_count": 1, "items": [REST]})] == ["acme/site#7"]
    assert [i.key for i in read("\n".join([json.dumps(REST)] * 2))] == ["acme/site#7"] * 2


def test_a_github_archive_names_people_and_labels_by_their_addresses() -> None:
    (issue,) = read(
        [
            {
                "type": "issue",
                "url": "https://github.com/acme/site/issues/3",
                "repository": "https://github.com/acme/site",
                "user": "https://github.com/bob",
                "title": "Old",
                "body": "x",
                "assignee": "https://github.com/ann",
                "assignees": [],
                "milestone": None,
                "labels": ["https://github.com/acme/site/labels/help%20wanted"],
                "closed_at": "2024-05-06T07:08:09Z",
                "created_at": "2024-01-01T00:00:00Z",
            }
        ]
    )
    assert (issue.key, issue.state, issue.author, issue.assignees, issue.labels) == ("acme/site#3", "closed", "bob", ("ann",), ("help wanted",))  # fmt: skip


def test_what_glab_gives() -> None:
    (issue,) = read(
        [
            {
                "id": 900,
                "iid": 4,
                "project_id": 1,
                "title": "Renew the token",
                "description": "**System**: crm\n",
                "state": "opened",
                "web_url": "https://gitlab.example.com/group/sub/project/-/issues/4",
                "labels": ["ops", "urgent"],
                "assignees": [{"username": "ann", "name": "Ann"}],
                "author": {"username": "bob", "name": "Bob"},
                "created_at": "2026-01-02T03:04:05.678Z",
                "updated_at": "2026-01-02T03:04:05.678+02:00",
                "references": {"short": "#4", "full": "group/sub/project#4"},
                "milestone": {"title": "M1"},
                "due_date": "2026-02-01",
                "weight": 3,
                "issue_type": "issue",
                "severity": "UNKNOWN",
            }
        ]
    )
    assert (issue.source, issue.key, issue.state, issue.labels, issue.assignees) == ("gitlab", "group/sub/project#4", "open", ("ops", "urgent"), ("ann",))  # fmt: skip
    assert issue.updated == "2026-01-02T03:04:05.678+02:00"
    assert issue.fields == (("System", "crm"), ("milestone", "M1"), ("due date", "2026-02-01"), ("weight", "3"))


def test_a_gitlab_table() -> None:
    (issue,) = read(
        "Title,Description,Issue ID,URL,State,Author,Author Username,Assignee,Assignee Username,Confidential,Locked,Due Date,Created At (UTC),Updated At (UTC),Closed At (UTC),Milestone,Weight,Labels,Time Estimate,Time Spent\r\n"
        '"Renew, soon","line one\r\nline two",4,https://gitlab.com/g/p/-/issues/4,Closed,Bob,bob,Ann,"ann, cat",No,No,2026-02-01,2026-01-02 03:04:05,2026-01-03 03:04:05,2026-01-04 03:04:05,,,"ops,urgent",0,0\r\n'
    )
    assert (issue.title, issue.body, issue.key, issue.state) == ("Renew, soon", "line one\nline two", "g/p#4", "closed")
    assert (issue.labels, issue.assignees, issue.author, issue.created) == (("ops", "urgent"), ("ann", "cat"), "bob", "2026-01-02T03:04:05")  # fmt: skip


def test_what_linear_gives() -> None:
    node = {
        "identifier": "ENG-42",
        "title": "Ship it",
        "description": None,
        "state": {"name": "Canceled", "type": "canceled"},
        "url": "https://linear.app/acme/issue/ENG-42/ship-it",
        "labels": {"nodes": [{"name": "bug"}]},
        "assignee": {"displayName": "ann"},
        "creator": None,
        "createdAt": "2026-01-02T03:04:05.000Z",
        "updatedAt": "2026-01-02T03:04:05.000Z",
        "priorityLabel": "High",
        "estimate": 3,
        "team": {"key": "ENG", "name": "Engineering"},
    }
    for wrapped in ({"data": {"issues": {"nodes": [node]}}}, {"data": {"team": {"issues": {"nodes": [node]}}}}, [node]):
        (issue,) = read(wrapped)
        assert (issue.source, issue.key, issue.state, issue.labels, issue.assignees) == ("linear", "ENG-42", "closed", ("bug",), ("ann",))  # fmt: skip
        assert issue.fields == (
            ("status", "Canceled"),
            ("team", "Engineering"),
            ("priority", "High"),
            ("estimate", "3"),
        )


def test_a_linear_table() -> None:
    (issue,) = read(
        '"ID","Team","Title","Description","Status","Estimate","Priority","Project ID","Project","Creator","Assignee","Labels","Cycle Number","Cycle Name","Cycle Start","Cycle End","Created","Updated","Started","Triaged","Completed","Canceled","Archived","Due Date","Parent issue"\n'
        '"ENG-1","Engineering","Ship","Line ""one""\nline two","In Progress","","High","p1","Site","ann@a.example","bob@a.example","Bug, UI","","","","","Tue Sep 05 2023 09:16:09 GMT+0000 (GMT)","Sep 06, 2023","","","","","","",""\n'
    )
    assert (issue.key, issue.state, issue.labels, issue.body) == ("ENG-1", "open", ("Bug", "UI"), 'Line "one"\nline two')  # fmt: skip
    assert (issue.created, issue.updated) == ("2023-09-05T09:16:09+00:00", "2023-09-06")


def paragraph(*words: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(words)}


def word(text: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"marks": list(marks)} if marks else {})}


ADF = {
    "type": "doc",
    "version": 1,
    "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [word("System")]},
        paragraph(
            word("the "),
            word("CRM", {"type": "strong"}),
            word(", see "),
            word("docs", {"type": "link", "attrs": {"href": "https://a.b"}}),
        ),
        {
            "type": "orderedList",
            "content": [
                {
                    "type": "listItem",
                    "content": [
                        paragraph(word("one")),
                        {
                            "type": "bulletList",
                            "content": [{"type": "listItem", "content": [paragraph(word("inner"))]}],
                        },
                    ],
                }
            ],
        },
        {"type": "codeBlock", "attrs": {"language": "sh"}, "content": [word("ls\npwd")]},
        {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"state": "DONE"}, "content": [word("done")]}]},
        {
            "type": "table",
            "content": [
                {"type": "tableRow", "content": [{"type": "tableHeader", "content": [paragraph(word("a|b"))]}]},
                {"type": "tableRow", "content": [{"type": "tableCell", "content": [paragraph(word("c"))]}]},
            ],
        },
        {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "x"}}]},
        {
            "type": "panel",
            "content": [
                paragraph(word("careful"), {"type": "hardBreak"}, {"type": "mention", "attrs": {"text": "@ann"}})
            ],
        },
    ],
}


def test_what_jiras_search_gives() -> None:
    value = {
        "names": {"customfield_10016": "Story Points", "customfield_10050": "Region", "customfield_10019": "Rank"},
        "issues": [
            {
                "key": "OPS-9",
                "self": "https://acme.atlassian.net/rest/api/3/issue/10002",
                "fields": {
                    "summary": "Renew the token",
                    "description": ADF,
                    "status": {"name": "In Review", "statusCategory": {"key": "indeterminate"}},
                    "labels": ["ops"],
                    "assignee": {"displayName": "Ann Field", "emailAddress": "ann@a.example"},
                    "reporter": {"displayName": "Bob"},
                    "created": "2026-01-02T03:04:05.000+0100",
                    "updated": "2026-01-03T03:04:05.000+0100",
                    "priority": {"name": "High"},
                    "issuetype": {"name": "Task"},
                    "components": [{"name": "api"}, {"name": "web"}],
                    "customfield_10016": 3.0,
                    "customfield_10050": {"value": "EU", "child": {"value": "DE"}},
                    "customfield_10019": "0|i0007z:",
                    "customfield_10077": None,
                },
            }
        ],
    }
    (issue,) = read(value)
    assert (issue.source, issue.key, issue.state, issue.url) == ("jira", "OPS-9", "open", "https://acme.atlassian.net/browse/OPS-9")  # fmt: skip
    assert (issue.assignees, issue.author, issue.created) == (("Ann Field",), "Bob", "2026-01-02T03:04:05.000+01:00")
    assert issue.body == (
        "## System\n\nthe **CRM**, see [docs](https://a.b)\n\n1. one\n   - inner\n\n```sh\nls\npwd\n```\n\n- [x] done\n\n"
        "| a\\|b |\n| --- |\n| c |\n\n> careful\n> @ann"
    )
    fields = dict(issue.fields)
    assert fields["System"].startswith("the **CRM**")
    assert {k: v for k, v in fields.items() if k != "System"} == {
        "status": "In Review",
        "priority": "High",
        "type": "Task",
        "components": "api, web",
        "Story Points": "3",
        "Region": "EU / DE",
    }


def test_a_jira_table_with_columns_that_repeat() -> None:
    first, second = read(
        "Summary,Issue key,Issue id,Issue Type,Status,Project key,Priority,Resolution,Assignee,Reporter,Created,Updated,Labels,Labels,Description,Comment,Comment,Custom field (Story Points),Custom field (Rank),Status Category\n"
        '"Renew, now",OPS-1,10001,Task,To Do,OPS,High,,ann,bob,18/Jan/26 12:34 AM,18/Jan/26 1:05 PM,ops,urgent,"System: crm\nmore",02/Jan/26 9:00 AM;bob;first,03/Jan/26 9:00 AM;ann;second,5,0|i:,To Do\n'
        "Old,OPS-2,10002,Bug,Done,OPS,Low,Fixed,,,Yesterday 3:42 PM,,,,,,,,,Done\n"
    )
    assert (first.title, first.key, first.state, first.labels, first.assignees) == ("Renew, now", "OPS-1", "open", ("ops", "urgent"), ("ann",))  # fmt: skip
    assert (first.created, first.updated) == ("2026-01-18T00:34:00", "2026-01-18T13:05:00")
    assert dict(first.fields) == {
        "System": "crm",
        "status": "To Do",
        "type": "Task",
        "priority": "High",
        "Story Points": "5",
        "comment 1": "02/Jan/26 9:00 AM;bob;first",
        "comment 2": "03/Jan/26 9:00 AM;ann;second",
    }
    assert (second.state, second.created) == ("closed", "2026-03-01")


def test_the_fields_of_an_issue_made_by_hand() -> None:
    body = (
        "Please post this.\n\nCaption: Spring is here: buy now\n- **Publish at**: Tuesday 9:00\n* not a field\nhttps://a.b: no\n"
        "| Field | Value |\n|---|---|\n| Asset | `a.png` |\n\n```\nInside: code\n```\ncaption: twice\n\n## Approval\n\nby Ann\n"
        "One two three four five six: too long a name\n"
    )
    assert issue_fields("Post it (campaign: spring; channel=instagram)", body) == (
        ("campaign", "spring"),
        ("channel", "instagram"),
        ("Caption", "Spring is here: buy now"),
        ("Publish at", "Tuesday 9:00"),
        ("Asset", "`a.png`"),
        ("Approval", "by Ann\nOne two three four five six: too long a name"),
    )
    assert issue_fields("Fix: the thing", "plain words") == ()


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "import-empty"),
        (b"\xff\xfe", "import-not-text"),
        ('[{"number": 1', "issues-unreadable"),
        ("[" * 100_000, "issues-unreadable"),
        ("a,b\n1,2\n", "issues-unknown"),
        ('{"hello": 1}', "issues-unknown"),
        ("[]", "issues-unknown"),
        ('Summary,Issue key\n"' + "x" * 200_000 + '",A-1\n', "issues-unreadable"),
    ],
)
def test_what_cannot_be_read_is_one_problem(content: bytes | str, slug: str) -> None:
    issues, problems = parse_issues(content, "f", TODAY)
    assert (issues, [p.slug for p in problems]) == ((), [slug])


def test_issues_that_can_be_read_are_there_beside_those_that_cannot() -> None:
    issues, problems = parse_issues(json.dumps([REST, {"other": 1}, REST | {"title": " "}]), "f", TODAY)
    assert [i.key for i in issues] == ["acme/site#7"]
    assert [(p.slug, p.level) for p in problems] == [("issues-unknown", "error"), ("issues-unreadable", "error")]
    many, found = parse_issues(json.dumps([{"other": n} for n in range(100)]), "f", TODAY)
    assert (many, len(found), found[-1].message) == ((), 21, "80 more records could not be read.")


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("2026-01-02 03:04:05 UTC", "2026-01-02T03:04:05Z"),
        ("2026-01-02", "2026-01-02"),
        ("14/Jul/25 12:00 PM", "2025-07-14T12:00:00"),
        ("11/May/24", "2024-05-11"),
        ("6/21/2025 16:14", "2025-06-21T16:14:00"),
        ("21/6/2025", "2025-06-21"),
        ("6/7/2025 16:14", ""),
        ("Today 9:00 AM", "2026-03-02"),
        ("31/Feb/25", ""),
        ("never", ""),
        (None, ""),
    ],
)
def test_times_as_trackers_write_them(said: Any, time: str) -> None:
    assert time_of(said, TODAY) == time


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["title", "number", "iid", "identifier", "fields", "key", "issues", "nodes", "data", "labels", "assignees", "state", "description", "type", "content", "names", "url"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_no_json_makes_it_raise(value: Any) -> None:
    issues, problems = parse_issues(json.dumps(value), "f", TODAY)
    assert all(issue.title for issue in issues)
    assert issues or problems or value in ("", None) or not isinstance(value, (dict, list))


@given(st.text(max_size=300), st.text(max_size=40))
def test_no_text_makes_it_raise(text: str, title: str) -> None:
    parse_issues(text, "f", TODAY)
    assert all(name and value for name, value in issue_fields(title, text))
