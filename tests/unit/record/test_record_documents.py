"""Documents: found by as much of a name as tells them, the team's before the company's; their links from both ends; what is due."""

from __future__ import annotations

import pytest

from record_example import MINUTE, NOW, put
from runlore.errors import AmbiguousName, Conflict, NoSuchName
from runlore.model.document import Link
from runlore.model.library import StoredLink
from runlore.record.blobs import erase_blob, get_blob, put_blob
from runlore.record.database import Record
from runlore.record.documents import (
    find_due,
    get_document,
    list_documents,
    list_due,
    list_links_from,
    list_links_to,
    resolve_name,
)
from runlore.record.events import list_events
from runlore.record.verify import verify_record


@pytest.mark.parametrize(
    ("text", "teams", "found"),
    [
        ("runbooks/release", (), "runbooks/release"),
        ("runbooks/release", ("growth",), "growth:runbooks/release"),
        ("release", (), "runbooks/release"),
        ("release", ("growth",), "growth:runbooks/release"),
        ("growth:runbooks/release", (), "growth:runbooks/release"),
        ("voice", (), "brand/voice"),
        ("old", (), "notes/old"),  # retired, and nothing else goes by that name
        ("moved", (), "lessons/moved"),  # one in use wins over a retired one
        ("only", ("growth",), "growth:notes/only"),
    ],
)
def test_names_are_resolved(record: Record, text: str, teams: tuple[str, ...], found: str) -> None:
    fill(record)
    with record.read() as tx:
        assert resolve_name(tx, "acme", text, teams).id == found


def fill(record: Record) -> None:
    with record.write("acme") as tx:
        for id in (
            "runbooks/release", "growth:runbooks/release", "brand/voice", "runbooks/twice", "skills/twice", "lessons/moved", "growth:notes/only",
        ):  # fmt: skip
            put(tx, id, f"# {id}")
        for id in ("notes/old", "notes/moved"):
            put(tx, id, "one", put(tx, id, "one").hash, retires=True)


def test_names_that_tell_nothing(record: Record) -> None:
    fill(record)
    with record.read() as tx:
        with pytest.raises(AmbiguousName, match="runbooks/twice, skills/twice"):
            resolve_name(tx, "acme", "twice")
        with pytest.raises(NoSuchName, match=r"Did you mean .*brand/voice"):
            resolve_name(tx, "acme", "brand/voise")
        with pytest.raises(NoSuchName):
            resolve_name(tx, "acme", "only")
        with pytest.raises(NoSuchName):
            resolve_name(tx, "acme", "nobody:notes/only", ("nobody",))
        with pytest.raises(NoSuchName):
            get_document(tx, "acme", "twice")


def test_a_teams_document_refines_the_companys_whichever_came_first(record: Record) -> None:
    with record.write("acme") as tx:
        put(tx, "growth:runbooks/release", "one")
        assert get_document(tx, "acme", "growth:runbooks/release").refines == ""
        put(tx, "runbooks/release", "one")
        assert get_document(tx, "acme", "growth:runbooks/release").refines == "runbooks/release"
        assert get_document(tx, "acme", "runbooks/release").refines == ""


def test_documents_are_listed_by_shelf_team_and_use(record: Record) -> None:
    fill(record)
    with record.read() as tx:
        assert [d.id for d in list_documents(tx, "acme", "runbooks")] == [
            "growth:runbooks/release", "runbooks/release", "runbooks/twice",
        ]  # fmt: skip
        assert [d.id for d in list_documents(tx, "acme", team="growth")] == [
            "growth:notes/only",
            "growth:runbooks/release",
        ]
        assert [d.id for d in list_documents(tx, "acme", "notes", team="")] == []
        assert [d.id for d in list_documents(tx, "acme", "notes", "", include_retired=True)] == [
            "notes/moved",
            "notes/old",
        ]
        assert len(list_documents(tx, "acme")) == 7
        first = list_documents(tx, "acme", "brand")[0]
        assert (first.title, first.owner, first.reviewed, first.review_every) == (
            "# brand/voice",
            "ann",
            "2026-01-01",
            "90 days",
        )


