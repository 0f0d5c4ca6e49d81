"""Who acts: created once, of one class for good, known by a credential whose hash alone is kept."""

from __future__ import annotations

import pytest

from record_example import LATER, NOW, make_company, person
from runlore.errors import Conflict, NoSuchName, NotAllowed
from runlore.model.library import Principal, Scope
from runlore.record.companies import add_member, create_company, create_team, get_team, list_members, list_teams
from runlore.record.database import Record
from runlore.record.principals import (
    authors_side,
    create_principal,
    find_by_credential,
    find_principal,
    get_principal,
    issue_credential,
    list_principals,
    revoke,
    token_hash,
    works_alone,
)


def test_a_principal_is_known_by_its_credential_alone(record: Record) -> None:
    with record.read() as tx:
        found = find_by_credential(tx, "acme ann", NOW)
        assert found is not None
        assert (found.company, found.name, found.kind, found.scopes) == ("acme", "ann", "human", ("own",))
        assert find_by_credential(tx, "acme an", NOW) is None
        assert find_by_credential(tx, "", NOW) is None
        assert find_by_credential(tx, "\ud83d", NOW) is None
        stored = tx.all("SELECT hash FROM credentials WHERE company = :company", company="acme")
        assert stored == [(token_hash("acme ann"),)]


def test_a_credential_ends_by_its_time_or_with_its_principal(record: Record) -> None:
    with record.write("acme") as tx:
        issue_credential(tx, "acme", "cid-id", token_hash("short"), NOW, expires=NOW + 10)
        issue_credential(tx, "acme", "cid-id", token_hash("long"), NOW)
        create_principal(tx, person("acme", "eve", "read", expires=NOW + 5))
        issue_credential(tx, "acme", "eve-id", token_hash("eve"), NOW)
        assert find_by_credential(tx, "short", NOW + 9) is not None
        assert find_by_credential(tx, "short", NOW + 10) is None
        assert find_by_credential(tx, "eve", NOW + 4) is not None
        assert find_by_credential(tx, "eve", NOW + 5) is None
        assert revoke(tx, "acme", "cid", NOW).revoked == NOW
        assert find_by_credential(tx, "long", NOW + 1) is None
        assert revoke(tx, "acme", "cid", NOW + 9).revoked == NOW, "revoked once"


def test_the_last_owner_stays(record: Record) -> None:
    with record.write("acme") as tx:
        with pytest.raises(Conflict, match="last owner"):
            revoke(tx, "acme", "ann-id", NOW)
        create_principal(tx, person("acme", "zoe", "own"))
        revoke(tx, "acme", "ann-id", NOW)
        with pytest.raises(Conflict, match="last owner"):
            revoke(tx, "acme", "zoe-id", NOW)


@pytest.mark.parametrize("scope", ["review", "publish", "assign", "own"])
@pytest.mark.parametrize("kind", ["agent", "service"])
def test_what_is_for_people_no_agent_gets(record: Record, kind: str, scope: Scope) -> None:
    with record.write("acme") as tx, pytest.raises(NotAllowed, match="for people"):
        create_principal(tx, person("acme", "x", "read", scope, kind=kind))


@pytest.mark.parametrize("scope", ["review", "publish", "assign", "own"])
def test_not_even_past_the_functions(record: Record, scope: str) -> None:
    with pytest.raises(Conflict), record.write("acme") as tx:
        tx.run(
            "INSERT INTO principals (company, id, name, kind, scopes, operator, created, expires)"
            " VALUES (:company, 'x', 'x', 'agent', :scopes, '', 1, 0)",
            company="acme",
            scopes=f" read {scope} ",
        )


@pytest.mark.parametrize(
    ("principal", "why"),
    [
        (person("acme", "ann", "read"), "already"),
        (Principal("acme", "other", "ann", "human", ()), "already"),
        (person("acme", "x", kind="agent", operator="nobody"), "operator"),
        (person("acme", "x", kind="agent", operator="ann"), "operator"),  # a name is no id
        (person("acme", "x", kind="agent", operator="bot-id"), "operator"),
    ],
)
def test_principals_that_cannot_be(record: Record, principal: Principal, why: str) -> None:
    with record.write("acme") as tx, pytest.raises(Conflict, match=why):
        create_principal(tx, principal)


