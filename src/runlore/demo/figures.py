"""A written procedure that is run every week: the skill ``weekly-figures`` counts bookings and posts them."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.demo import company
from runlore.demo.claude import Call, Session, mcp, shell

CHANNEL = "#harbour-figures"
SKILL = f"""Base directory for this skill: {company.PLATFORM}/.claude/skills/weekly-figures

# Weekly figures

1. Run `./ops/figures.sh --week <week>` from the platform repository.
2. Compare with the week before.
3. Post three lines to {CHANNEL}: bookings, new marinas, refunds.
"""


@dataclass(frozen=True, slots=True)
class Week:
    """One week: how it was asked for and what the person said about the post."""

    key: str
    start: str
    ask: str
    week: str
    bookings: int
    marinas: int
    refunds: int
    dislikes: str = ""
    slash: bool = False


WEEKS = (
    Week(
        "fig-05",
        "2026-02-02T08:01:00",
        "weekly figures please",
        "2026-W05",
        812,
        1,
        9,
        "leave the test harbour out of the numbers",
    ),
    Week("fig-06", "2026-02-09T08:03:20", "Monday: please post the figures of last week", "2026-W06", 840, 1, 4),
    Week("fig-07", "2026-02-16T07:58:41", "", "2026-W07", 799, 2, 12, slash=True),
    Week(
        "fig-08",
        "2026-02-23T08:10:12",
        "figures for W08 to the channel",
        "2026-W08",
        903,
        0,
        7,
        "without the test harbour, as always",
    ),
    Week("fig-09", "2026-03-02T08:02:36", "", "2026-W09", 977, 3, 6, slash=True),
    Week(
        "fig-10",
        "2026-03-09T08:00:09",
        "Could you run the weekly figures?",
        "2026-W10",
        1_054,
        1,
        5,
        "test harbour out, please!",
    ),
)


def load_skill(session: Session, case: Week) -> None:
    """The procedure's text arrives, after a Skill call or a slash command."""
    if case.slash:
        text = (
            "<command-message>weekly-figures is "
            f"running…</command-message>\n<command-name>/weekly-figures</command-name>\n<command-args>{case.week}</command-args>"
        )
        session.record("user", message={"role": "user", "content": text})
        session.record("user", message={"role": "user", "content": [{"type": "text", "text": SKILL}]}, isMeta=True)
        return
    session.prompt(case.ask)
    arguments = {"skill": "weekly-figures", "args": case.week}
    session.work(
        Call("Skill", arguments, "Launching skill: weekly-figures", {"success": True, "commandName": "weekly-figures"})
    )
    call = session.records[-1]["message"]["content"][0]["tool_use_id"]
    session.record(
        "user",
        message={"role": "user", "content": [{"type": "text", "text": SKILL}]},
        isMeta=True,
        sourceToolUseID=call,
    )


def post(case: Week, clean: bool) -> Call:
    """The message to the channel; ``clean`` leaves the test harbour out."""
    bookings = case.bookings - 41 if clean else case.bookings
    text = f"{case.week}: {bookings} bookings, {case.marinas} new marinas, {case.refunds} refunds"
    return mcp(
        "slack",
        "post_message",
        {"channel": CHANNEL, "text": text},
        {"ok": True, "ts": f"17{case.bookings}88.000{case.refunds}"},
    )


def run(case: Week) -> Session:
    """One run of the procedure."""
    session = Session(case.key, case.start, company.PLATFORM, version="2.1.161")
    load_skill(session, case)
    figures = f"week      {case.week}\nbookings  {case.bookings}\nmarinas   {case.marinas}\nrefunds   {case.refunds}"
    session.work(shell(f"./ops/figures.sh --week {case.week}", figures, "Count the week"))
    if case.dislikes:
        session.refused(post(case, clean=False), case.dislikes)
        clean = figures.replace(str(case.bookings), str(case.bookings - 41))
        session.work(
            shell(
                f"./ops/figures.sh --week {case.week} --exclude test-harbour", clean, "Count without the test harbour"
            )
        )
    session.work(post(case, clean=bool(case.dislikes)))
    session.say(f"The figures of {case.week} are in {CHANNEL}.")
    return session


def sessions() -> tuple[Session, ...]:
    return tuple(run(case) for case in WEEKS)
