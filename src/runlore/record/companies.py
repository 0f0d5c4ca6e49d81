"""Companies, and the teams in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from runlore.errors import Conflict, NoSuchName
from runlore.record.database import Transaction
from runlore.record.events import append

_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant: nothing of it is seen by another one."""

    id: str
    name: str
    created: int


@dataclass(frozen=True, slots=True)
class Team:
    """Some principals of a company, who may own documents of their own."""

    company: str
    id: str
    name: str
    created: int


def create_company(tx: Transaction, id: str, name: str, now: int) -> Company:
    """Create a company; raises Conflict where there is one with that id."""
    _check_id("company", id)
    if tx.one("SELECT 1 FROM companies WHERE id = :company", company=id):
        raise Conflict(f"There is a company {id!r} already.")
    tx.run("INSERT INTO companies (id, name, created) VALUES (:company, :name, :now)", company=id, name=name, now=now)
    append(tx, id, "", "company-created", id, {"name": name}, now)
    return Company(id, name, now)


def get_company(tx: Transaction, id: str) -> Company:
    """Give a company by its id; raises NoSuchName."""
    row = tx.one("SELECT id, name, created FROM companies WHERE id = :company", company=id)
    if row is None:
        raise NoSuchName("company", id)
    return Company(*row)


def list_companies(tx: Transaction) -> tuple[Company, ...]:
    """List the companies of the record by their ids: for whoever runs the record, never for one of the companies."""
    return tuple(Company(*row) for row in tx.all("SELECT id, name, created FROM companies ORDER BY id"))


def find_only_company(tx: Transaction) -> Company | None:
    """Find the company of a record that holds one only; None where it holds none or several."""
    rows = tx.all("SELECT id, name, created FROM companies LIMIT 2")
    return Company(*rows[0]) if len(rows) == 1 else None


def create_team(tx: Transaction, company: str, id: str, name: str, now: int, by: str = "") -> Team:
    """Create a team; raises Conflict where the company has one with that id."""
    _check_id("team", id)
    if tx.one("SELECT 1 FROM teams WHERE company = :company AND id = :id", company=company, id=id):
        raise Conflict(f"There is a team {id!r} already.")
    tx.run(
        "INSERT INTO teams (company, id, name, created) VALUES (:company, :id, :name, :now)",
        company=company,
        id=id,
        name=name,
        now=now,
    )
    append(tx, company, by, "team-created", id, {"name": name}, now)
    return Team(company, id, name, now)


def get_team(tx: Transaction, company: str, id: str) -> Team:
    """Give a team by its id; raises NoSuchName with the teams that there are."""
    row = tx.one("SELECT id, name, created FROM teams WHERE company = :company AND id = :id", company=company, id=id)
    if row is None:
        raise NoSuchName("team", id, tuple(team.id for team in list_teams(tx, company)))
    return Team(company, *row)


def list_teams(tx: Transaction, company: str) -> tuple[Team, ...]:
    """List the teams of a company by their ids."""
    rows = tx.all("SELECT id, name, created FROM teams WHERE company = :company ORDER BY id", company=company)
    return tuple(Team(company, *row) for row in rows)


def add_member(tx: Transaction, company: str, team: str, principal_id: str, now: int, by: str = "") -> bool:
    """Make a principal a member of a team; says whether it was none before. Raises NoSuchName for an unknown team."""
    get_team(tx, company, team)
    row = {"company": company, "team": team, "principal": principal_id}
    if tx.one("SELECT 1 FROM members WHERE company = :company AND team = :team AND principal = :principal", **row):
        return False
    tx.run("INSERT INTO members (company, team, principal) VALUES (:company, :team, :principal)", **row)
    tx.forget("principals")
    append(tx, company, by, "team-joined", team, {"principal": principal_id}, now)
    return True


def list_members(tx: Transaction, company: str, team: str) -> tuple[str, ...]:
    """List the ids of a team's members."""
    rows = tx.all(
        "SELECT principal FROM members WHERE company = :company AND team = :team ORDER BY principal",
        company=company,
        team=team,
    )
    return tuple(str(row[0]) for row in rows)


def _check_id(what: str, id: str) -> None:
    if not _ID.fullmatch(id):
        raise Conflict(
            f"{id!r} is no id of a {what}: small letters, digits and hyphens, at most 64, a letter or digit at both ends."
        )