def test_a_principal_comes_back_as_it_was_created(record: Record) -> None:
    with record.write("acme") as tx:
        create_team(tx, "acme", "sales", "Sales", NOW)
        made = create_principal(
            tx, person("acme", "dot", "run", "read", "run", operator="", teams=("sales", "growth"), expires=LATER)
        )
        assert made.scopes == ("read", "run")
        assert get_principal(tx, "acme", "dot") == get_principal(tx, "acme", "dot-id") == made
        assert find_principal(tx, "acme", "nobody") is None
        with pytest.raises(NoSuchName, match="ann"):
            get_principal(tx, "acme", "nobody")
        assert [p.name for p in list_principals(tx, "acme")] == ["ann", "bea", "bee", "bot", "cid", "dot", "miner"]


def test_an_id_wins_over_a_name(record: Record) -> None:
    with record.write("acme") as tx:
        made = create_principal(tx, Principal("acme", "x1", "ann-id", "human", ("read",), created=NOW))
        assert get_principal(tx, "acme", "ann-id").name == "ann"
        assert get_principal(tx, "acme", "x1") == made


def test_the_side_of_authors(record: Record) -> None:
    with record.write("acme") as tx:
        create_principal(tx, person("acme", "bot2", "read", kind="agent", operator="ann-id"))
        assert authors_side(tx, "acme", ["bot-id"]) == {"bot-id", "bot2-id", "ann-id"}
        assert authors_side(tx, "acme", ["ann-id"]) == {"bot-id", "bot2-id", "ann-id"}
        assert authors_side(tx, "acme", ["miner-id", "bee-id"]) == {"miner-id", "bee-id", "bea-id"}
        assert authors_side(tx, "acme", ["cid-id"]) == {"cid-id"}
        assert authors_side(tx, "acme", []) == set()


def test_working_alone_ends_with_the_first_who_can_review(own_record: Record) -> None:
    with own_record.write("acme") as tx:
        assert works_alone(tx, "acme", "ann-id", NOW)
        assert not works_alone(tx, "acme", "bot-id", NOW)
        create_principal(tx, person("acme", "dot", "read", "propose"))
        assert works_alone(tx, "acme", "ann-id", NOW), "who cannot review is no reviewer"
        create_principal(tx, person("acme", "eve", "review", expires=NOW + 5))
        assert not works_alone(tx, "acme", "ann-id", NOW)
        assert works_alone(tx, "acme", "ann-id", NOW + 5)
        create_principal(tx, person("acme", "fay", "review"))
        assert not works_alone(tx, "acme", "ann-id", NOW + 5)
        assert not works_alone(tx, "acme", "fay-id", NOW + 5), "who is no owner never is"
        revoke(tx, "acme", "fay-id", NOW)
        assert works_alone(tx, "acme", "ann-id", NOW + 5)


def test_teams_and_their_members(record: Record) -> None:
    with record.write("acme") as tx:
        sales = create_team(tx, "acme", "sales", "Sales", NOW)
        assert list_teams(tx, "acme") == (get_team(tx, "acme", "growth"), sales)
        assert add_member(tx, "acme", "sales", "cid-id", NOW) is True
        assert add_member(tx, "acme", "sales", "cid-id", NOW) is False
        assert list_members(tx, "acme", "sales") == ("cid-id",)
        assert get_principal(tx, "acme", "cid").teams == ("sales",)
        with pytest.raises(Conflict, match="already"):
            create_team(tx, "acme", "sales", "Sales", NOW)
        with pytest.raises(NoSuchName, match="growth"):
            add_member(tx, "acme", "grwth", "cid-id", NOW)


@pytest.mark.parametrize("id", ["", "Growth", "a b", "a:b", "a/b", "-a", "a-", "ä", "a" * 65, "a\n"])
def test_ids_that_would_not_do_in_a_name(record: Record, id: str) -> None:
    with record.write() as tx:
        with pytest.raises(Conflict, match="no id of a team"):
            create_team(tx, "acme", id, "x", NOW)
        with pytest.raises(Conflict, match="no id of a company"):
            create_company(tx, id, "x", NOW)


def test_one_token_is_of_one_principal(record: Record) -> None:
    make_company(record, "globex")
    with pytest.raises(Conflict), record.write("globex") as tx:
        issue_credential(tx, "globex", "ann-id", token_hash("acme ann"), NOW)
