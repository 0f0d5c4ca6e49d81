"""Imperative verb phrases for tools that are called by name: `cancel_pending_order` becomes "Cancel a pending order"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from runlore.mining.vocabulary import QUESTIONS, reading_of, tokens_of, words_of

_BRANDS: Final = {
    "github": "GitHub", "gitlab": "GitLab", "linear": "Linear", "jira": "Jira", "slack": "Slack", "notion": "Notion", "gmail": "Gmail",
    "stripe": "Stripe", "hubspot": "HubSpot", "salesforce": "Salesforce", "zendesk": "Zendesk", "asana": "Asana", "trello": "Trello",
    "confluence": "Confluence", "sentry": "Sentry", "datadog": "Datadog", "pagerduty": "PagerDuty", "figma": "Figma", "shopify": "Shopify",
    "twilio": "Twilio", "discord": "Discord", "telegram": "Telegram", "instagram": "Instagram", "linkedin": "LinkedIn", "youtube": "YouTube",
    "postgres": "Postgres", "mysql": "MySQL", "sqlite": "SQLite", "supabase": "Supabase", "firebase": "Firebase", "vercel": "Vercel",
    "netlify": "Netlify", "cloudflare": "Cloudflare", "aws": "AWS", "gcp": "Google Cloud", "azure": "Azure", "kubernetes": "Kubernetes",
    "playwright": "Playwright", "puppeteer": "Puppeteer", "chrome": "Chrome", "intercom": "Intercom", "airtable": "Airtable",
    "dropbox": "Dropbox", "atlassian": "Atlassian", "bitbucket": "Bitbucket", "crm": "the CRM", "facebook": "Facebook", "reddit": "Reddit", "tiktok": "TikTok", "bluesky": "Bluesky", "mastodon": "Mastodon",
    "quickbooks": "QuickBooks", "mailchimp": "Mailchimp",
    "context7": "Context7", "ide": "the IDE", "workday": "Workday", "servicenow": "ServiceNow", "snowflake": "Snowflake",
    "bigquery": "BigQuery", "grafana": "Grafana", "posthog": "PostHog", "amplitude": "Amplitude", "spotify": "Spotify", "venmo": "Venmo",
}  # fmt: skip
# Places that one is on, not in.
_ON: Final = frozenset(
    {
        "Instagram",
        "LinkedIn",
        "YouTube",
        "GitHub",
        "GitLab",
        "X",
        "Bluesky",
        "Mastodon",
        "Facebook",
        "Reddit",
        "TikTok",
        "Vercel",
    }
)
_ACRONYMS: Final = words_of(
    "id ids url urls api sms mms sim apn vpn pin pr pdf csv json sql crm faq hr ip dns ssl ssn iban pto kyc otp mfa eta atm vip seo sku s3"
)
_AN_ACRONYMS: Final = words_of("sms mms apn api id ip hr ssn faq sql mfa eta atm seo iban otp sku") - {"sku"}
_UNCOUNTABLE: Final = words_of(
    "usage data info information history weather money traffic inventory availability access feedback roaming mode bandwidth payroll "
    "media leave insurance luggage baggage mail advice equipment software hardware housekeeping support credit cash evidence progress "
    "knowledge documentation metadata content stock time text eligibility permission wifi service identity autopay saver health overtime"
)
_COUNTABLE_ING: Final = words_of(
    "booking rating listing meeting building posting filing hearing recording drawing training setting string thing"
)
_JOINED: Final = words_of("name email phone city zip date")  # `by_name_zip` means both
_PREPOSITIONS: Final = words_of(
    "by for to from with in on at of via into as using onto based over per about after before without"
)
_NO_ARTICLE_VERBS: Final = words_of("list search find count query browse grep glob ls load filter enumerate")
_LOOKING_FOR_ONE: Final = words_of("find search lookup")
_SERVER_NOISE: Final = words_of("server mcp plugin official remote client api integration connector tools")
_MCP: Final = re.compile(r"^mcp__(.+?)__(.+)$")


def split_tool(tool: str) -> tuple[str, str]:
    """Give (server, name) of a tool; the server is "" where the name carries none. ``mcp__linear-server__get_issue`` → linear-server, get_issue."""
    match = _MCP.match(tool)
    if match:
        return match.group(1), match.group(2)
    return "", tool


@lru_cache(maxsize=4096)
def phrase_tool(tool: str) -> str:
    """Give the phrase for a tool's name, capital first, without a full stop."""
    server, name = split_tool(tool)
    if tokens_of(name)[:1] and tokens_of(name)[0] in QUESTIONS:
        return "Check whether it " + " ".join(map(_written, tokens_of(name)))
    place = _server_name(server)
    own = _own_part(name)
    tokens = tokens_of(own)
    if own != name and not place:
        place = next((_BRANDS[w] for w in tokens_of(name) if w in _BRANDS), "")
    if len(tokens) > 1 and tokens[0] in _BRANDS:
        place = place or _BRANDS[tokens[0]]
        tokens = tokens[1:]
    role, verb, words = reading_of(tokens)
    if verb == "hand over":
        return "Hand over to a human agent"
    if not verb:
        if role == "read":
            verb = "look up"
        elif len(words) > 1:
            verb, words = words[0], words[1:]
        else:
            return f"Run `{name}`"
    if role == "effect" and words and words == tokens[: len(words)]:
        words = (*words[:-1], _singular(words[-1]))
    phrase = f"{verb} {_noun_phrase(words, verb, role)}".strip()
    phrase = phrase[:1].upper() + phrase[1:]
    return f"{phrase} {'on' if place in _ON else 'in'} {place}" if place else phrase


