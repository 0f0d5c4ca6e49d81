"""Onboarding: a signed marina gets billing, a workspace, its users, a kick-off and a welcome (chat transcripts)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runlore.demo import company
from runlore.demo.chat import Conversation

SYSTEM = (
    "You are the onboarding assistant of Harbourline. You have tools for the CRM, billing, "
    "workspaces, calendar and e-mail. "
    "Customers without a signed contract are not set up; sales has to finish that first."
)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer: the request, what the CRM knows, and how it went."""

    id: str
    ask: str
    name: str
    slug: str
    contact: str
    plan: str
    region: str
    when: str
    contract: str = "signed"
    taken: bool = False  # the short name is in use already
    no_vat: bool = False  # billing refuses the record without a VAT number
    vat: str = ""
    closing: str = ""
    reward: float = 1.0
    careless: bool = False  # set up although the contract was not signed


CUSTOMERS = (
    Customer(
        "onb-301",
        "Marina Skagen has signed. Can you set them up, kick-off on Monday 9 February at 10:00?",
        "Marina Skagen",
        "marina-skagen",
        "birgit@skagen-marina.example",
        "harbour-plus",
        "eu-north",
        "2026-02-09T10:00",
        closing="Thank you!",
    ),
    Customer(
        "onb-302",
        "please onboard Lagoon Marina. they would like the kickoff on the 12th of February, 9 am",
        "Lagoon Marina",
        "lagoon-marina",
        "dario@lagoon.example",
        "harbour",
        "eu-south",
        "2026-02-12T09:00",
        taken=True,
    ),
    Customer(
        "onb-303",
        "New customer: Porto Azul. Everything as usual, kick-off 2026-02-19 at 15:00.",
        "Porto Azul",
        "porto-azul",
        "ines@portoazul.example",
        "harbour-plus",
        "eu-south",
        "2026-02-19T15:00",
        no_vat=True,
        vat="PT509442013",
        closing="great, thanks",
    ),
    Customer(
        "onb-304",
        "We can start with Nordhavn. Please create what they need and book a kick-off for 24 February, 11:00.",
        "Nordhavn",
        "nordhavn",
        "lars@nordhavn.example",
        "harbour",
        "eu-north",
        "2026-02-24T11:00",
        contract="sent",
    ),
    Customer(
        "onb-305",
        "Set up Kalmar Gasthamn as a customer, kick-off Tuesday 3 March 13:30, they are in a hurry.",
        "Kalmar Gasthamn",
        "kalmar",
        "eva@kalmar-gasthamn.example",
        "harbour",
        "eu-north",
        "2026-03-03T13:30",
        taken=True,
    ),
    Customer(
        "onb-306",
        "Could you onboard Visby Gasthamn for me? Kick-off on 10 March at 9.",
        "Visby Gasthamn",
        "visby",
        "per@visby-gasthamn.example",
        "harbour-plus",
        "eu-north",
        "2026-03-10T09:00",
        closing="Wonderful, they have already written back.",
    ),
    Customer(
        "onb-307",
        "Hel Marina is on board! Do the onboarding please, kick-off March 17th, 14:00.",
        "Hel Marina",
        "hel-marina",
        "zofia@helmarina.example",
        "harbour",
        "eu-central",
        "2026-03-17T14:00",
        no_vat=True,
        vat="PL5842751190",
    ),
    Customer(
        "onb-308",
        "Onboarding for Gota Marinas. Kick-off 2026-03-19, 10:30. Their harbour office is the same crew as last year.",
        "Gota Marinas",
        "gota",
        "nils@gota.example",
        "harbour-plus",
        "eu-north",
        "2026-03-19T10:30",
        contract="draft",
        careless=True,
        reward=0.0,
    ),
    Customer(
        "onb-309",
        "Please do the onboarding of Sankt Peter Yachthafen, kick-off 26 March 9:30.",
        "Sankt Peter Yachthafen",
        "sankt-peter",
        "anke@sp-yachthafen.example",
        "harbour",
        "eu-central",
        "2026-03-26T09:30",
        taken=True,
        closing="Danke!",
    ),
    Customer(
        "onb-310",
        "Is Brest Nautique ready to be set up? If so, please onboard them with a kick-off on 31 March at 16:00.",
        "Brest Nautique",
        "brest",
        "yann@brest-nautique.example",
        "harbour-plus",
        "eu-west",
        "2026-03-31T16:00",
        contract="sent",
    ),
)


def conversation(customer: Customer) -> Conversation:
    """One conversation; it stops after the look at the contract where that is not signed."""
    talk = Conversation(customer.id, SYSTEM, customer.reward)
    talk.person(customer.ask)
    account = f"acc_{company.digits(talk.rng, 5)}"
    known = {
        "account_id": account,
        "name": customer.name,
        "plan": customer.plan,
        "region": customer.region,
        "contract": {"status": customer.contract, "seats": talk.rng.choice((3, 5, 8, 12))},
        "contact": {"email": customer.contact, "language": "en"},
        "owner": "oona",
    }
    talk.call("crm_get_account", {"name": customer.name}, known)
    if customer.contract != "signed" and not customer.careless:
        withhold(talk, customer, account)
        return talk
    billing = bill(talk, customer, account)
    workspace = make_workspace(talk, customer, billing)
    finish(talk, customer, account, workspace)
    if customer.careless:
        talk.person(
            "Wait, Gota has not signed yet! The contract is still a draft. Never set anybody up before it is signed."
        )
        talk.say(
            "You are right, I should have stopped at the contract. I have told Oona; please decide whether to undo it."
        )
    elif customer.closing:
        talk.person(customer.closing)
        talk.say(talk.rng.choice(("You're welcome.", "Happy to help.", "Have a good kick-off!")))
    return talk


