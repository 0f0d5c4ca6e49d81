"""What has to be there before a run begins: permissions, integrations, inputs. All that is missing at once, before the work starts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runlore.model import Problem
from runlore.model.library import HealthCheck
from runlore.model.runbook import Runbook

FRESH = 24 * 3600 * 1_000_000
"""How long a health check is believed, in microseconds."""


def check_preflight(
    runbook: Runbook,
    *,
    granted: Collection[str] | None,
    health: Mapping[str, HealthCheck],
    inputs: Mapping[str, str],
    now: int,
    where: str,
) -> tuple[Problem, ...]:
    """Name what a run lacks: errors stop it, warnings are said.

    ``granted`` are the worker's permissions, None where the company does not keep them. ``health`` is the last check of each integration by its
    name; one that was never checked, or long ago, is a warning: nobody knows. ``where`` names the run for people.
    """
    found: list[Problem] = []
    if granted is not None:
        needed = dict.fromkeys([*runbook.permissions, *(p for step in runbook.steps for p in step.permissions)])
        for permission in needed:
            if permission not in granted:
                message = f"The worker lacks the permission `{permission}`. An owner grants it, or gives the issue to another worker."
                found.append(Problem(where, 0, "permission-missing", message))
    for name in runbook.integrations:
        found.extend(_check_integration(name, health.get(name), now, where))
    for item in runbook.inputs:
        if item.required and not inputs.get(item.name, "").strip():
            what = f" ({item.text})" if item.text else ""
            message = (
                f"The input `{item.name}`{what} is not given by the issue: give it with --input {item.name}=…, or ask."
            )
            found.append(Problem(where, 0, "input-missing", message))
    return tuple(found)


def _check_integration(name: str, check: HealthCheck | None, now: int, where: str) -> list[Problem]:
    if check is None or check.state == "unknown":
        message = f"Nobody has checked the integration `{name}`: `runlore integrations check {name}` does."
        return [Problem(where, 0, "integration-unchecked", message, "warning")]
    detail = f" ({check.detail})" if check.detail else ""
    if check.state != "ready":
        what = {
            "missing": "has no credential",
            "rejected": "refuses its credential",
            "unreachable": "does not answer",
        }[check.state]
        message = f"The integration `{name}` {what}{detail}. Its owner has to see to it; then resume the run."
        return [Problem(where, 0, f"integration-{check.state}", message)]
    if now - check.checked > FRESH:
        hours = (now - check.checked) // 3_600_000_000
        message = (
            f"The integration `{name}` was ready {hours} hours ago: `runlore integrations check {name}` looks again."
        )
        return [Problem(where, 0, "integration-stale", message, "warning")]
    return []