def test_links_are_shown_from_both_ends(record: Record) -> None:
    voice, skill = Link("document", "brand/voice", "step-2"), Link("skill", "skills/post", "frontmatter/skills")
    role = Link("role", "brand/voice", "step-3")
    with record.write("acme") as tx:
        put(tx, "brand/voice", "one")
        first = put(tx, "runbooks/post", "one", links=(skill, voice, role))
        put(tx, "growth:runbooks/post", "one", links=(voice,))
        assert list_links_from(tx, "acme", "runbooks/post") == (
            StoredLink("runbooks/post", "skill", "skills/post", "frontmatter/skills"),
            StoredLink("runbooks/post", "document", "brand/voice", "step-2"),
            StoredLink("runbooks/post", "role", "brand/voice", "step-3"),
        )
        both = (
            StoredLink("growth:runbooks/post", "document", "brand/voice", "step-2"),
            StoredLink("runbooks/post", "document", "brand/voice", "step-2"),
        )
        assert list_links_to(tx, "acme", "brand/voice") == both
        assert list_links_to(tx, "acme", "growth:brand/voice") == both[:1], "what the team's own one would be linked by"
        put(tx, "growth:brand/voice", "one")
        assert list_links_to(tx, "acme", "brand/voice") == both[1:]
        assert list_links_to(tx, "acme", "growth:brand/voice") == both[:1]
        put(tx, "runbooks/post", "two", first.hash)
        assert list_links_from(tx, "acme", "runbooks/post") == (), "the links are those of the head"
        assert list_links_to(tx, "acme", "brand/voice") == ()


def test_what_is_due_is_listed_longest_overdue_first(record: Record) -> None:
    with record.write("acme") as tx:
        put(tx, "notes/b", "one")
        put(tx, "notes/a", "one")
        put(tx, "notes/c", "one", put(tx, "notes/c", "one").hash, retires=True)
        assert list_due(tx, "acme", "2026-03-31") == ()
        assert [d.id for d in list_due(tx, "acme", "2026-04-01")] == ["notes/a", "notes/b"]


@pytest.mark.parametrize(
    ("reviewed", "every", "due"),
    [
        ("2026-01-01", "90 days", "2026-04-01"),
        ("2026-01-01", "1 week", "2026-01-08"),
        ("2026-01-01", "6 months", "2026-07-03"),
        ("2026-01-01", "1 year", "2027-01-01"),
        ("", "1 day", "2023-11-15"),
        ("last spring", "1 day", "2023-11-15"),
        ("2026-01-01", "", ""),
        ("2026-01-01", "often", ""),
        ("9999-01-01", "9999 years", ""),
    ],
)
def test_when_a_document_is_due(reviewed: str, every: str, due: str) -> None:
    assert find_due(reviewed, every, NOW) == due


def test_contents_are_kept_once_and_checked(record: Record) -> None:
    with record.write("acme") as tx:
        hash = put_blob(tx, "acme", b"\0\xff")
        assert put_blob(tx, "acme", b"\0\xff") == hash
        assert get_blob(tx, "acme", hash) == b"\0\xff"
        assert get_blob(tx, "acme", put_blob(tx, "acme", b"")) == b""
        assert tx.one("SELECT count(*) FROM blobs WHERE company = :company", company="acme") == (2,)
        with pytest.raises(NoSuchName):
            get_blob(tx, "acme", "sha256:0")


def test_an_erased_content_leaves_its_tombstone(record: Record) -> None:
    with record.write("acme") as tx:
        revision = put(tx, "notes/a", "a customer's address")
        hash = revision.files[0].hash
        erase_blob(tx, "acme", hash, "ann-id", "asked by the customer", NOW + MINUTE)
        with pytest.raises(Conflict, match="was erased"):
            get_blob(tx, "acme", hash)
        with pytest.raises(Conflict, match="erased already"):
            erase_blob(tx, "acme", hash, "ann-id", "again", NOW + MINUTE)
        with pytest.raises(NoSuchName):
            erase_blob(tx, "acme", "sha256:0", "ann-id", "", NOW)
        event = list_events(tx, "acme")[-1]
        assert (event.kind, event.subject, event.body["reason"]) == ("erased", hash, "asked by the customer")
        assert verify_record(tx, "acme") == (), "hashes and chain hold without the bytes"
