"""From a proposal to a revision: who may let it pass, what is used up, what refuses, and that nothing of a refused one stays."""

from __future__ import annotations

import pytest

from record_example import LATER, MINUTE, NOW, accept, bundle, person, principal, propose, put
from runlore.errors import Conflict, NoSuchName, NotAllowed, StaleBase
from runlore.model.document import Bundle, FileContent, Recognised
from runlore.model.library import Principal, Proposal
from runlore.record.blobs import get_bundle
from runlore.record.database import Record, Transaction
from runlore.record.documents import find_document, get_document
from runlore.record.events import list_events
from runlore.record.principals import create_principal, revoke
from runlore.record.proposals import (
    close_proposal,
    create_proposal,
    expire_proposals,
    get_proposal,
    list_proposals,
    proposal_digest,
)
from runlore.record.publications import list_outbox, list_publications, mark_projected, publish
from runlore.record.reviews import create_review, list_reviews
from runlore.record.revisions import find_head, find_revision, get_head, get_revision, list_revisions, revision_hash
from runlore.record.verify import verify_record

SAID = Recognised("A title", "What it is for")


def test_a_reviewed_proposal_becomes_the_approved_revision(record: Record) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one")
        assert find_document(tx, "acme", "notes/a") is None, "a proposal serves nobody"
        accept(tx, proposal)
        revision = publish(tx, "acme", proposal, principal("cid"), SAID, (), NOW + 1)
    with record.read() as tx:
        assert get_head(tx, "acme", "notes/a") == revision
        assert get_bundle(tx, "acme", revision) == bundle("one")
        assert (revision.number, revision.parent, revision.author, revision.reviewer) == (1, "", "bot-id", "cid-id")
        document = get_document(tx, "acme", "notes/a")
        assert (document.head, document.revisions, document.title) == (revision.hash, 1, "A title")
        assert get_proposal(tx, "acme", proposal.number).state == "published"
        assert [r.consumed for r in list_reviews(tx, "acme", proposal.number)] == [NOW + 1]
        event = list_events(tx, "acme")[-1]
        assert (event.kind, event.subject, event.principal) == ("published", "notes/a", "cid-id")
        (row,) = list_outbox(tx, "acme")
        assert (row.document, row.revision, row.event, row.commit) == ("notes/a", revision.hash, event.seq, "")
        assert verify_record(tx, "acme") == ()


def test_revisions_form_one_line_and_are_found_by_number_and_hash(record: Record) -> None:
    with record.write("acme") as tx:
        first = put(tx, "notes/a", "one")
        second = put(tx, "notes/a", "two", first.hash)
        back = put(tx, "notes/a", "one", second.hash)
        assert back.hash != first.hash, "the same bytes later are another revision"
        assert [r.number for r in list_revisions(tx, "acme", "notes/a")] == [1, 2, 3]
        assert [r.parent for r in list_revisions(tx, "acme", "notes/a")] == ["", first.hash, second.hash]
        assert find_revision(tx, "acme", "notes/a", 2) == second
        assert find_revision(tx, "acme", "notes/a", "3") == back
        assert find_revision(tx, "acme", "notes/a", first.hash[:19]) == first
        assert find_revision(tx, "acme", "notes/a", first.hash[7:17]) == first
        assert find_revision(tx, "acme", "notes/a", 4) is None
        assert find_revision(tx, "acme", "notes/a", "sha256:") is None
        assert find_revision(tx, "acme", "notes/b", first.hash) is None
        assert find_head(tx, "acme", "notes/b") is None
        with pytest.raises(NoSuchName):
            get_head(tx, "acme", "notes/b")
        with pytest.raises(NoSuchName):
            get_revision(tx, "acme", "sha256:00")


def test_the_second_of_two_on_one_base_is_stale(record: Record) -> None:
    with record.write("acme") as tx:
        base = put(tx, "notes/a", "one").hash
        left, right = propose(tx, "notes/a", "left", base), propose(tx, "notes/a", "right", base)
        accept(tx, left)
        accept(tx, right)
        publish(tx, "acme", left, principal("cid"), SAID, (), NOW)
        with pytest.raises(StaleBase) as caught:
            publish(tx, "acme", right, principal("cid"), SAID, (), NOW)
        assert caught.value.base == base
        with pytest.raises(StaleBase):
            accept(tx, right)
        assert len(list_publications(tx, "acme")) == 2