def withhold(talk: Conversation, customer: Customer, account: str) -> None:
    """The contract is not signed: nothing is created, sales is told."""
    reason = {
        "account_id": account,
        "assignee": "oona",
        "subject": f"Contract of {customer.name} is not signed",
        "due_in_days": 1,
    }
    talk.call("crm_create_task", reason, {"task_id": f"task_{company.digits(talk.rng, 6)}", "status": "open"})
    talk.say(
        f"I have not set up {customer.name}: the contract is {customer.contract}, not signed. "
        "Oona has a task to finish it; ask me again once it is signed."
    )
    talk.person(talk.rng.choice(("Right, thanks for checking.", "ok, I'll talk to Oona")))


def bill(talk: Conversation, customer: Customer, account: str) -> str:
    """Create the billing record; gives its id."""
    arguments = {"account_id": account, "name": customer.name, "email": customer.contact, "plan": customer.plan}
    if customer.no_vat:
        talk.call("billing_create_customer", arguments, "Error: vat_number is required for customers in this country")
        talk.say(f"Billing wants a VAT number for {customer.name}. Do you have it?")
        talk.person(talk.rng.choice((f"It is {customer.vat}.", f"{customer.vat}, from their letterhead")))
        arguments = {**arguments, "vat_number": customer.vat}
    billing = f"cus_{company.letters(talk.rng, 12)}"
    talk.call("billing_create_customer", arguments, {"customer_id": billing, "status": "active", "currency": "EUR"})
    return billing


def make_workspace(talk: Conversation, customer: Customer, billing: str) -> str:
    """Create the workspace, under another short name where the first is taken; gives its id."""
    arguments = {"name": customer.name, "slug": customer.slug, "region": customer.region, "billing_id": billing}
    if customer.taken:
        talk.call("workspace_create", arguments, f"Error: slug '{customer.slug}' is already taken")
        arguments = {**arguments, "slug": f"{customer.slug}-{customer.region.split('-')[1]}"}
    workspace = f"ws_{company.letters(talk.rng, 9)}"
    made = {
        "workspace_id": workspace,
        "slug": arguments["slug"],
        "url": f"https://{arguments['slug']}.harbourline.example",
    }
    talk.call("workspace_create", arguments, made)
    return workspace


def finish(talk: Conversation, customer: Customer, account: str, workspace: str) -> None:
    """Invite the contact, book the kick-off, send the welcome, and move the account on."""
    rng = talk.rng
    invitation = {"workspace_id": workspace, "email": customer.contact, "role": "admin"}
    steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("workspace_invite_user", invitation, {"invitation_id": f"inv_{company.digits(rng, 6)}", "status": "sent"}),
        (
            "calendar_book_kickoff",
            {"account_id": account, "attendee": customer.contact, "starts_at": customer.when, "minutes": 45},
            {
                "event_id": f"evt_{company.letters(rng, 8)}",
                "join_url": f"https://meet.harbourline.example/{customer.slug}",
            },
        ),
    ]
    if rng.random() < 0.35:
        steps.reverse()
    for name, arguments, result in steps:
        talk.call(name, arguments, result)
    welcome = {"to": customer.contact, "template": company.WELCOME_TEMPLATE, "workspace_id": workspace}
    talk.call("email_send", welcome, {"message_id": f"msg_{company.digits(rng, 8)}", "status": "queued"})
    update = {"account_id": account, "stage": "onboarding", "workspace_id": workspace}
    talk.call("crm_update_account", update, {"account_id": account, "stage": "onboarding", "updated": True})
    talk.say(
        rng.choice(
            (
                (
                    f"{customer.name} is set up. Invitation and welcome went to {customer.contact}, "
                    f"kick-off {customer.when}."
                ),
                f"Done: workspace {workspace}, admin invited, kick-off booked for {customer.when}.",
                f"All set for {customer.name}: billing, workspace, invitation, kick-off and the welcome e-mail.",
            )
        )
    )


QUESTIONS = (
    ("ask-11", "Which plans include the berth API?", "Harbour-plus and above. Harbour has the map and the bookings."),
    (
        "ask-12",
        "what is the difference between a berth and a mooring again",
        "A berth is a place at a pier, a mooring is a buoy.",
    ),
    ("ask-13", "Can you translate 'The pier is closed on Sunday' into Swedish?", "Bryggan är stängd på söndag."),
    ("ask-14", "Who approves refunds over 500 euros?", "Oona does, and above 5,000 euros Jonas as well."),
)


def conversations() -> tuple[Conversation, ...]:
    """The onboardings and, between them, questions that have nothing to do with any workflow."""
    talks = [conversation(customer) for customer in CUSTOMERS]
    for position, (name, ask, answer) in enumerate(QUESTIONS):
        talk = Conversation(name, SYSTEM)
        talk.person(ask)
        talk.say(answer)
        talks.insert(2 + 3 * position, talk)
    return tuple(talks)
