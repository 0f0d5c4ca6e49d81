"""What a good miner must find in the demo's transcripts, read off the scenarios by hand.

Sessions are counted as in ``runlore mine --json``: the session's own id, a record that stands in two files once.
``effects`` are the calls that change the world, by the tool's own name (for shells the activity). ``failures`` give a
piece of the error's text, how often it stands in the transcripts, and a word that its recovery must contain ("" where
nothing recovers it). ``corrections`` are pieces of people's words. ``constants`` are arguments with the same value
everywhere, ``inputs`` those that the request gives, ``derived`` those that come from an earlier result, as
(tool, argument, tool that gave it, path).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    piece: str
    count: int
    recovery: str


@dataclass(frozen=True)
class Expected:
    """One workflow of the demo."""

    sessions: int
    request: str  # a request that must be routed to it, in words that stand in no transcript
    effects: frozenset[str]
    failures: tuple[Failure, ...] = ()
    corrections: tuple[str, ...] = ()
    constants: tuple[tuple[str, str, object], ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    derived: tuple[tuple[str, str, str, str], ...] = ()
    optional: frozenset[str] = frozenset()
    asks_before: str = ""  # the effect before which a person is asked
    withheld: int = 0  # cases that rightly did not act


WORKFLOWS: dict[str, Expected] = {
    "instagram": Expected(
        sessions=8,
        request="Could you bring this photo to our Instagram feed for the summer campaign?",
        effects=frozenset(
            {"mcp__instagram__create_media", "mcp__instagram__publish_media", "mcp__crm__add_note"},
        ),
        failures=(
            Failure("OAuthException", 3, "renew"),
            Failure("media type not supported", 3, "convert"),
        ),
        corrections=("sounds like an advertisement", "too many hashtags"),
        constants=(
            ("mcp__instagram__get_account", "account_id", "17841400000004711"),
            ("mcp__drive__search", "folder", "Approved"),
        ),
        inputs=(("mcp__instagram__create_media", "caption"), ("mcp__crm__find_campaign", "name")),
        derived=(
            ("mcp__instagram__create_media", "image_url", "mcp__drive__search", "$.files[*].url"),
            ("mcp__instagram__publish_media", "creation_id", "mcp__instagram__create_media", "$.id"),
            ("mcp__crm__add_note", "campaign_id", "mcp__crm__find_campaign", "$.campaigns[*].id"),
        ),
        optional=frozenset({"mcp__drive__convert"}),
        asks_before="mcp__instagram__publish_media",
    ),
    "linkedin": Expected(
        sessions=8,
        request="We should tell our LinkedIn followers about the new pier and call the harbour afterwards",
        effects=frozenset(
            {"linkedin_create_draft", "linkedin_publish", "crm_add_activity", "crm_create_task"},
        ),
        failures=(Failure("EXPIRED_ACCESS_TOKEN", 2, "renew"),),
        corrections=("sounds like an advertisement", "too formal"),
        constants=(
            ("linkedin_create_draft", "organisation", "urn:li:organization:90210"),
            ("crm_create_task", "due_in_days", 7),
        ),
        inputs=(("crm_get_account", "name"),),
        derived=(
            ("linkedin_publish", "draft_id", "linkedin_create_draft", "$.draft_id"),
            ("crm_add_activity", "url", "linkedin_publish", "$.url"),
            ("crm_create_task", "account_id", "crm_get_account", "$.account_id"),
            ("crm_create_task", "assignee", "crm_get_account", "$.owner"),
        ),
        optional=frozenset({"linkedin_update_draft", "crm_find_campaign"}),
        asks_before="linkedin_publish",
    ),
    "release": Expected(
        sessions=7,
        request="Bring out version 2.1 of the widget, changelog and all",
        effects=frozenset({"git commit", "git tag", "git push", "pnpm publish", "gh release create"}),
        failures=(
            Failure("Unsupported URL Type", 2, "pnpm"),
            Failure("run the build first", 4, "pnpm build"),
            Failure("Unauthorized", 2, "new token"),
        ),
        corrections=("use pnpm, not npm", "pnpm please, not npm"),
        optional=frozenset({"pnpm view"}),
        asks_before="pnpm publish",
    ),
    "restore": Expected(
        sessions=7,
        request="I need the state of the bookings database from last Sunday back",
        effects=frozenset({"createdb", "pg_restore"}),
        failures=(
            Failure("unsupported version", 5, "/usr/lib/postgresql/17/bin/pg_restore"),
            Failure("ExpiredToken", 2, "logged in"),
            Failure("No space left on device", 1, ""),
        ),
        corrections=("never restore over production", "not into production"),
        constants=(),
    ),
    "onboarding": Expected(
        sessions=10,
        request="Get the new harbour in Tallinn going, kick-off next Monday at ten",
        effects=frozenset(
            {
                "billing_create_customer",
                "workspace_create",
                "workspace_invite_user",
                "calendar_book_kickoff",
                "email_send",
                "crm_update_account",
            },
        ),
        failures=(
            Failure("is already taken", 3, "slug"),
            Failure("vat_number is required", 2, "vat_number"),
        ),
        corrections=("Never set anybody up before it is signed",),
        constants=(
            ("workspace_invite_user", "role", "admin"),
            ("email_send", "template", "welcome-v3"),
            ("calendar_book_kickoff", "minutes", 45),
            ("crm_update_account", "stage", "onboarding"),
        ),
        inputs=(("crm_get_account", "name"), ("calendar_book_kickoff", "starts_at")),
        derived=(
            ("billing_create_customer", "account_id", "crm_get_account", "$.account_id"),
            ("billing_create_customer", "email", "crm_get_account", "$.contact.email"),
            ("workspace_create", "billing_id", "billing_create_customer", "$.customer_id"),
            ("workspace_invite_user", "workspace_id", "workspace_create", "$.workspace_id"),
            ("crm_update_account", "workspace_id", "workspace_create", "$.workspace_id"),
        ),
        withheld=2,
    ),
    "figures": Expected(
        sessions=6,
        request="post last week's numbers to the channel",
        effects=frozenset({"mcp__slack__post_message"}),
        corrections=("leave the test harbour out", "without the test harbour"),
        constants=(("mcp__slack__post_message", "channel", "#harbour-figures"),),
    ),
}


@dataclass(frozen=True)
class ExpectedFact:
    """Something that sessions keep finding out, stumbling over or being told again."""

    kind: str
    pieces: tuple[str, ...]  # all of them stand in its text or remedy
    sessions: int  # at least


FACTS: tuple[ExpectedFact, ...] = (
    ExpectedFact("fact", ("brand/assets/final",), 5),
    ExpectedFact("fact", ("camp_5521",), 5),
    ExpectedFact("preference", ("pnpm", "npm"), 4),
    ExpectedFact("trap", ("pg_restore", "/usr/lib/postgresql/17/bin/pg_restore"), 5),
    ExpectedFact("trap", ("pnpm test", "pnpm build"), 4),
    ExpectedFact("preference", ("sounds like an advertisement",), 4),
    ExpectedFact("preference", ("test harbour",), 3),
)

NO_WORKFLOW: tuple[str, ...] = (
    "What is the difference between a berth and a mooring?",
    "Why does the nightly export fail?",
    "Explain how a booking moves through the platform",
    "Book me a flight to Lisbon",
)
"""Requests that no workflow fits."""