def test_what_a_transaction_has_changed_itself_counts_at_once(own_record: Record) -> None:
    """Principals are read once in a write; whoever comes or goes in that very write is seen all the same."""
    with own_record.write("acme") as tx:
        first, second = propose(tx, "notes/a", "one"), propose(tx, "notes/b", "one")
        publish(tx, "acme", first, principal("ann"), SAID, (), NOW, self_published=True)
        with pytest.raises(NoSuchName):
            accept(tx, second, "dot")
        create_principal(tx, person("acme", "dot", "review"))
        with pytest.raises(NotAllowed, match="somebody else"):
            publish(tx, "acme", second, principal("ann"), SAID, (), NOW, self_published=True)
        accept(tx, second, "dot")
        revoke(tx, "acme", "dot-id", NOW)
        with pytest.raises(NotAllowed, match="revoked"):
            publish(tx, "acme", second, principal("ann"), SAID, (), NOW)
        publish(tx, "acme", second, principal("ann"), SAID, (), NOW, self_published=True)


def test_nothing_is_published_without_a_review(record: Record) -> None:
    with record.write("acme") as tx, pytest.raises(Conflict, match="no valid review"):
        publish(tx, "acme", propose(tx, "notes/a", "one"), principal("cid"), SAID, (), NOW)


def test_a_review_is_over_exactly_what_was_shown(record: Record) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one")
        other = propose(tx, "notes/a", "two")
        forged = type(proposal)(**{**fields(proposal), "digest": other.digest})
        with pytest.raises(Conflict, match="not what was shown"):
            accept(tx, forged)
        accept(tx, proposal)
        with pytest.raises(Conflict, match="no valid review"):
            publish(tx, "acme", other, principal("cid"), SAID, (), NOW)


def fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]


def test_a_review_expires_and_so_does_a_proposal(record: Record) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one", expires=NOW + 10 * MINUTE)
        accept(tx, proposal, expires=NOW + MINUTE)
        with pytest.raises(Conflict, match="no valid review"):
            publish(tx, "acme", proposal, principal("cid"), SAID, (), NOW + MINUTE)
        with pytest.raises(Conflict, match="has expired"):
            accept(tx, proposal, now=NOW + 10 * MINUTE)
        assert expire_proposals(tx, "acme", NOW + 10 * MINUTE - 1) == ()
        assert expire_proposals(tx, "acme", NOW + 10 * MINUTE) == (proposal.number,)
        with pytest.raises(Conflict, match="is expired already"):
            accept(tx, proposal)


def test_a_review_is_used_once(record: Record) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one")
        accept(tx, proposal)
        publish(tx, "acme", proposal, principal("cid"), SAID, (), NOW)
        with pytest.raises(Conflict, match="is published already"):
            publish(tx, "acme", proposal, principal("cid"), SAID, (), NOW)


@pytest.mark.parametrize(
    ("author", "reviewer", "why"),
    [
        ("ann", "ann", "same side"),
        ("bot", "ann", "same side"),  # who operates the agent that wrote it
        ("bee", "bea", "same side"),
        ("ann", "bot", "for people"),
        ("ann", "miner", "for people"),
        ("ann", "nobody", "no principal"),
        ("ann", "dot", "scope `review` is missing"),
        ("ann", "eve", "expired or revoked"),
        ("ann", "fay", "expired or revoked"),
    ],
)
def test_who_may_not_review(record: Record, author: str, reviewer: str, why: str) -> None:
    with record.write("acme") as tx:
        create_principal(tx, person("acme", "dot", "read", "propose"))
        create_principal(tx, person("acme", "eve", "review", expires=NOW))
        create_principal(tx, person("acme", "fay", "review"))
        revoke(tx, "acme", "fay-id", NOW)
        proposal = propose(tx, "notes/a", "one", author=author)
        with pytest.raises((NotAllowed, NoSuchName), match=why):
            accept(tx, proposal, reviewer)
        assert list_reviews(tx, "acme", proposal.number) == ()


def test_the_side_of_an_author_has_its_operator_and_that_ones_agents(record: Record) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one", authors=("miner-id", "bee-id"))
        with pytest.raises(NotAllowed, match="same side"):
            accept(tx, proposal, "bea")
        accept(tx, proposal, "ann")


def test_a_reviewer_who_was_revoked_since_lets_nothing_pass(record: Record) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one")
        accept(tx, proposal)
        revoke(tx, "acme", "cid-id", NOW)
        with pytest.raises(NotAllowed, match="revoked"):
            publish(tx, "acme", proposal, principal("ann"), SAID, (), NOW)


