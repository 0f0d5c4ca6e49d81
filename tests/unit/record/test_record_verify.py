"""What keeps the record as it is: the database refuses changes, and where somebody makes it take them, verify names what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from record_example import LATER, NOW, accept, make_company, person, principal, propose, put, unlock
from runlore.errors import Conflict, DamagedRecord
from runlore.model.document import Recognised
from runlore.record.assignments import create_assignment
from runlore.record.blobs import get_blob
from runlore.record.companies import create_company
from runlore.record.database import Record, Transaction
from runlore.record.events import append, check_chain, event_hash, list_events, make_checkpoint
from runlore.record.issues import Issue, create_issue
from runlore.record.principals import create_principal
from runlore.record.publications import publish
from runlore.record.reviews import create_review
from runlore.record.revisions import get_head, list_revisions
from runlore.record.verify import check_database, verify_record


def fill(record: Record) -> None:
    """Two revisions of one document, an open, an accepted and a rejected proposal, an assignment."""
    with record.write("acme") as tx:
        first = put(tx, "notes/a", "one")
        put(tx, "notes/a", "two", first.hash)
        propose(tx, "notes/b", "three")
        accept(tx, propose(tx, "notes/b", "four"))
        create_review(tx, propose(tx, "notes/b", "five"), principal("cid"), False, "no", NOW, LATER)
        issue = create_issue(tx, Issue("acme", 0, "Do it"), "ann-id", NOW)
        create_assignment(tx, "acme", issue.number, "bot-id", "ann-id", 4000, "{}", (first.hash,), NOW)


REFUSED = {
    "UPDATE events SET at = 0 WHERE seq = 1": "events never change",
    "DELETE FROM events WHERE seq = 1": "events are kept",
    "UPDATE revisions SET title = 'x' WHERE number = 1": "revisions never change",
    "DELETE FROM revisions WHERE number = 2": "revisions are kept",
    "UPDATE revision_files SET path = 'x'": "revisions never change",
    "DELETE FROM revision_files": "revisions are kept",
    "UPDATE blobs SET content = content": "blobs never change",
    "DELETE FROM blobs": "blobs are kept",
    "UPDATE reviews SET accepted = 1": "reviews never change",
    "UPDATE reviews SET consumed = 0": "used once",
    "UPDATE reviews SET consumed = 7 WHERE consumed > 0": "used once",
    "DELETE FROM reviews": "reviews are kept",
    "UPDATE proposals SET digest = 'x'": "proposals never change",
    "UPDATE proposals SET state = 'open' WHERE state = 'published'": "decided proposal",
    "UPDATE proposals SET state = 'accepted' WHERE state = 'rejected'": "decided proposal",
    "DELETE FROM proposals": "proposals are kept",
    "UPDATE proposal_files SET hash = hash": "proposals never change",
    "DELETE FROM proposal_files": "proposals are kept",
    "UPDATE proposal_authors SET principal = 'cid-id'": "proposals never change",
    "DELETE FROM proposal_authors": "proposals are kept",
    "UPDATE publications SET revision = revision": "publications never change",
    "DELETE FROM publications": "publications are kept",
    "UPDATE principals SET kind = 'human' WHERE kind = 'agent'": "fixed",
    "UPDATE principals SET operator = ''": "fixed",
    "DELETE FROM principals": "principals are kept",
    "UPDATE documents SET id = 'notes/x', name = 'x'": "fixed",
    "DELETE FROM documents": "documents are kept",
    "DELETE FROM companies": "companies are kept",
    "UPDATE assignments SET worker = 'bee-id'": "assignments never change",
    "DELETE FROM assignments": "assignments are kept",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_itself_refuses_to_change_what_is_kept(record: Record, statement: str) -> None:
    fill(record)
    with pytest.raises(Conflict, match=REFUSED[statement]), record.write("acme") as tx:
        tx.run(statement)
    with record.read() as tx:
        assert verify_record(tx, "acme") == ()


def test_erasure_is_the_only_change_of_a_content(record: Record) -> None:
    fill(record)
    with record.write("acme") as tx:
        tx.run("UPDATE blobs SET content = :nothing, erased = 5 WHERE size = 3", nothing=b"")
    for statement in (
        "content = :nothing, erased = 6",
        "content = :other, erased = 6",
        "content = :nothing, erased = 6, size = 0",
    ):
        with pytest.raises(Conflict), record.write("acme") as tx:
            tx.run(f"UPDATE blobs SET {statement}", nothing=b"", other=b"abc")


LINE = "INSERT INTO revisions (company, hash, document, number, parent, format, main, title, description, author, reviewer, proposal, reason, published, self_published) VALUES (:company, :hash, 'notes/a', :number, :parent, 'markdown', 'm', '', '', 'bot-id', 'cid-id', :proposal, '', 1, 0)"


@pytest.mark.parametrize(
    ("number", "parent", "proposal"),
    [
        (3, "first", 3),  # a fork: the first revision has a successor already
        (2, "second", 3),  # a number that is there
        (4, "second", 3),  # a gap
        (3, "sha256:none", 3),
        (3, "", 3),
        (1, "", 3),
        (3, "second", 1),  # a proposal that was published already
        (3, "second", 99),
    ],
)
def test_the_database_itself_keeps_revisions_in_one_line(
    record: Record, number: int, parent: str, proposal: int
) -> None:
    fill(record)
    with record.write("acme") as tx:
        first, second = list_revisions(tx, "acme", "notes/a")
        parent = {"first": first.hash, "second": second.hash}.get(parent, parent)
    with pytest.raises(Conflict), record.write("acme") as tx:
        tx.run(LINE, company="acme", hash="sha256:x", number=number, parent=parent, proposal=proposal)


PUBLICATION = "INSERT INTO publications (company, number, document, revision, proposal, review, event, at) VALUES (:company, 3, 'notes/a', 'sha256:x', :proposal, :review, 1, 1)"


@pytest.mark.parametrize(
    ("proposal", "review"),
    [(3, 1), (4, 1), (5, 1), (6, 1), (7, 1)],
    ids=["no review", "not used", "rejected", "another base", "by its author"],
)
def test_the_database_itself_wants_a_review(record: Record, proposal: int, review: int) -> None:
    fill(record)
    with record.write("acme") as tx:
        head = get_head(tx, "acme", "notes/a").hash
        accept(tx, propose(tx, "notes/b", "six"))
        propose(tx, "notes/a", "seven", head, author="cid")
        tx.run(
            "INSERT INTO reviews (company, proposal, position, reviewer, digest, base, accepted, comment, decided, expires) SELECT company, number, 1, 'cid-id', digest, base, 1, '', 1, 0 FROM proposals WHERE company = :company AND number = 7",
            company="acme",
        )
        tx.run("UPDATE reviews SET consumed = 1 WHERE company = :company AND proposal IN (6, 7)", company="acme")
    with pytest.raises(Conflict, match="record refuses"):
        publish_past_the_functions(record, head, proposal, review)


def publish_past_the_functions(record: Record, head: str, proposal: int, review: int) -> None:
    with record.write("acme") as tx:
        tx.run(LINE, company="acme", hash="sha256:x", number=3, parent=head, proposal=proposal)
        tx.run(PUBLICATION, company="acme", proposal=proposal, review=review)


def test_the_log_is_dense_and_chained(record: Record) -> None:
    fill(record)
    with record.read() as tx:
        events = list_events(tx, "acme")
        assert [e.seq for e in events] == list(range(1, len(events) + 1))
        assert [e.previous for e in events] == ["", *(e.hash for e in events[:-1])]
        assert all(event_hash(e) == e.hash for e in events)
        assert list_events(tx, "acme", after=3, limit=2) == events[3:5]
        assert check_chain(tx, "acme") == ()


@pytest.mark.parametrize(
    ("seq", "previous"),
    [(1, ""), (99, "last"), ("next", "sha256:x"), ("next", "")],
    ids=["twice", "gap", "unchained", "anew"],
)
def test_the_database_itself_keeps_the_log_a_chain(record: Record, seq: int | str, previous: str) -> None:
    fill(record)
    with record.write("acme") as tx:
        last = list_events(tx, "acme")[-1]
    with pytest.raises(Conflict), record.write("acme") as tx:
        tx.run(
            "INSERT INTO events (company, seq, at, principal, kind, subject, body, previous, hash)"
            " VALUES (:company, :seq, 1, '', 'x', '', '{}', :previous, 'sha256:y')",
            company="acme",
            seq=last.seq + 1 if seq == "next" else seq,
            previous=last.hash if previous == "last" else previous,
        )


def test_an_event_keeps_any_json(record: Record) -> None:
    body = {"a": [1, 2.5, None, True, "ä\0\ud83d"], "b": {}}
    with record.write("acme") as tx:
        made = append(tx, "acme", "ann-id", "noted", "x", body, NOW)
        assert list_events(tx, "acme")[-1] == made
        assert check_chain(tx, "acme") == ()


def rewrite_event(tx: Transaction) -> None:
    tx.run("UPDATE events SET subject = 'other' WHERE seq = 5")


def rewrite_log(tx: Transaction) -> None:
    """Change the fifth event and chain everything after it anew: without a checkpoint nobody could tell."""
    previous = ""
    for event in list_events(tx, "acme"):
        changed = replace(event, principal="bee-id" if event.seq == 5 else event.principal, previous=previous)
        previous = event_hash(changed)
        tx.run(
            "UPDATE events SET principal = :principal, previous = :previous, hash = :hash WHERE seq = :seq",
            principal=changed.principal,
            previous=changed.previous,
            hash=previous,
            seq=event.seq,
        )


def cut_log(tx: Transaction) -> None:
    tx.run("DELETE FROM publications WHERE number = 2")
    tx.run("DELETE FROM events WHERE seq > 12")


DAMAGE: dict[str, tuple[str | Callable[[Transaction], None], str]] = {
    "an event rewritten": (rewrite_event, "broken-chain"),
    "an event gone": ("DELETE FROM events WHERE seq = 4", "broken-chain"),
    "a content changed": ("UPDATE blobs SET content = 'eno' WHERE size = 3", "damaged-content"),
    "a content gone without a tombstone": ("UPDATE blobs SET content = '', erased = 1 WHERE size = 3", "damaged-content"),
    "a file renamed": ("UPDATE revision_files SET path = 'x.md'", "damaged-revision"),
    "a file made executable": ("UPDATE revision_files SET executable = 1", "damaged-revision"),
    "a file added to a proposal": (
        "INSERT INTO proposal_files SELECT company, proposal, 'x', hash, size, 0 FROM proposal_files WHERE proposal = 3",
        "damaged-proposal",
    ),
    "a proposal gone": ("DELETE FROM proposals WHERE number = 3", "damaged-proposal"),
    "a proposal of other bytes and digest": ("UPDATE proposals SET retires = 1, digest = 'x' WHERE number = 3", "damaged-proposal"),
    "a head moved back": ("UPDATE documents SET head = (SELECT hash FROM revisions WHERE number = 1)", "broken-line"),
    "a revision gone": ("DELETE FROM revisions WHERE number = 2", "broken-line"),
    "a publication gone": ("DELETE FROM publications WHERE number = 1", "broken-line"),
    "the last publication gone": ("DELETE FROM publications WHERE number = 2", "unlogged-publication"),
    "a publication of another event": ("UPDATE publications SET event = 1 WHERE number = 2", "unlogged-publication"),
    "marked as self-published": ("UPDATE revisions SET self_published = 1 WHERE number = 2", "unlogged-publication"),
    "a review unused": ("UPDATE reviews SET consumed = 0 WHERE proposal = 2", "unreviewed-publication"),
    "a review over other bytes": ("UPDATE reviews SET digest = 'x' WHERE proposal = 2", "unreviewed-publication"),
    "a review by another": ("UPDATE reviews SET reviewer = 'bea-id' WHERE proposal = 2", "unreviewed-publication"),
    "a proposal opened again": ("UPDATE proposals SET state = 'open' WHERE number = 2", "unreviewed-publication"),
    "an author on the reviewer's side": (
        "UPDATE proposal_authors SET principal = 'cid-id' WHERE proposal = 2", "unreviewed-publication",
    ),
    "an agent made a person": ("UPDATE principals SET kind = 'human' WHERE id = 'bot-id'", "changed-principal"),
    "a scope more": ("UPDATE principals SET scopes = ' own ' WHERE id = 'bea-id'", "changed-principal"),
    "an operator less": ("UPDATE principals SET operator = '' WHERE id = 'bot-id'", "changed-principal"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_verify_names_what_somebody_changed(record: Record, what: str) -> None:
    fill(record)
    change, slug = DAMAGE[what]
    damage(record, change)
    with record.read() as tx:
        assert slug in {problem.slug for problem in verify_record(tx, "acme")}


def damage(record: Record, change: str | Callable[[Transaction], None]) -> None:
    if record.kind == "sqlite":
        connection = record.engine.connect()
        connection.script("PRAGMA foreign_keys = OFF")
        connection.begin(write=True)
        tx = Transaction(connection, record.engine, company="", writes=True)
        unlock(tx)
        tx.run(change.replace("content = '", "content = x'").replace("eno", "656e6f")) if isinstance(
            change, str
        ) else change(tx)
        connection.commit()
        connection.close()
        return
    with record.write() as tx:
        unlock(tx)
        tx.run(change) if isinstance(change, str) else change(tx)


@pytest.mark.parametrize("change", [rewrite_log, cut_log], ids=["written anew", "cut"])
def test_a_checkpoint_tells_a_log_that_was_written_anew(record: Record, change: Callable[[Transaction], None]) -> None:
    fill(record)
    with record.read() as tx:
        checkpoint = make_checkpoint(tx, "acme", NOW)
        assert check_chain(tx, "acme", [checkpoint]) == ()
    with record.write("acme") as tx:
        put(tx, "notes/z", "later")
        assert check_chain(tx, "acme", [checkpoint]) == ()
    damage(record, change)
    with record.read() as tx:
        assert check_chain(tx, "acme") == ()
        assert [p.slug for p in check_chain(tx, "acme", [checkpoint])] == ["checkpoint"]


def test_a_checkpoint_of_another_company_says_nothing(record: Record) -> None:
    make_company(record, "globex")
    with record.read() as tx:
        assert check_chain(tx, "acme", [make_checkpoint(tx, "globex", NOW) | {"hash": "sha256:x"}]) == ()


def test_a_log_of_many_events_is_checked_whole(record: Record) -> None:
    with record.write() as tx:
        create_company(tx, "long", "Long", NOW)
    with record.write("long") as tx:
        for at in range(2500):
            append(tx, "long", "", "noted", str(at), {}, NOW + at)
        assert check_chain(tx, "long") == ()
    damage(record, "UPDATE events SET at = 1 WHERE company = 'long' AND seq = 2400")
    with record.read() as tx:
        (problem,) = check_chain(tx, "long")
        assert (problem.line, problem.slug) == (2400, "broken-chain")


def test_changed_bytes_are_never_served(record: Record) -> None:
    fill(record)
    with record.read() as tx:
        head = get_head(tx, "acme", "notes/a")
    damage(record, "UPDATE blobs SET content = 'owt' WHERE size = 3".replace("owt", "eno"))
    with record.read() as tx, pytest.raises(DamagedRecord, match="not what its hash says"):
        get_blob(tx, "acme", head.files[0].hash)
    damage(record, "UPDATE revision_files SET path = 'x.md'")
    with record.read() as tx, pytest.raises(DamagedRecord, match="revision 2 of notes/a"):
        get_head(tx, "acme", "notes/a")


def test_a_sound_database_has_nothing_to_report(record: Record) -> None:
    fill(record)
    assert check_database(record) == ()


def test_a_review_that_a_later_side_makes_invalid_is_found(record: Record) -> None:
    """A principal cannot be put on another side afterwards, so a review stays what it was when new principals come."""
    fill(record)
    with record.write("acme") as tx:
        create_principal(tx, person("acme", "aid", "read", kind="agent", operator="cid-id"))
        proposal = propose(tx, "notes/c", "one", author="aid")
        accept(tx, proposal, "bea")
        publish(tx, "acme", proposal, principal("bea"), Recognised("C"), (), NOW)
        assert verify_record(tx, "acme") == ()
