"""What the verbs in tools' names mean: whether they read, change the world, or hand over to a person."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Final


def words_of(text: str) -> frozenset[str]:
    """Give the set of the words of a table's line."""
    return frozenset(text.split())


# Look at something and leave it as it was.
READING: Final = words_of(
    "get list find search lookup check view read fetch query show describe count calculate compute calc think verify validate "
    "estimate retrieve inspect compare filter browse see display preview explain summarize summarise analyze analyse "
    "evaluate assess detect identify determine is has can does are exists peek scan monitor watch poll ping diagnose measure audit "
    "translate parse extract classify predict forecast recommend suggest rank score diff match simulate discover "
    "examine observe authenticate login signin whoami grep glob ls cat stat tail head screen pull obtain load gather collect "
    "look trace probe investigate research ask_for crawl scrape consult resolve-library navigate screenshot snapshot hover "
    "enumerate track ask tell know understand locate infer survey lint consultation catalog introspect reason dryrun tabulate interpret sum"
)
# Change something, wherever they stand in the name.
CHANGING: Final = words_of(
    "create update modify cancel send delete set add remove enable disable exchange refuel suspend resume pay apply submit "
    "approve publish deploy insert upsert edit rename move copy upload import sync merge push commit revert rollback restore reset "
    "reboot restart start stop pause launch terminate kill toggle turn activate deactivate assign unassign grant revoke "
    "invite register unregister enroll unenroll subscribe unsubscribe renew extend upgrade downgrade redeem issue reissue "
    "void refund reimburse withdraw deposit debit credit buy purchase sell rebook rent hire fire onboard offboard promote "
    "demote discharge admit prescribe refill administer dispense vaccinate reserve confirm decline reject accept deny "
    "dismiss acknowledge resolve reopen archive unarchive lock unlock freeze unfreeze block unblock mute unmute ban pin unpin "
    "attach detach link unlink connect disconnect mount join leave follow unfollow like star fork share post reply respond "
    "forward notify remind write append overwrite replace save store persist put patch tag untag mark flag complete finalize finalise "
    "execute trigger invoke dispatch provision allocate deallocate release reschedule postpone adjust correct change switch swap migrate "
    "convert reseat install uninstall configure initialize initialise init open close file lodge dispute waive override escalate "
    "transfer process place checkin checkout checkedin fulfill fulfil ship deliver dispatch return recharge topup replenish restock consume "
    "bind unbind sign countersign notarize encrypt rotate regenerate generate compose build make clear empty purge "
    "drop truncate destroy erase wipe evict expire reclaim claim unclaim exec run call dial text tweet retweet upvote downvote "
    "vote rate comment annotate label amend enact authorize authorise deauthorize unlist relist delist price reprice bill invoice "
    "charge chargeback settle reconcile remit tip donate split combine consolidate unsend recall retract rescind reinstate revive "
    "click type fill press drag drop select submit_form draft record log enqueue dequeue schedule unschedule queue order book "
    "report request arrange replace reallocate reassign redirect reroute divert dispose approve_all delegate nominate appoint "
    "evacuate isolate quarantine remediate mitigate contain whitelist blacklist allowlist denylist scale drain cordon bump increment "
    "decrement accrue garnish withhold underwrite adjudicate preauthorize triage intake book_in embark board disembark upgrade_seat "
    "opt waitlist unfreeze deploy_to undo redo retry rerun repair fix patch_up heal seed backfill finish end begin logout signout signup "
    "raise lower increase decrease reduce lift impose enforce exempt excuse compensate award give take hold unhold park ack snooze silence"
)
# Verbs and nouns alike: a verb where they stand first or last, unless another word says otherwise.
EITHER: Final = words_of(
    "order book check return list transfer report track record request charge ticket address schedule plan invoice email message "
    "note log review document set change view search test quote refund payment call text bill credit debit deposit post file issue "
    "label comment price rate tip sign run place process move copy share link like star tag mark flag block lock switch "
    "release claim dispute return display preview score rank match filter count summary select stock ship board queue draft build "
    "start stop open close record leave hold lift award rent hire fire promise read scan trace audit survey monitor watch "
    "forecast estimate research sum type checkin checkout exchange notice tweet contact reply press load head tail stat credit pull look match trace probe end can tell pin"
)
# Read or write by what they are about: `run_speed_test`, `generate_report` read; `run_payroll`, `generate_invoice` do not.
_BY_OBJECT: Final = words_of(
    "run execute generate draft compose make perform conduct do export download test open convert build take call"
)
_READ_OBJECTS: Final = words_of(
    "test diagnostic diagnostics query search report summary check scan lookup analysis text response answer preview chart "
    "statement speedtest inspection survey screenshot snapshot simulation forecast comparison sql list calculation"
)
# Nouns of names without a verb that only tell something.
_READ_NOUNS: Final = words_of(
    "status detail details info information history balance availability policy policies eligibility summary profile weather forecast price "
    "prices pricing quote quotes schedule overview statistics stats metrics usage list catalog catalogue directory faq help docs documentation "
    "tracking map rule rules menu count total report reports log logs timeline calendar location time date version health rate rates reasons types options "
    "calculator lookup search finder checker validator viewer reader query inspector"
)
_HANDOVER: Final = words_of("escalate handoff handover escalation")
_HANDING: Final = words_of(
    "transfer connect route forward hand handoff handover escalate call contact request speak talk pass"
)
_HANDED: Final = words_of(
    "call user customer caller chat conversation session guest line client person request case to"
)
_PEOPLE: Final = words_of(
    "human humans agent agents representative representatives rep supervisor operator specialist person staff department team support "
    "manager tier live queue helpdesk advisor"
)
_PERSON_ONLY: Final = words_of("human humans representative supervisor helpdesk")
QUESTIONS: Final = words_of("is has can does are will should was who what which when where how")
_ASKED: Final = words_of("user customer person human caller guest patient client")
_PREFIXES: Final = words_of(
    "browser internal external api v1 v2 v3 tool tools user agent admin func function action mcp do app client system functions"
)
_PHRASAL: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("look", "up"): ("look up", "read"),
    ("check", "in"): ("check in", "effect"),
    ("check", "out"): ("check out", "effect"),
    ("turn", "on"): ("turn on", "effect"),
    ("turn", "off"): ("turn off", "effect"),
    ("switch", "on"): ("switch on", "effect"),
    ("switch", "off"): ("switch off", "effect"),
    ("sign", "up"): ("sign up", "effect"),
    ("sign", "in"): ("sign in", "read"),
    ("log", "in"): ("log in", "read"),
    ("log", "out"): ("log out", "effect"),
    ("sign", "out"): ("sign out", "effect"),
    ("set", "up"): ("set up", "effect"),
    ("roll", "back"): ("roll back", "effect"),
    ("top", "up"): ("top up", "effect"),
    ("shut", "down"): ("shut down", "effect"),
    ("power", "cycle"): ("power-cycle", "effect"),
    ("hang", "up"): ("hang up", "dialog"),
    ("hand", "off"): ("hand off", "dialog"),
    ("hand", "over"): ("hand over", "dialog"),
    ("opt", "in"): ("opt in", "effect"),
    ("opt", "out"): ("opt out", "effect"),
    ("follow", "up"): ("follow up", "effect"),
    ("clock", "in"): ("clock in", "effect"),
    ("clock", "out"): ("clock out", "effect"),
    ("dry", "run"): ("try out", "read"),
    ("speed", "test"): ("test the speed of", "read"),
    ("fill", "out"): ("fill out", "effect"),
    ("fill", "in"): ("fill in", "effect"),
    ("swap", "out"): ("swap out", "effect"),
    ("pay", "off"): ("pay off", "effect"),
    ("write", "off"): ("write off", "effect"),
    ("mark", "as"): ("mark as", "effect"),
    ("add", "on"): ("add on", "effect"),
}

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT: Final = re.compile(r"[^A-Za-z0-9]+")