@pytest.mark.parametrize("who", ["bot", "miner", "bea"])
def test_only_the_reviewer_or_a_publisher_publishes(record: Record, who: str) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one")
        accept(tx, proposal)
        with pytest.raises(NotAllowed, match="only its reviewer"):
            publish(tx, "acme", proposal, principal(who), SAID, (), NOW)
        assert publish(tx, "acme", proposal, principal("ann"), SAID, (), NOW).reviewer == "cid-id"


def test_an_owner_who_works_alone_publishes_their_own(own_record: Record) -> None:
    with own_record.write("acme") as tx:
        for number, author in enumerate(("ann", "bot"), 1):
            proposal = propose(tx, f"notes/{author}", "one", author=author)
            revision = publish(tx, "acme", proposal, principal("ann"), SAID, (), NOW, self_published=True)
            assert (revision.self_published, revision.reviewer) == (True, "ann-id")
            assert list_events(tx, "acme")[-1].kind == "self-published"
            assert len(list_publications(tx, "acme")) == number
        other = propose(tx, "notes/b", "one", author="miner")
        with pytest.raises(NotAllowed, match="comes from another side"):
            publish(tx, "acme", other, principal("ann"), SAID, (), NOW, self_published=True)
        assert verify_record(tx, "acme") == ()


@pytest.mark.parametrize("who", ["ann", "bot", "bea", "miner"])
def test_where_others_could_review_nobody_publishes_their_own(record: Record, who: str) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one", author=who)
        with pytest.raises(NotAllowed, match="publish without a review"):
            publish(tx, "acme", proposal, principal(who), SAID, (), NOW, self_published=True)


@pytest.mark.parametrize("who", ["bot", "miner"])
def test_no_agent_publishes_its_own_even_where_its_operator_works_alone(own_record: Record, who: str) -> None:
    with own_record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one", author=who)
        with pytest.raises(NotAllowed, match="only a human owner"):
            publish(tx, "acme", proposal, Principal("acme", f"{who}-id", who, "human", ("own",)), SAID, (), NOW, True)


def test_a_rejection_ends_a_proposal(record: Record) -> None:
    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one")
        create_review(tx, proposal, principal("cid"), False, "too short", NOW, LATER)
        assert get_proposal(tx, "acme", proposal.number).state == "rejected"
        with pytest.raises(Conflict, match="is rejected already"):
            accept(tx, proposal)
        with pytest.raises(Conflict, match="is rejected already"):
            close_proposal(tx, "acme", proposal.number, "withdrawn", "bot-id", NOW)
        assert close_proposal(tx, "acme", proposal.number, "rejected", "cid-id", NOW).state == "rejected"


def test_the_same_offer_again_is_the_same_proposal(record: Record) -> None:
    with record.write("acme") as tx:
        first = propose(tx, "notes/a", "one")
        assert propose(tx, "notes/a", "one") == first
        assert propose(tx, "notes/a", "two").number == 2
        assert propose(tx, "notes/b", "one").number == 3
        assert propose(tx, "notes/a", "one", author="bee").number == 4, "another author answers for it alone"
        close_proposal(tx, "acme", 1, "withdrawn", "bot-id", NOW)
        assert propose(tx, "notes/a", "one").number == 5
        assert [p.number for p in list_proposals(tx, "acme", "open")] == [2, 3, 4, 5]
        assert [p.number for p in list_proposals(tx, "acme", document="notes/a")] == [1, 2, 4, 5]
        assert [p.number for p in list_proposals(tx, "acme", "withdrawn", "notes/a")] == [1]
        assert len(list_proposals(tx, "acme")) == 5


def test_a_proposal_keeps_everything_it_was_offered_with(record: Record) -> None:
    files = (
        FileContent("scripts/run.sh", b"#!/bin/sh\n\0", executable=True),
        FileContent("SKILL.md", "ä\r\n".encode()),
    )
    with record.write("acme") as tx:
        made = create_proposal(
            tx, "acme", "growth:skills/x", "", Bundle("skill", "SKILL.md", files), ("bee-id", "bea-id", "bee-id"), "wåy",
            "person", NOW, LATER, "group 1", {"n": [1, None, "\0"]}, True,
        )  # fmt: skip
        assert get_proposal(tx, "acme", made.number) == made
        assert made.authors == ("bee-id", "bea-id")
        assert get_bundle(tx, "acme", made).files == tuple(sorted(files, key=lambda f: f.path))


