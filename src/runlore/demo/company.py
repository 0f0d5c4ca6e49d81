"""The small company of the demo: Harbourline, which sells berth bookings to marinas.

Nothing here is real. Names end in ``.example``, telephone numbers and accounts do not exist, and the secrets are
assembled at run time from a seeded generator, so that they look like secrets to a redactor and to nobody else.
"""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime

NAME = "Harbourline"
INSTAGRAM_ACCOUNT = "17841400000004711"
LINKEDIN_ORGANISATION = "urn:li:organization:90210"
STORIES_CAMPAIGN = "camp_5521"
LOGO = "brand/assets/final/harbourline-mark-2025.svg"
PACKAGE = "@harbourline/berth-widget"
DATABASE = "bookings"
WELCOME_TEMPLATE = "welcome-v3"

MARKETING = "/home/mara/marketing"
WIDGET = "/home/jonas/berth-widget"
PLATFORM = "/home/jonas/platform"
WEBSITE = "/home/tomasz/website"


def seconds(moment: str) -> float:
    """Give seconds since the epoch of an ISO time that is meant as UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def iso(time: float) -> str:
    """Write a time as Claude Code does: UTC, milliseconds, Z."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(time * 1000) % 1000:03d}Z"


def generator(key: str) -> random.Random:
    """Give the random numbers of one session; the same key gives the same numbers on every machine."""
    return random.Random(f"harbourline/{key}")


def letters(rng: random.Random, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(rng.choice(alphabet) for _ in range(length))


def digits(rng: random.Random, length: int) -> str:
    return rng.choice("123456789") + letters(rng, length - 1, string.digits)


def github_token(rng: random.Random) -> str:
    """A well-formed, worthless GitHub token."""
    return "gh" + "p_" + letters(rng, 36)


def aws_key(rng: random.Random) -> str:
    """A well-formed, worthless AWS access key id."""
    return "AK" + "IA" + letters(rng, 16, string.ascii_uppercase + "234567")


def registry_token(rng: random.Random) -> str:
    """A well-formed, worthless npm token."""
    return "np" + "m_" + letters(rng, 36)


def database_url(rng: random.Random, host: str, database: str) -> str:
    """A connection string with a worthless password."""
    return "postgres" + f"://bookings_admin:{letters(rng, 18)}@{host}:5432/{database}"


def bearer(rng: random.Random) -> str:
    """A well-formed, worthless Graph API token."""
    return "EAA" + "G" + letters(rng, 96)