def _own_part(name: str) -> str:
    """Of ``OrderService.CancelOrder`` give ``CancelOrder``; ``issues.create`` stays whole, as its verb alone says too little."""
    last = re.split(r"[.:/]", name)[-1]
    if last == name or len(tokens_of(last)) < 2:
        return name
    return last


def _server_name(server: str) -> str:
    words = [w for w in tokens_of(server) if w not in _SERVER_NOISE]
    if not words:
        return ""
    if "plugin" in tokens_of(server):
        words = words[-1:]  # plugin_<marketplace>_<server>
    named = [_BRANDS[w] for w in words if w in _BRANDS]
    return named[0] if named else " ".join(w.capitalize() for w in words)


def is_plural(word: str) -> bool:
    """Say whether an English noun looks like a plural."""
    return (
        len(word) > 2
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is"))
        and word not in ("sms", "mms", "dns", "gps", "has")
    )


def _singular(word: str) -> str:
    if not is_plural(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def article(word: str) -> str:
    """Give "a" or "an" for the word that follows."""
    if word in _ACRONYMS:
        return "an" if word in _AN_ACRONYMS else "a"
    if word.startswith(("uni", "use", "usa", "eu", "one", "uti")):
        return "a"
    return "an" if word[:1] in tuple("aeiou") or word.startswith(("hour", "honest", "heir")) else "a"


def _noun_phrase(words: tuple[str, ...], verb: str, role: str) -> str:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in _PREPOSITIONS and parts[0]:
            parts.append([word])
        else:
            parts[-1].append(word)
    texts = [_with_article(parts[0], verb, role)]
    for preposition, *rest in parts[1:]:
        joint = " and " if preposition == "by" and len(rest) > 1 and all(w in _JOINED for w in rest) else " "
        inner = joint.join(map(_written, rest))
        if (
            rest
            and preposition not in ("by", "as", "using", "via", "of")
            and rest[-1] not in _UNCOUNTABLE
            and not is_plural(rest[-1])
        ):
            inner = f"{article(rest[0])} {inner}"
        texts.append(f"{preposition} {inner}".strip())
    return " ".join(text for text in texts if text)


def _with_article(words: list[str], verb: str, role: str) -> str:
    text = " ".join(map(_written, words))
    if (
        not words
        or words[0] in _PREPOSITIONS
        or words[0] in ("all", "my", "any", "each", "every", "or", "and", "the", "multiple")
    ):
        return text
    head = words[-1]
    plain = head in _UNCOUNTABLE or (head.endswith("ing") and head not in _COUNTABLE_ING) or is_plural(head)
    if verb in _LOOKING_FOR_ONE and not plain:
        return f"{'for ' if verb == 'search' else ''}{article(words[0])} {text}"
    if verb in _NO_ARTICLE_VERBS:
        return text
    if role == "read":
        return f"the {text}"
    return text if plain else f"{article(words[0])} {text}"


def _written(word: str) -> str:
    if word in _ACRONYMS:
        return word.upper() if not word.endswith("s") or word in ("sms", "mms", "dns") else word[:-1].upper() + "s"
    return _BRANDS.get(word, word)
