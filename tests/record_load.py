"""Many processes that propose, review and publish at once in one company, and the account afterwards: nothing lost, nothing doubled, one line.

Every process keeps a list of what was acknowledged to it. Some requests are sent twice under one idempotency key, as a client does whose answer was lost.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from dataclasses import dataclass, field
from typing import Any

from record_example import LATER, MINUTE, NOW, bundle, person
from runlore.errors import Conflict, RecordBusy, StaleBase
from runlore.model.document import Recognised
from runlore.record.blobs import get_bundle
from runlore.record.companies import create_company
from runlore.record.database import Record, Transaction, open_record
from runlore.record.documents import list_documents
from runlore.record.idempotency import body_digest, find_answer, keep_answer
from runlore.record.principals import create_principal
from runlore.record.proposals import close_proposal, create_proposal, get_proposal, list_proposals
from runlore.record.publications import list_publications, publish
from runlore.record.reviews import create_review, list_reviews
from runlore.record.revisions import find_head, list_revisions
from runlore.record.verify import verify_record

COMPANY = "acme"
DOCUMENTS = 12
REVIEWERS = 4
OPEN = 40
"""So many proposals wait at most: reviewers keep up, or the backlog would be all that is measured."""


@dataclass
class Account:
    """What one process did: acknowledged proposals, reviews and revisions; refusals that have to be; the longest wait in seconds."""

    proposed: list[int] = field(default_factory=list)
    reviewed: list[tuple[int, str]] = field(default_factory=list)
    published: list[tuple[str, int, str]] = field(default_factory=list)
    repeated: int = 0
    stale: int = 0
    refused: int = 0
    busy: int = 0
    longest: float = 0.0


def run_load(url: str, processes: int, seconds: float) -> list[Account]:
    """Make the company, let the processes work for so long, and give their accounts."""
    with open_record(url, create=True) as record:
        make_people(record, processes)
    context = multiprocessing.get_context("fork")
    start = context.Barrier(processes)
    parts = []
    for number in range(processes):
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(url, number, seconds, start, send))
        process.start()
        send.close()
        parts.append((process, receive))
    accounts = []
    for process, receive in parts:
        accounts.append(receive.recv())
        process.join()
    return accounts


def make_people(record: Record, processes: int) -> None:
    with record.write() as tx:
        create_company(tx, COMPANY, "Acme", NOW)
    with record.write(COMPANY) as tx:
        create_principal(tx, person(COMPANY, "owner", "own"))
        for number in range(REVIEWERS):
            create_principal(tx, person(COMPANY, f"reviewer{number}", "read", "review"))
        for number in range(processes):
            create_principal(tx, person(COMPANY, f"agent{number}", "propose", kind="agent", operator="owner-id"))


def work(url: str, number: int, seconds: float, start: Any, send: Any) -> None:
    chance = random.Random(number)
    account = Account()
    with open_record(url) as record:
        start.wait()
        until = time.monotonic() + seconds
        step = 0
        while time.monotonic() < until:
            step += 1
            act = chance.choice((offer, review, put_out, put_out))
            begun = time.monotonic()
            try:
                act(record, account, chance, f"{number}-{step}")
            except StaleBase:
                account.stale += 1
            except Conflict:
                account.refused += 1
            except RecordBusy:
                account.busy += 1
            account.longest = max(account.longest, time.monotonic() - begun)
    send.send(account)
    send.close()


def offer(record: Record, account: Account, chance: random.Random, key: str) -> None:
    """Propose the next text of some document, counting on from its approved one; every fourth time the request comes twice."""
    document = f"notes/n{chance.randrange(DOCUMENTS)}"
    agent = f"agent{key.split('-', maxsplit=1)[0]}-id"
    with record.read() as tx:
        if len(list_proposals(tx, COMPANY, "open")) >= OPEN:
            return
        head = find_head(tx, COMPANY, document)
        count = count_of(tx, head) if head else 0
    body = {"document": document, "text": f"{count + 1} {key}", "base": head.hash if head else ""}
    numbers = set()
    for attempt in range(1 + (chance.random() < 0.25)):
        with record.write(COMPANY) as tx:
            answer = find_answer(tx, COMPANY, agent, key, body_digest(body))
            if answer is None:
                made = create_proposal(
                    tx, COMPANY, document, body["base"], bundle(body["text"]), (agent,), "", "agent", NOW, LATER
                )
                answer = {"number": made.number}
                keep_answer(tx, COMPANY, agent, key, body_digest(body), answer, NOW)
        numbers.add(answer["number"])
        account.repeated += attempt
    (number,) = numbers
    account.proposed.append(number)


def count_of(tx: Transaction, revision: Any) -> int:
    return int(get_bundle(tx, COMPANY, revision).files[0].content.split()[0])


def review(record: Record, account: Account, chance: random.Random, key: str) -> None:
    with record.read() as tx:
        waiting = list_proposals(tx, COMPANY, "open")
    if not waiting:
        return
    proposal = chance.choice(waiting)
    who = person(COMPANY, f"reviewer{chance.randrange(REVIEWERS)}", "review")
    with record.write(COMPANY) as tx:
        try:
            create_review(tx, proposal, who, chance.random() < 0.9, key, NOW, NOW + MINUTE)
        except StaleBase:  # its document has moved on: somebody has to write it anew
            create_review(tx, proposal, who, False, key, NOW, NOW + MINUTE)
            account.stale += 1
    account.reviewed.append((proposal.number, key))


def put_out(record: Record, account: Account, chance: random.Random, key: str) -> None:
    with record.read() as tx:
        waiting = list_proposals(tx, COMPANY, "accepted")
    if not waiting:
        return
    proposal = chance.choice(waiting)
    with record.write(COMPANY) as tx:
        try:
            revision = publish(tx, COMPANY, proposal, person(COMPANY, "owner", "own"), Recognised(key), (), NOW)
        except StaleBase:
            close(tx, proposal.number)
            account.stale += 1
            return
    account.published.append((revision.document, revision.number, revision.hash))


def close(tx: Transaction, number: int) -> None:
    if get_proposal(tx, COMPANY, number).state == "accepted":
        close_proposal(tx, COMPANY, number, "withdrawn", "owner-id", NOW)


def check_load(url: str, accounts: list[Account]) -> dict[str, int]:
    """Check that the record holds what was acknowledged, each once, and nothing else; gives the counts. AssertionError says what is not so."""
    proposed = [number for a in accounts for number in a.proposed]
    published = [row for a in accounts for row in a.published]
    with open_record(url) as record, record.read() as tx:
        assert verify_record(tx, COMPANY) == ()
        assert sorted(proposed) == [p.number for p in list_proposals(tx, COMPANY)], "a proposal lost or doubled"
        held = [(r.proposal, r.comment) for p in proposed for r in list_reviews(tx, COMPANY, p)]
        assert sorted(held) == sorted(row for a in accounts for row in a.reviewed), "a review lost or doubled"
        revisions = [r for d in list_documents(tx, COMPANY) for r in list_revisions(tx, COMPANY, d.id)]
        assert sorted(published) == sorted((r.document, r.number, r.hash) for r in revisions), (
            "a revision lost or doubled"
        )
        publications = list_publications(tx, COMPANY)
        assert [p.number for p in publications] == list(range(1, len(published) + 1))
        for revision in revisions:
            assert count_of(tx, revision) == revision.number, "an update was lost: a text counts on from another one"
    return {
        "proposals": len(proposed),
        "reviews": len(held),
        "publications": len(published),
        "repeated requests": sum(a.repeated for a in accounts),
        "stale": sum(a.stale for a in accounts),
        "refused": sum(a.refused for a in accounts),
        "busy": sum(a.busy for a in accounts),
    }