@pytest.mark.parametrize(
    ("document", "main", "paths", "why"),
    [
        ("a", "page.md", ("page.md",), "no name of a document"),
        ("shelf/a", "page.md", ("page.md",), "no name of a document"),
        ("notes/a/b", "page.md", ("page.md",), "no name of a document"),
        ("nobody:notes/a", "page.md", ("page.md",), "no team named"),
        ("notes/a", "other.md", ("page.md",), "no file"),
        ("notes/a", "page.md", ("page.md", "PAGE.md"), "differ by capitals"),
        ("notes/a", "page.md", ("page.md", "../x"), "leads out"),
        ("notes/a", "page.md", ("page.md", "/etc/x"), "leads out"),
        ("notes/a", "page.md", ("page.md", "a//b"), "leads out"),
        ("notes/a", "page.md", ("page.md", "a\\b"), "leads out"),
    ],
)
def test_what_cannot_be_proposed(record: Record, document: str, main: str, paths: tuple[str, ...], why: str) -> None:
    files = tuple(FileContent(path, b"x") for path in paths)
    with record.write("acme") as tx, pytest.raises((Conflict, NoSuchName), match=why):
        create_proposal(tx, "acme", document, "", Bundle("markdown", main, files), ("bot-id",), "", "agent", NOW, 0)


def test_a_base_is_a_revision_of_the_same_document(record: Record) -> None:
    with record.write("acme") as tx:
        base = put(tx, "notes/a", "one").hash
        with pytest.raises(Conflict, match="no revision of notes/b"):
            propose(tx, "notes/b", "one", base)


def test_a_document_is_retired_and_comes_back(record: Record) -> None:
    with record.write("acme") as tx:
        first = put(tx, "notes/a", "one")
        second = put(tx, "notes/a", "one", first.hash, retires=True, now=NOW + 5)
        assert get_document(tx, "acme", "notes/a").retired == NOW + 5
        put(tx, "notes/a", "one", second.hash)
        assert get_document(tx, "acme", "notes/a").retired == 0


def test_the_outbox_holds_what_the_folder_does_not_show_yet(record: Record) -> None:
    with record.write("acme") as tx:
        put(tx, "notes/a", "one")
        put(tx, "notes/b", "two")
        mark_projected(tx, "acme", 1, "c0ffee")
        assert [(p.number, p.document) for p in list_outbox(tx, "acme")] == [(2, "notes/b")]
        assert [(p.number, p.commit) for p in list_outbox(tx, "acme", pending=False)] == [(1, "c0ffee"), (2, "")]
        assert [p.number for p in list_publications(tx, "acme", after=1)] == [2]


def test_hashes_cover_everything_that_a_revision_is(record: Record) -> None:
    with record.write("acme") as tx:
        files = propose(tx, "notes/a", "one").files
    (file,) = files
    named = type(file)("b.md", file.hash, file.size)
    ran = type(file)(file.path, file.hash, file.size, executable=True)
    hashes = {
        revision_hash("notes/a", "", "markdown", "page.md", files),
        revision_hash("notes/b", "", "markdown", "page.md", files),
        revision_hash("notes/a", "x", "markdown", "page.md", files),
        revision_hash("notes/a", "", "sop", "page.md", files),
        revision_hash("notes/a", "", "markdown", "b.md", files),
        revision_hash("notes/a", "", "markdown", "page.md", (named,)),
        revision_hash("notes/a", "", "markdown", "page.md", (ran,)),
        proposal_digest("notes/a", "", "markdown", "page.md", files),
        proposal_digest("notes/a", "", "markdown", "page.md", files, retires=True),
    }
    assert len(hashes) == 9
    assert revision_hash("notes/a", "", "markdown", "b.md", (named, file)) == revision_hash(
        "notes/a", "", "markdown", "b.md", (file, named)
    )


def publish_twice(record: Record, proposal: Proposal) -> None:
    """Publish a proposal, and in the same transaction one that nobody has reviewed."""
    with record.write("acme") as tx:
        publish(tx, "acme", proposal, principal("cid"), SAID, (), NOW)
        publish(tx, "acme", propose(tx, "notes/b", "two"), principal("cid"), SAID, (), NOW)


def test_a_refused_publication_leaves_nothing_behind(record: Record) -> None:
    def count(tx: Transaction) -> list[int]:
        tables = ("revisions", "documents", "publications", "events", "links")
        return [tx.all(f"SELECT count(*) FROM {table}")[0][0] for table in tables]

    with record.write("acme") as tx:
        proposal = propose(tx, "notes/a", "one")
        accept(tx, proposal)
        before = count(tx)
    with pytest.raises(Conflict, match="no valid review"):
        publish_twice(record, proposal)
    with record.read() as tx:
        assert count(tx) == before
        assert get_proposal(tx, "acme", proposal.number).state == "accepted"
