"""LinkedIn: a post is drafted, read by a person, published, and followed up in the CRM (chat transcripts)."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.demo import company
from runlore.demo.chat import Conversation

SYSTEM = (
    "You are the marketing assistant of Harbourline. Use the tools for brand, LinkedIn and CRM. "
    "Show every post to the person before it is published."
)


@dataclass(frozen=True, slots=True)
class Article:
    """One post: the request, the text that was published, and what the reviewer said before."""

    id: str
    ask: str
    text: str
    approval: str
    lead: str  # the company whose interest is followed up
    first: str = ""  # an earlier text, declined
    dislikes: str = ""
    searched: tuple[str, ...] = ()  # names under which the campaign was looked for in vain
    expired: bool = False
    reward: float = 1.0


ARTICLES = (
    Article(
        "li-2026-01",
        "Write a LinkedIn post about how Marina Skagen got rid of its paper berth list, then publish "
        "it. Please also plan a "
        "follow-up with Skagen for next week.",
        (
            "Marina Skagen kept its berth list on paper until November. In December the list got wet. "
            "Since January it does not."
        ),
        "Yes, publish that one.",
        "Marina Skagen",
        first="We are thrilled to announce that Marina Skagen has transformed its operations with Harbourline!",
        dislikes="This sounds like an advertisement. Nobody here is thrilled. Tell what happened, with the wet list.",
        searched=("Marina Skagen", "customer stories"),
    ),
    Article(
        "li-2026-02",
        "We want something on LinkedIn about off-season pricing. Three or four sentences, and a "
        "reminder to call Lagoon Marina "
        "about it.",
        "An empty berth in February costs the same to maintain as a full one. Four marinas let us "
        "look at their winter. "
        "The cheapest change was to show the price before the phone number.",
        "good, go ahead",
        "Lagoon Marina",
        searched=("off-season", "winter pricing", "pricing 2026"),
    ),
    Article(
        "li-2026-03",
        "LinkedIn: we hired Oona as head of support. Short and warm. Follow up with Porto Azul, they "
        "asked who would answer "
        "them.",
        "Oona answered harbour radio for eleven years. From today she answers you.",
        "Publish",
        "Porto Azul",
    ),
    Article(
        "li-2026-04",
        "please draft and post a linkedin text on the new API for berth sensors, and set a task to write to Nordhavn",
        "A sensor knows that the berth is free. Since this week your website knows it too: the berth "
        "API is open for the "
        "first twenty harbours.",
        "approved",
        "Nordhavn",
        first="Introducing our cutting-edge, AI-powered berth sensor API, the game changer for the marina industry.",
        dislikes="again: sounds like an advertisement, and it is not AI-powered. plain words please",
        searched=("berth sensors", "API"),
    ),
    Article(
        "li-2026-05",
        "Could you publish a post on LinkedIn with the numbers of our first year? 31 marinas, 9,400 "
        "bookings, 2 outages. "
        "Then a follow-up task for Kalmar Gasthamn.",
        (
            "Our first year in three numbers: 31 marinas, 9,400 bookings, 2 outages. We wrote down what "
            "we learned from the last."
        ),
        "Nice. Post it.",
        "Kalmar Gasthamn",
        expired=True,
    ),
    Article(
        "li-2026-06",
        "Post on LinkedIn that we sponsor the youth regatta in Visby, and remind somebody to thank Visby Gasthamn.",
        "Forty children will race off Visby in June. We pay for the buoys, and for the hot chocolate.",
        "yes please publish",
        "Visby Gasthamn",
        first="Harbourline is proud to be the lead sponsor of the Visby Youth Regatta 2026.",
        dislikes="too formal, say it as you would tell it on the pier",
    ),
    Article(
        "li-2026-07",
        "I need a LinkedIn post for tomorrow's conference talk in Gothenburg (hall B, 14:00), plus "
        "the usual CRM follow-up, this "
        "time for Gota Marinas.",
        (
            "Tomorrow at 14:00 in hall B, Jonas shows how a harbour of 90 berths takes bookings at "
            "night. Bring your hardest case."
        ),
        "ok publish",
        "Gota Marinas",
        searched=("conference", "Gothenburg talk"),
        expired=True,
    ),
    Article(
        "li-2026-08",
        "Please write about the storm of last Thursday and how the moored boats were re-assigned, "
        "for LinkedIn. Follow-up: "
        "Hel Marina.",
        (
            "On Thursday the wind turned at four in the morning. By five, 38 boats had a new berth, and "
            "one harbour master had slept."
        ),
        "That is good. Go.",
        "Hel Marina",
        first="Storm? No problem! With Harbourline your marina is always in safe hands.",
        dislikes="Sounds like an advertisement, and people were scared that night. Start with the wind.",
    ),
)


def conversation(article: Article) -> Conversation:
    """One conversation from the request to the follow-up task."""
    talk = Conversation(article.id, SYSTEM, article.reward)
    rng = talk.rng
    talk.person(article.ask)
    voice = {"document": "brand/voice", "rules": ["first line stands on its own", "no superlatives", "name people"]}
    talk.call("brand_get_voice", {"channel": "linkedin"}, voice)
    find_campaign(talk, article)
    draft = f"lid_{company.digits(rng, 8)}"
    arguments = {
        "organisation": company.LINKEDIN_ORGANISATION,
        "text": article.first or article.text,
        "campaign_id": STORIES,
    }
    talk.call(
        "linkedin_create_draft", arguments, {"draft_id": draft, "status": "draft", "characters": len(article.text)}
    )
    talk.say(f"Here is my draft:\n\n{article.first or article.text}\n\nShall I publish it?")
    if article.first:
        talk.person(article.dislikes)
        talk.call(
            "linkedin_update_draft", {"draft_id": draft, "text": article.text}, {"draft_id": draft, "status": "draft"}
        )
        talk.say(f"You are right. New text:\n\n{article.text}\n\nIs this better?")
    talk.person(article.approval)
    address = publish(talk, article, draft)
    follow_up(talk, article, address)
    return talk


STORIES = company.STORIES_CAMPAIGN


def find_campaign(talk: Conversation, article: Article) -> None:
    """Look the campaign up; some sessions search for it at length and find it at the same place as all others."""
    for name in article.searched:
        talk.call("crm_find_campaign", {"name": name}, {"campaigns": []})
    if article.searched:
        pages = {
            "campaigns": [{"id": f"camp_{n}", "name": name, "status": "active"} for n, name in OTHERS],
            "next_page": 2,
        }
        talk.call("crm_list_campaigns", {"status": "active", "page": 1}, pages)
    known = {"id": STORIES, "name": "Harbour Stories", "status": "active", "note": "always on: everything on LinkedIn"}
    page = 2 if article.searched else 1
    talk.call("crm_list_campaigns", {"status": "active", "page": page}, {"campaigns": [known], "next_page": None})


OTHERS = ((5310, "Spring Opening 2026"), (5377, "Harbour Masters"), (5418, "Berth Map Launch"))


def publish(talk: Conversation, article: Article, draft: str) -> str:
    """Publish the draft, after its owner renewed the token where it had died; gives the post's address."""
    rng = talk.rng
    if article.expired:
        error = {
            "error": {
                "code": "EXPIRED_ACCESS_TOKEN",
                "message": "The token used in the request has expired",
                "status": 401,
            }
        }
        talk.call("linkedin_publish", {"draft_id": draft}, error)
        talk.say("LinkedIn refuses our token: it has expired. Tomasz owns the LinkedIn integration, can he renew it?")
        talk.person(rng.choice(("Tomasz has renewed it, try again.", "renewed, please publish now")))
    urn = f"urn:li:share:7{company.digits(rng, 18)}"
    address = f"https://www.linkedin.com/feed/update/{urn}"
    talk.call("linkedin_publish", {"draft_id": draft}, {"urn": urn, "url": address, "status": "published"})
    return address


