"""What the headings of other people's documents mean, by their usual names; and which titles say what is to be done."""

from __future__ import annotations

import re
from typing import Literal

SectionKind = Literal[
    "purpose", "when", "not-when", "inputs", "prerequisites", "steps", "completion", "good", "examples", "failures",
    "escalation", "roles", "aside", "",
]  # fmt: skip

_NUMBER = re.compile(
    r"(?:(?P<word>step|phase|part|stage|task|section)\s+)?(?P<mark>[#(]?)(?P<number>\d{1,2})(?P<sub>(?:\.\d{1,2})*)(?P<end>\s*[.):–—-]|(?=\s|$))\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip


def _names(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_KINDS: tuple[tuple[SectionKind, re.Pattern[str]], ...] = (
    ("not-when", _names(r"(?:when|do) not to (?:use|start|run)\b.*", r"(?:don.t|do not) use.*", r"not (?:for|when)\b.*", r"out of scope", r"limitations?", r"avoid when.*")),
    ("when", _names(r"when(?: to| should you| do i| you should)? (?:use|start|run|apply|invoke)\b.*", r"use (?:this )?when", r"use cases?", r"triggers?(?: conditions?| phrases)?", r"(?:good fits?|applicab(?:le to|ility)\b.*|when)", r"symptoms?(?: .*)?", r"(?:alerts?|signals?) (?:that )?(?:start|trigger).*")),
    ("prerequisites", _names(r"pre-?\s?requisit(?:e|ies)s?\b.*", r".{0,40}\bprerequisites", r"before you (?:start|begin)\b.*", r"(?:before|first)", r"requirements?", r"(?:what )?you(?:.ll| will)? need\b.*", r"preconditions?", r"dependencies", r"required (?:tools|access|permissions|software|credentials)\b.*", r"(?:access|tools|permissions|tooling)(?: (?:and|&) (?:access|tools|permissions))? (?:required|needed)", r"assumptions", r"things (?:you(?:.ll)? need|to have)\b.*", r"preparations?")),
    ("inputs", _names(r"(?:required |optional |expected |user )?(?:inputs?|parameters?|arguments?|variables)\b(?: \(.*\))?", r"(?:information|details|data) (?:needed|required|to (?:collect|gather))\b.*", r"environment variables?")),
    ("completion", _names(r"(?:verification|validation|verify|verifying|confirm(?:ation)?|validate)(?: (?:the )?(?:checklist|steps?|results?|success))?", r"(?:proof|definition) of (?:completion|done)", r"how to (?:verify|confirm|check)\b.*", r"success criteria|acceptance criteria|exit criteria|done when|post-?checks?|completion(?: criteria| checklist)?|final check(?:s|list)?", r"(?:final|verification|quality|completion|sign-?off|review|launch|pre-?flight|release) check-?list", r"expected (?:results?|outcomes?|outputs?|files)", r"required output files?\b.*")),
    ("good", _names(r"what good looks like|quality(?: (?:bar|standards?|criteria|checklist))?|best practices?|(?:guidelines?|principles)|do.?s and don.?ts|standards|rules|conventions|tips(?: (?:and|&|on) .*)?|(?:output )?style")),
    ("examples", _names(r"examples?\b.*", r"(?:usage|sample|code|worked) examples?\b.*", r"samples?(?: .*)?", r".{0,40}\bexamples?", r"templates?|useful (?:code )?snippets\b.*")),
    ("failures", _names(r"trouble-?shooting\b.*", r"failure modes?", r"(?:known|common|possible) (?:issues|errors?|problems|failures|mistakes|pitfalls|causes?)\b.*", r"gotchas?|pitfalls|caveats", r"(?:errors?|error handling|recovery|if (?:it|something|things) (?:fails?|goes? wrong|go wrong))\b.{0,30}", r"faqs?|problems\??|what (?:can|could) go wrong\b.*", r"roll-?backs?(?: (?:plan|steps|procedure))?")),
    ("escalation", _names(r"(?:.{0,30}\b)?escalations?(?: (?:path|policy|procedure|matrix|contacts?))?", r"(?:who|whom) to (?:contact|call|ask|page)\b.*", r"(?:contacts?|getting help|get help|support|help|on-?call contacts?|points? of contact)")),
    ("roles", _names(r"(?:roles?|roles? (?:and|&) responsibilit(?:y|ies)|responsibilit(?:y|ies)|raci|duties|assign roles?|people involved|stakeholders?|owners?(?:hip)?)(?::.*)?")),
    ("aside", _names(r"references?\b.*", r"further (?:reading|information)|(?:see also|related\b.*|links|resources|more information|additional (?:information|resources|reading)|documentation)", r"(?:appendix|annex)\b.*", r"change ?log|(?:revision|version|document) (?:history|control)|glossary|lingo|terms|definitions|licen[cs]es?|credits|acknowledge?ments|contributing|table of contents|contents|toc|notes?|metrics|kpis|training|things to know|important(?: notes?)?|background|context|why\??|architecture|scope|severity\b.*|(?:applicable )?finding types")),
    ("purpose", _names(r"(?:overview|purpose|goals?|objectives?|summary|introduction|intro|description|about(?: .*)?|what (?:is|does|it does)\b.*|abstract|meaning|impact|quick introduction|aims?)")),
    ("steps", _names(r"(?:.{0,60}\b)?(?:steps?|procedures?|process|instructions|work-?flows?|walk-?through|how-?to)(?: (?:for|to)\b.{0,80})?", r"how (?:do (?:i|we|you)|to)\b.*", r"how\??", r"(?:remediation|mitigations?|mitigate|resolution|resolve|fix(?:es|ing)?|response|containment|contain|eradication|eradicate|recovery|recover|investigation|investigate|remediate|diagnosis|diagnose|diagnostics|debug(?:ging)?|triage|actions?|work-?around|respond|communicate|action plan|playbook|method|implementation|instructions)(?: (?:steps|actions|plan|procedures?|process))?", r"(?:steps|process|procedure|workflow|instructions|checklist)\b.{0,80}", r"(?:.{0,30}\b)?check-?list", r"(?:required|recommended) (?:flow|workflow|steps)\b.*", r"(?:.{0,40}\b)(?:workflow|process|procedure)")),
)  # fmt: skip
"""The first row whose pattern is the whole heading says what a section is."""

_VERBS = frozenset(
    """abort accept access acknowledge acquire activate adapt add address adjust advise agree alert align allow amend analyse analyze announce
    append apply appoint approve archive arrange ask assemble assess assign attach audit authenticate authorise authorize automate avoid await back
    backup bake begin block boot bootstrap bounce branch brief bring browse build bump call cancel capture categorize change chase check choose clarify classify clean
    clear click clone close collect combine commit communicate compare compile complete compose compress compute conduct configure confirm connect consider
    consolidate construct consult contact contain continue convert coordinate copy cordon correct craft create cut debug decide declare decrypt define delegate
    delete deliver deny deploy derive describe design destroy detach detect determine develop diagnose diff disable do discard disconnect discover discuss dismiss display
    document double download draft drain drop dry dump edit eliminate email emit enable encrypt end engage enrich ensure enter enumerate eradicate escalate
    establish estimate evaluate evict examine exclude execute exit expand export expose extract facilitate fetch file fill filter finalise finalize find finish fix
    flag flush focus follow force format forward gather generate get give go goto grab grant group hand handle help hide hold identify ignore implement import improve
    include increase inform initialise initialize initiate inject input inspect install instruct integrate interview introduce investigate invite invoke isolate issue join keep kill label
    launch lead learn leave let limit link list listen load locate lock log login logout look lookup make manage map mark measure merge message migrate mirror mitigate modify monitor
    mount move name navigate negotiate note notify observe obtain offer onboard open order organise organize output override page paste patch pause perform pick ping place plan
    post prepare present preserve press prevent print prioritise prioritize probe process produce profile promote prompt propose protect prove provide provision publish pull purge push put query
    quarantine queue quit raise re-apply re-encrypt re-initialise re-initialize re-run reach read reboot rebuild recap receive recheck reclaim recommend reconcile record recover recreate recycle redeploy
    redirect reduce refactor refer refine refresh register reimage reinforce reinstall reject release reload relocate remediate remember remind remove rename render renew repair repeat
    replace replicate reply report reproduce request require rerun research reset resize resolve respond restart restore restrict resume retain retest retrieve retry return reuse
    revert review revise revoke rewrite roll rotate route run sanitise sanitize save scale scan schedule scope score scrape search secure see seed select send separate serve set setup share shift ship
    show shut shutdown sign simulate skip sort specify spin split ssh stage start state stay stop store stress structure submit subscribe suggest summarise summarize supply suspend swap switch sync
    synchronise synchronize synthesise synthesize tag tail taint take talk target tear tell terminate test throttle tidy toggle trace track train transfer transform triage trigger troubleshoot try tune turn type unblock
    uncordon understand undo uninstall unlock unmount unpause un-pause unseal untar unzip update upgrade upload use validate verify view visit wait walk warn watch wipe withdraw work wrap write zip""".split()  # noqa: SIM905
)
_LEADS = re.compile(
    r"(?:(?:please|then|now|next|first|firstly|finally|lastly|optionally|manually|carefully|immediately|also|always|always|never|again|you (?:must|should|can|will|need to|may)|(?:do not|don.t)|if \S.{0,60}?,|once \S.{0,60}?,|when \S.{0,60}?,|after \S.{0,60}?,|in \S.{0,60}?,|using \S.{0,60}?,|on \S.{0,60}?,|from \S.{0,60}?,|for \S.{0,60}?,|with \S.{0,60}?,)[:,]?\s+)+",
    re.IGNORECASE,
)  # fmt: skip
_CONDITION = re.compile(
    r"(?:if|once|when|after|while|unless|before|until|you (?:must|should|can|will|may|need))\b", re.IGNORECASE
)
_COMMAND = re.compile(r"`[a-z][\w./-]* [^`]+`")
_TO_DO = re.compile(r"To [a-z]+ [^.]{1,160}(?:[,:]|$)")
_ASIDE = re.compile(r"(?:note|notes|nb|tip|warning|example)\s*[:–—-]", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+(?:-[a-z]+)?")
_COLLECTION = re.compile(
    r"(?:tips|tricks|faq|glossary|index|incident log|change ?log|catalogue|catalog|dashboards|snippets|cheat ?sheet|list of|templates)\b|\b(?:cheat ?sheet|glossary|faq|catalogue|dashboards|tips and tricks)\b",
    re.IGNORECASE,
)  # fmt: skip
_LEAD_IN = re.compile(
    r"(?:\bsteps?\b|\bfollow(?:s|ing)?\b|\bprocess\b|\bprocedure\b|\bdo the\b|\bas follows\b|^to [a-z]+ ).{0,200}:?\s*$",
    re.IGNORECASE,
)

_ASKS = re.compile(
    r"\b(?:need|needs|require[sd]?|must have|have the following|assumed?|pre-?requisites?|you have)\b[^.]{0,120}:\s*$",
    re.IGNORECASE,
)


def kind_of(title: str) -> SectionKind:
    """Say what a section is by its heading, ``""`` where the heading is not one of the usual ones; a number before it does not count."""
    words = re.sub(r"[*_`:]+$|^[*_`]+", "", split_number(title)[1].strip()).strip(" :.?!")
    words = re.sub(r"(?<=\w)\s+\([^()]*\)$", "", re.sub(r"^[^\w(]+", "", words)[:200]).strip()
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(words)), "")


def split_number(title: str) -> tuple[int, str]:
    """Give the number of a numbered heading (``2. Scale``, ``Step 2: Scale``, ``2) Scale``) and the rest; 0 where it has none.

    ``3.1 Lead`` has none: it stands below a numbered one. ``2 pods are down`` has none either.
    """
    found = _NUMBER.match(title)
    if found is None or found["sub"] or not (found["word"] or found["end"]):
        return 0, title
    if found["mark"] == "(" and not found["end"].strip().startswith(")"):
        return 0, title
    if not found["rest"] and not found["word"]:
        return 0, title
    return int(found["number"]), found["rest"] or title


def is_action(text: str) -> bool:
    """Say whether words tell somebody to do something: they begin with a verb, or with a condition or an adverb before one."""
    words = text.strip(" *_\"'")
    if _COMMAND.match(words):
        return True
    words = words.strip("`")
    lead = _LEADS.match(words)
    rest = words[lead.end() if lead else 0 :].strip(" *_`\"'")
    first = _WORD.match(rest)
    if first is None or _ASIDE.match(rest):
        return False
    return bool(_CONDITION.match(words)) or first[0].lower() in _VERBS


def is_told(text: str) -> bool:
    """Say whether a paragraph tells somebody to do something; *To list them, run* does too."""
    return is_action(text) or bool(_TO_DO.match(text))


def is_deed(text: str) -> bool:
    """Say whether a heading names something that is done: it begins with a verb, in the imperative or with ``-ing``."""
    first = _WORD.match(text.strip(" *_`\"'"))
    if first is None:
        return False
    word = first[0].lower()
    if not word.endswith("ing"):
        return word in _VERBS
    root = word[:-3]
    doubled = root[:-1] if len(root) > 2 and root[-1] == root[-2] else root
    return bool({root, f"{root}e", doubled} & _VERBS)


def is_collection(title: str) -> bool:
    """Say whether a document's title says that its sections have nothing to do with each other (tips, a log, an index)."""
    return bool(_COLLECTION.search(title))


def asks_for(text: str) -> bool:
    """Say whether a paragraph announces, as a list behind it, what one needs before one starts."""
    return bool(_ASKS.search(text[-300:])) and not re.search(r"(?i)\bsteps\b", text[-120:])


def leads_in(text: str) -> bool:
    """Say whether a paragraph announces the steps of the list behind it."""
    return bool(_LEAD_IN.search(text[-300:]))
