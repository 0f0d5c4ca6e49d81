"""Proof: what a worker left, and what its checker earned for it. Bound to company, run, step, revision and nonce; the same is accepted once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from runlore.errors import Conflict
from runlore.model.run import ProofItem
from runlore.record.blobs import put_blob
from runlore.record.canonical import hash_value
from runlore.record.database import Transaction
from runlore.record.events import append
from runlore.record.narrow import narrow
from runlore.record.runs import get_run

_SELECT: Final = 'SELECT id, run, step, revision, nonce, kind, value, artefact, level, checker, detail, "by", at FROM proofs WHERE company = :company AND '


def proof_id(item: ProofItem) -> str:
    """Give the identity of a piece of proof: the hash of what it is bound to and of what it is, and of who checked it."""
    bound = [item.company, item.run, item.step, item.revision, item.nonce]
    return hash_value(["proof/1", *bound, item.kind, item.value, item.artefact, item.checker])


def keep_proof(tx: Transaction, item: ProofItem, content: bytes | None = None) -> ProofItem:
    """Keep a piece of proof with the bytes that it stores; the very same that is kept already is given back.

    Raises Conflict where it is bound to another run, revision or nonce than the run that it names, or where the same artefact
    was brought as proof of another step or run before: proof is accepted once.
    """
    run = get_run(tx, item.company, item.run)
    if (item.revision, item.nonce) != (run.revision, run.nonce):
        raise Conflict(f"This proof is not bound to run {item.run}: its revision or nonce is another one's.")
    artefact = put_blob(tx, item.company, content) if content is not None else item.artefact
    bound = replace(item, artefact=artefact)
    made = replace(bound, id=proof_id(bound))
    if there := tx.one(_SELECT + "id = :id", company=made.company, id=made.id):
        return ProofItem(made.company, *there)
    if other := _find_borrowed(tx, made):
        raise Conflict(
            f"This was the proof of run {other[0]}, step {other[1]} already; proof is accepted once. Leave what this step itself made."
        )
    tx.run(
        'INSERT INTO proofs (company, id, run, step, revision, nonce, kind, value, artefact, level, checker, detail, "by", at, once)'
        " VALUES (:company, :id, :run, :step, :revision, :nonce, :kind, :value, :artefact, :level, :checker, :detail, :by, :at, :once)",
        once=once_key(made),
        **{name: getattr(made, name) for name in made.__slots__},
    )
    body = {"id": made.id, "kind": made.kind, "level": made.level, "checker": made.checker, "artefact": made.artefact}
    append(tx, made.company, made.by, "proof-kept", f"run {made.run} step {made.step}", body, made.at)
    return made


def list_proofs(tx: Transaction, company: str, run: int, step: int | None = None) -> tuple[ProofItem, ...]:
    """List the proof of a run in the order in which it came: all of it, or that of a step (0: of the whole run)."""
    conditions, given = narrow(run=run, step=step)
    rows = tx.all(f"{_SELECT}{conditions.removeprefix(' AND ')} ORDER BY at, id", company=company, **given)
    return tuple(ProofItem(company, *row) for row in rows)


def list_every_proof(tx: Transaction, company: str) -> tuple[ProofItem, ...]:
    """List the proof of all runs, in the order of their ids."""
    return tuple(ProofItem(company, *row) for row in tx.all(_SELECT + "id > '' ORDER BY id", company=company))


def once_key(item: ProofItem) -> str:
    """Give the hash of what serves as proof of no other step and no other run; empty where that is nothing.

    A file is known by its bytes; a link, a commit and a message by their words; a tool's result by the call in the transcript that gave it, for two
    calls may well give the same. A command is run anew for each step, and a note or a result that nobody found is bound by its words to nothing.
    """
    match item.kind:
        case "file":
            same = item.artefact
        case "url" | "commit" | "message":
            same = item.value
        case "tool result" if item.checker.startswith("transcript:"):
            same = item.checker
        case _:
            return ""
    return hash_value(["once/1", item.kind, same])


def _find_borrowed(tx: Transaction, item: ProofItem) -> tuple[int, int] | None:
    """Find the run and step for which the same stands as proof already; the proof of the whole run may be that of one of its steps."""
    once = once_key(item)
    if not once:
        return None
    rows = tx.all(
        "SELECT run, step FROM proofs WHERE company = :company AND once = :once ORDER BY at",
        company=item.company,
        once=once,
    )
    others = [
        (run, step) for run, step in rows if run != item.run or (step != item.step and 0 not in (step, item.step))
    ]
    return others[0] if others else None
