"""The health of integrations: each check as it was, the latest one for whoever asks."""

from __future__ import annotations

from runlore.model.library import HealthCheck
from runlore.record.database import Transaction


def put_health(tx: Transaction, check: HealthCheck) -> None:
    """Keep what a check of an integration found; one of the very same moment is replaced."""
    tx.run(
        "INSERT INTO health (company, integration, checked, state, detail) VALUES (:company, :integration, :checked, :state, :detail)"
        " ON CONFLICT (company, integration, checked) DO UPDATE SET state = excluded.state, detail = excluded.detail",
        company=check.company,
        integration=check.integration,
        checked=check.checked,
        state=check.state,
        detail=check.detail,
    )


def get_health(tx: Transaction, company: str, integration: str) -> HealthCheck:
    """Give the last known state of an integration (the id of its document); ``unknown`` where nobody has checked."""
    row = tx.one(
        "SELECT state, detail, checked FROM health WHERE company = :company AND integration = :integration ORDER BY checked DESC LIMIT 1",
        company=company,
        integration=integration,
    )
    return HealthCheck(company, integration, *row) if row else HealthCheck(company, integration, "unknown")


def list_health(tx: Transaction, company: str) -> tuple[HealthCheck, ...]:
    """List the last known state of every integration that was ever checked, by id."""
    rows = tx.all(
        "SELECT integration, state, detail, checked FROM health WHERE company = :company"
        " AND checked = (SELECT max(o.checked) FROM health o WHERE o.company = :company AND o.integration = health.integration)"
        " ORDER BY integration",
        company=company,
    )
    return tuple(HealthCheck(company, *row) for row in rows)


def list_checks(tx: Transaction, company: str, integration: str) -> tuple[HealthCheck, ...]:
    """List every check of an integration, the oldest first."""
    rows = tx.all(
        "SELECT state, detail, checked FROM health WHERE company = :company AND integration = :integration ORDER BY checked",
        company=company,
        integration=integration,
    )
    return tuple(HealthCheck(company, integration, *row) for row in rows)