def tokens_of(name: str) -> tuple[str, ...]:
    """Give the lower-case words of a name in snake, camel, kebab or dotted writing."""
    return tuple(w.lower() for w in _SPLIT.split(_CAMEL.sub("_", name)) if w)


@lru_cache(maxsize=4096)
def reading_of(tokens: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Read a tool's words as (role, verb, object words); the verb is "" where none is known.

    The role is ``read``, ``effect`` or ``dialog`` (an escalation to a person, the end of a conversation).
    """
    words = _without_prefixes(tokens)
    if _is_handover(words):
        return "dialog", "hand over", words
    if (
        words
        and words[0] in ("end", "close", "terminate", "finish")
        and words[-1] in ("conversation", "chat", "call", "dialog")
    ):
        return "dialog", words[0], words[1:]
    if (
        words
        and words[0] in ("ask", "prompt", "say", "speak", "clarify")
        and (len(words) == 1 or words[1] in _ASKED | {"for", "clarifying"})
    ):
        return "dialog", words[0], words[1:]
    if (
        "input" in words
        and words[0] in ("get", "request", "await", "wait", "collect")
        and any(w in _ASKED for w in words)
    ):
        return "dialog", words[0], words[1:]
    place, length, verb, role = _find_verb(words)
    if place < 0:
        tells = any(word in _READ_NOUNS for word in words)
        return ("read" if tells else "effect"), "", words
    after = words[place + length :]
    before = words[:place]
    if role == "read" and length == 1 and after[:1] in (("or",), ("and",)) and any(w in CHANGING for w in after[1:2]):
        role = "effect"
    if verb == "resolve" and words[-1] in ("id", "ids", "name", "address", "url", "path"):
        role = "read"
    if verb in _BY_OBJECT:
        role = "read" if _is_about_reading(after or before) else "effect"
    return role, verb, (*before, *after) if after else before


def _without_prefixes(tokens: tuple[str, ...]) -> tuple[str, ...]:
    while len(tokens) > 1 and tokens[0] in _PREFIXES and any(_is_verb(t) for t in tokens[1:]):
        tokens = tokens[1:]
    return tokens


def _is_verb(word: str) -> bool:
    return word in READING or word in CHANGING or word in EITHER


def _is_handover(words: tuple[str, ...]) -> bool:
    if any(word in _HANDOVER for word in words) or ("hand", "off") in _pairs(words):
        return not any(word in ("get", "list", "find", "policy", "history") for word in words[:1])
    if any(word in _PERSON_ONLY for word in words) and any(word in _HANDING for word in words):
        return words[0] not in ("list", "find", "get")
    if len(words) < 2 or words[0] not in ("transfer", "connect", "route", "forward") or words[1] not in _HANDED:
        return False
    return words == ("transfer", "call") or ("to" in words and any(w in _PEOPLE for w in words[words.index("to") :]))


def _pairs(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(itertools.pairwise(words))


def _is_about_reading(words: tuple[str, ...]) -> bool:
    return bool(words) and (
        words[-1] in _READ_OBJECTS or words[-1].removesuffix("s") in _READ_OBJECTS or words[0] in _READ_OBJECTS
    )


def _find_verb(words: tuple[str, ...]) -> tuple[int, int, str, str]:
    """Find (place, length, verb, role) of the verb, place -1 where there is none."""
    for place, pair in enumerate(_pairs(words)):
        if pair in _PHRASAL:
            told = pair[0] == "check" and (words[-1] in _READ_NOUNS or words[place + 2 : place + 3] == ("of",))
            if not told:
                verb, role = _PHRASAL[pair]
                return place, 2, verb, role
    if not words:
        return -1, 0, "", ""
    first = words[0]
    strict = [i for i, w in enumerate(words) if (w in READING or w in CHANGING) and w not in EITHER]
    if strict and strict[0] == 0 and first not in QUESTIONS:
        return 0, 1, first, _role(first)
    if first in QUESTIONS:
        return 0, 1, "check", "read"
    if first in EITHER and not strict and not (len(words) > 1 and words[-1] in _READ_NOUNS and first not in READING):
        last = words[-1]
        # `order_cancel` was met above; `payment_request`, `flight_book` end in their verb.
        if first in CHANGING or first in READING:
            return 0, 1, first, _role(first)
        if last in EITHER and last in CHANGING and len(words) > 1:
            return len(words) - 1, 1, last, _role(last)
        return 0, 1, first, "effect"
    if strict:
        return strict[0], 1, words[strict[0]], _role(words[strict[0]])
    if len(words) > 1 and words[-1] in ("list", "search", "lookup", "count", "check"):
        return len(words) - 1, 1, words[-1], "read"
    if words[-1] in _READ_NOUNS:
        return -1, 0, "", ""
    either = [i for i, w in enumerate(words) if w in EITHER and (w in READING or w in CHANGING)]
    if either and either[-1] == len(words) - 1:
        return either[-1], 1, words[either[-1]], _role(words[either[-1]])
    if either:
        return either[0], 1, words[either[0]], _role(words[either[0]])
    return -1, 0, "", ""


def _role(word: str) -> str:
    # Words in both tables read where they stand as a verb: `check`, `list`, `search`, `track`.
    if word in READING or word in ("review", "quote", "test"):
        return "read"
    return "effect"
