"""What stands between the repeated work: searches for the logo, single questions, things done once."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.demo import company
from runlore.demo.claude import Call, Session, delegated, edit, glob, grep, mcp, reading, shell

DECOYS = (
    "website/public/favicon.svg",
    "brand/old/logo_2019_final_FINAL.ai",
    "brand/old/logo-2021.png",
    "decks/2024/export/image12.png",
)


@dataclass(frozen=True, slots=True)
class LogoHunt:
    """A piece of work done once that needed the logo, and how long it was looked for."""

    key: str
    start: str
    ask: str
    goal: str  # the file that the work changed
    old: str
    new: str
    effort: int  # how many places were looked at in vain
    wrong_first: str = ""  # the person's words about the outdated logo


HUNTS = (
    LogoHunt(
        "logo-1",
        "2026-01-16T10:20:00",
        "Put our logo on the cover of the price list, please.",
        "print/price-list.html",
        "<h1>Prices</h1>",
        f'<img src="/{company.LOGO}" alt="Harbourline"><h1>Prices</h1>',
        4,
        "that is the logo of 2021, we changed it last summer",
    ),
    LogoHunt(
        "logo-2",
        "2026-02-06T13:02:10",
        "the trade fair banner needs the current logo top left",
        "print/fair-banner.svg",
        "<!-- logo -->",
        f'<image href="/{company.LOGO}" x="40" y="40"/>',
        5,
    ),
    LogoHunt(
        "logo-3",
        "2026-02-25T09:15:45",
        "Write an e-mail signature for Oona with our logo in it",
        "mail/signature-oona.html",
        "<td></td>",
        f'<td><img src="/{company.LOGO}" width="96" alt="Harbourline"></td>',
        3,
    ),
    LogoHunt(
        "logo-4",
        "2026-03-06T15:48:03",
        "Can you add the Harbourline mark to the invoice template?",
        "print/invoice.html",
        "<header></header>",
        f'<header><img src="/{company.LOGO}" alt="Harbourline"></header>',
        6,
        "old one again... the current logo is the mark from 2025",
    ),
    LogoHunt(
        "logo-5",
        "2026-03-20T11:30:30",
        "Sponsors' wall in Visby wants a vector file of our logo. Which one do we send? Put the path into sponsors.md",
        "notes/sponsors.md",
        "## Visby",
        f"## Visby\n\nLogo: {company.LOGO}",
        4,
    ),
)


def hunt(case: LogoHunt) -> Session:
    """Look for the logo in one place after the other, find it where it always is, and use it."""
    session = Session(case.key, case.start, company.MARKETING)
    session.snapshot()
    session.prompt(case.ask)
    places: list[Call] = [
        glob("**/logo*.svg", ()),
        shell(
            "find . -iname '*logo*' -not -path './node_modules/*'",
            "\n".join(f"./{name}" for name in DECOYS),
            "Find logo files",
        ),
        grep("logo", ("notes/2023-relaunch.md", "website/public/index.html")),
        shell(
            "ls brand brand/old",
            "brand:\nassets\nold\nvoice.md\n\nbrand/old:\nlogo-2021.png\nlogo_2019_final_FINAL.ai",
            "List the brand folder",
        ),
        shell("git log --oneline -- brand | head -5", "c41d9aa tidy up brand\n77f01e2 voice", "What changed in brand"),
        shell("ls brand/assets", "final\nphotos\nsources", "List the assets"),
    ]
    session.rng.shuffle(places)
    path = f"{company.MARKETING}/{case.goal}"
    session.work(
        places[0],
        say=session.rng.choice(("Let me find the logo.", "I'll look for our logo file first.", "Where is the logo?")),
    )
    for place in places[1 : case.effort]:
        session.work(place)
    session.work(reading(path, f"{case.old}\n"))
    if case.wrong_first:
        session.refused(edit(path, case.old, case.new.replace(company.LOGO, DECOYS[2])), case.wrong_first)
        session.work(places[-1])
    session.work(
        shell(
            "ls brand/assets/final",
            f"{company.LOGO.rsplit('/', 1)[1]}\nharbourline-word-2025.svg",
            "List the final assets",
        )
    )
    session.work(reading(f"{company.MARKETING}/{company.LOGO}", '<svg viewBox="0 0 64 64"><path d="M4 40h56"/></svg>'))
    session.work(edit(path, case.old, case.new))
    session.say(f"Done, with {company.LOGO}.")
    return session


def token_in_script() -> Session:
    """A look into a script that holds credentials nobody should see."""
    session = Session("aside-token", "2026-01-22T16:04:40", company.PLATFORM)
    rng = session.rng
    session.prompt("Why does the nightly export fail since yesterday?")
    script = (
        f"#!/bin/sh\nexport GH_TOKEN={company.github_token(rng)}\npg_dump "
        f"{company.database_url(rng, 'db-1.internal', 'bookings')} > out.sql\n"
    )
    session.work(
        shell(
            "tail -3 /var/log/export.log",
            'pg_dump: error: connection to server at "db-1.internal" failed: timeout expired',
        )
    )
    session.work(reading(f"{company.PLATFORM}/ops/export.sh", script))
    session.work(
        shell(f"curl -s -H 'Authorization: Bearer {company.bearer(rng)}' https://graph.example/me", '{"id":"4711"}')
    )
    session.say(
        "The database host moved to db-2 on Tuesday; the script still asks db-1. And it holds a "
        "token and a password in plain text."
    )
    session.prompt("thanks, I'll move those to the vault myself")
    session.say("Good. The host is on line 3.")
    return session


def refactor() -> Session:
    """A one-off change in the widget, with a wish that is told again and an interrupt."""
    session = Session("aside-refactor", "2026-02-13T09:50:00", company.WIDGET, branch="feat/tide-table")
    session.prompt("Add a tide table to the widget's detail view. Keep it small.")
    session.work(
        grep("DetailView", ("src/detail/DetailView.tsx", "src/detail/index.ts"), "src"),
        say="I'll look at the detail view.",
    )
    session.work(
        reading(
            f"{company.WIDGET}/src/detail/DetailView.tsx", "export function DetailView() {\n  return <section/>\n}\n"
        )
    )
    session.refused(
        shell("npm install tide-predictor", "", "Add a dependency"), "use pnpm, not npm. and no new dependency for this"
    )
    session.work(edit(f"{company.WIDGET}/src/detail/DetailView.tsx", "<section/>", "<section><TideTable/></section>"))
    session.queued("and please no moment.js either")
    session.work(shell("pnpm build", "✓ built in 4.2s"), shell("pnpm test", " Tests  88 passed (88)", took=22))
    session.interrupt()
    session.prompt("stop there, I want to look at it first")
    session.say("Stopped. The change is in DetailView.tsx, nothing is committed.")
    return session


def long_exploration() -> tuple[Session, Session]:
    """A long look around that changes nothing, with a subagent and a compaction in the middle; gives both sessions."""
    session = Session("aside-explore", "2026-03-04T13:00:00", company.PLATFORM, version="2.1.161")
    session.prompt("Explain to me how a booking moves through the platform. I am new here.")
    for name in ("intake", "pricing", "assignment", "payment"):
        session.work(grep(name, (f"services/{name}/main.go", f"services/{name}/README.md")))
        session.work(reading(f"{company.PLATFORM}/services/{name}/README.md", f"# {name}\n\nOne service of four.\n"))
    child = look_around(session)
    session.compacted("The user asked how a booking moves through the platform; four services were read.")
    session.work(
        reading(f"{company.PLATFORM}/docs/overview.md", "# Overview\n\nintake → pricing → assignment → payment\n")
    )
    session.say(
        "A booking enters at intake, gets a price, then a berth, then it is paid. Each is a service of its own."
    )
    session.prompt("and who cancels?")
    session.say("Only assignment may cancel; payment listens and refunds.")
    return session, child


def look_around(session: Session) -> Session:
    """Let a subagent read the events that the services exchange; gives its session."""
    task = "List the events that the services intake, pricing, assignment and payment exchange. Read only."
    child = delegated(session, "aside-explore-agent", task)
    child.work(grep("Publish\\(", ("services/intake/events.go", "services/assignment/events.go")))
    child.work(reading(f"{company.PLATFORM}/services/assignment/events.go", "package assignment\n\n// BerthAssigned\n"))
    found = "intake publishes BookingRequested, assignment publishes BerthAssigned and BookingCancelled."
    child.say(found)
    structured = {
        "status": "completed",
        "agentId": child.agent,
        "content": [{"type": "text", "text": found}],
        "totalDurationMs": round((child.time - session.time) * 1_000),
        "totalTokens": 21_400,
        "totalToolUseCount": 2,
    }
    arguments = {"description": "List the events", "prompt": task, "subagent_type": "Explore"}
    took = child.time - session.time
    session.work(Call("Agent", arguments, [{"type": "text", "text": found}], structured, took=took))
    return child


def weather() -> Session:
    session = Session("aside-weather", "2026-03-18T07:45:00", company.WEBSITE)
    session.prompt("The weather box on the website shows Fahrenheit. Can that be changed?")
    session.work(grep("fahrenheit", ("src/weather.ts",), "src"))
    session.work(edit(f"{company.WEBSITE}/src/weather.ts", "unit: 'fahrenheit'", "unit: 'celsius'"))
    session.say("It shows Celsius now. I have not deployed it.")
    return session


def deploy_once() -> Session:
    """A deployment that happened once: an effect, yet no workflow."""
    session = Session("aside-deploy", "2026-03-19T16:20:00", company.WEBSITE)
    session.prompt("Please deploy the website, the Celsius change should go out.")
    session.work(shell("git status --short", " M src/weather.ts"))
    session.work(shell('git commit -am "Show Celsius"', "[main 9c0d1e2] Show Celsius\n 1 file changed", "Commit"))
    session.work(
        shell("./deploy.sh production", "uploaded 41 files\nlive: https://harbourline.example", "Deploy", took=38)
    )
    session.say("Deployed.")
    return session


def inbox() -> Session:
    """Something unrelated through a tool server that is used nowhere else."""
    session = Session("aside-inbox", "2026-03-23T08:30:00", company.MARKETING)
    session.prompt("Which press requests came in last week? Only list them.")
    mails = {"messages": [{"from": "anna@kustposten.example", "subject": "Question about night bookings"}]}
    session.work(mcp("mail", "search", {"label": "press", "newer_than": "7d"}, mails))
    session.say("One: Anna of Kustposten asks about night bookings.")
    return session


def sessions() -> tuple[Session, ...]:
    """All of them, oldest first within their kind."""
    once = (token_in_script(), refactor(), *long_exploration(), weather(), deploy_once(), inbox())
    return tuple(hunt(case) for case in HUNTS) + once