def follow_up(talk: Conversation, article: Article, address: str) -> None:
    """Record the post on the campaign, find the lead's account and plan the call."""
    rng = talk.rng
    activity = {"campaign_id": STORIES, "type": "linkedin_post", "url": address}
    talk.call("crm_add_activity", activity, {"activity_id": f"act_{company.digits(rng, 6)}", "campaign_id": STORIES})
    account = f"acc_{company.digits(rng, 5)}"
    owner = rng.choice(("tomasz", "oona", "mara"))
    found = {"account_id": account, "name": article.lead, "owner": owner, "stage": rng.choice(("lead", "customer"))}
    talk.call("crm_get_account", {"name": article.lead}, found)
    task = {
        "account_id": account,
        "assignee": owner,
        "subject": f"Follow up on LinkedIn post: {article.lead}",
        "due_in_days": 7,
    }
    talk.call("crm_create_task", task, {"task_id": f"task_{company.digits(rng, 6)}", "status": "open"})
    talk.say(
        rng.choice(
            (
                f"Published: {address}\n{owner.title()} has a task to follow up with {article.lead} in seven days.",
                f"The post is out ({address}) and the follow-up with {article.lead} is planned for {owner.title()}.",
                f"Done. {address}, recorded on Harbour Stories; follow-up with {article.lead} in a week.",
            )
        )
    )


def conversations() -> tuple[Conversation, ...]:
    return tuple(conversation(article) for article in ARTICLES)
