"""People's words: which of them carry content, and what a prompt is in the flow of the work."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from runlore.mining.objects import objects_of
from runlore.mining.vocabulary import words_of

PromptKind = Literal["request", "followup", "confirmation", "correction", "rejection", "answer", "plan", "noise"]

_MAX_TEXT: Final = 20_000

_STOP: Final = words_of(
    "a about above after again against all also although always am among an and another any anybody anyone anything are aren around as at "
    "away back be because been before being below besides between both but by can cannot could couldn did didn do does doesn doing don done "
    "down during each either else enough even ever every everyone everything few for from further get gets getting give given go goes going gone got "
    "had hadn has hasn have haven having he her here hers herself him himself his how however i if in instead into is isn it its itself "
    "just keep kind know last least less let lets like little look looks lot made make makes making many may maybe me mean might mine more most much must "
    "my myself need needs neither never next no nobody none nor not nothing now of off often oh on once one ones only onto or other others our ours "
    "ourselves out over own per perhaps please put quite rather really same see seem seems shall she should shouldn since so some somebody "
    "someone something still such sure take than that the their theirs them themselves then there these they thing things think this those "
    "though three through to together too took toward try trying two under until up upon us use used using very via want wants was wasn way ways we well were "
    "weren what whatever when where whether which while who whom whose why will with within without won would wouldn yes yet you your "
    "yours yourself yep yeah yup ok okay nope thanks thank thx cool great nice good hello hi hey hmm uh um ah eh ooh ha lol awesome perfect sorry cheers pls "
    "guess actually basically probably right whoops ahh sounds gonna wanna first second also already bit able "
    "ll ve re im id dont cant doesnt didnt isnt wont whats thats theres ive youre q etc eg ie vs hmmm haha ugh damn heck fine morning appreciate kindly "
    "help would could hope wondering wonder question tell said say says people today currently exactly"
)
_FENCE: Final = re.compile(r"```.*?(?:```|\Z)|<(\w[\w-]*)>.*?</\1>", re.DOTALL)
_LOG_LINE: Final = re.compile(
    r"^(?:[ \t]*(?:[>$❯⏺⎿|│✓✗]|at \S+\(|File \"|\d{4}-\d\d-\d\d[T ]|\w{3} +\d+ \d\d:\d\d|[{}\[\]]|---? |\+\+\+|===|@@|(?:ERROR|WARN|INFO|DEBUG)\b)|.*\S\.\w+:\d+(?::\d+)?[: ]).*$",
    re.MULTILINE,
)
_OPAQUE: Final = re.compile(
    r"https?://\S+|`[^`\n]*`|[^\s@]{1,64}@[^\s@]{1,200}\.\w+|(?:[~.]{0,2}/)?[\w.@-]{1,200}(?:/[\w.@-]{1,200})+/?|\b[\w-]{1,200}\.(?:go|py|ts|tsx|js|jsx|md|json|ya?ml|toml|rs|sh|txt|html|css)\b"
    r"|\b(?=\w*\d)[0-9a-f]{6,}\b|\b[0-9a-f]{8}-[0-9a-f-]{20,}\b|#?\b\w*\d\w*\b"
)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’_-]*[A-Za-z]|[A-Za-z]{2,}|[^\W\d_]{3,}")
_SUFFIXES: Final = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("s", ""))
# Verbs whose lost e no rule of spelling tells.
_E_VERBS: Final = words_of(
    "stor cach delet renam writ describ schedul upgrad compil not restor fil invit complet nam cit quot promot vot scal styl bundl explor ignor "
    "requir declar prepar compar shar car far fir hir tir wir expir inspir acquir inquir assum consum resum presum tim dat lin mak tak wak bak "
    "driv giv liv hav solv sav paus us clos los chos rais rout debat relat rat stat dictat pip typ wip hop cop scop shap tap escap "
    "enabl disabl handl tabl troubl singl styl titl settl profil toggl tackl merg purg charg forg stag packag manag encourag damag engag guid hid sid "
    "provid decid divid cod mod nod explod includ conclud exclud cub prob tub subscrib prescrib unsubscrib scrib inscrib polic invok evok revok strok smok"
)
_DOUBLED: Final = words_of(
    "cancell labell travell modell controll signall totall fuell refuell compell propell tunnell channell"
)
_KEEP: Final = words_of("need string during bring thing king spring bed red shed feed seed speed embed status address process access class js css aws bus gas news is his ios "
                        "always dns always series species release lens analysis basis anything everything nothing something")  # fmt: skip


def content_words(text: str) -> tuple[str, ...]:
    """Give the words of a text that carry content: lower case, stemmed lightly, in order, each once.

    Code, logs, paths, links, ids and numbers are left out, stop words and pleasantries too. Only the first 20,000 characters count.
    """
    return _content_words(text[:_MAX_TEXT])


@lru_cache(maxsize=4096)
def _content_words(text: str) -> tuple[str, ...]:
    if "```" in text or "<" in text:
        text = _FENCE.sub(" ", text)
    if "\n" in text:
        text = _LOG_LINE.sub(" ", text)
    found: dict[str, None] = {}
    for word in _WORD.findall(_OPAQUE.sub(" ", text)):
        lower = word.lower().replace("’", "'").split("'")[0]
        for part in re.split(r"[-_]", lower) if "-" in lower or "_" in lower else (lower,):
            if len(part) > 1 and part not in _STOP:
                found[stem(part)] = None
    return tuple(word for word in found if word not in _STOP)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Take off an English plural, -ing or -ed; no more, so that stems stay readable (``retries`` → ``retry``, ``failing`` → ``fail``)."""
    if len(word) < 4 or word in _KEEP or word.endswith(("ss", "us", "is")):
        return word
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix):
            if suffix in ("ies", "ied"):
                return word[:-3] + instead if len(word) > 4 else word
            if suffix == "s":
                return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
            root = word[: -len(suffix)]
            if len(root) < 3 or not re.search(r"[aeiouy]", root):
                return word
            if suffix == "ed" and root.endswith("e"):
                return word  # need, seed
            if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
                return root[:-1]  # running → run
            if root in _DOUBLED:
                return root[:-1]
            if root in _E_VERBS or _wants_e(root):
                return root + "e"  # merging → merge
            return root
    return word


def _wants_e(root: str) -> bool:
    """Say whether the verb lost an e before -ing or -ed: `merg`, `creat`, `updat`, `us`, `chang`, `releas`, `configur`."""
    return bool(_LOST_E.search(root)) and not _NO_E.search(root)


_LOST_E: Final = re.compile(
    r"(?:(?:[^aeioun]|[aeiou]n|rr?an|chan)g|[a-z]at|ut|c|v|(?:qu|[^aeiou])[iu]r|[aeiou]s|rs|iz|[^aeiou]id|ud|od|[bkptdcg]l|[^aeiou]u|[^aeiouwrlscn]ak|ok|yp|[^aeiou]in|op|as|ar)\Z"
)
_NO_E: Final = re.compile(
    r"(?:[^r]eat|oat|ook|ell|[^aeiou]in(?<!fin|bin|lin|min)|ong|ing|visit|edit|limit|format|treat|chat|cat|what|stat|input|output|plugin|develop|stop|shop|crop|drop|appear|clear|near|hear|year|bear|load|read|thread|avoid|"
    r"begin|train|explain|maintain|contain|focus|bias|canvas|alias|cut|put|out|sync|async|exec|spec)\Z"
)


_NOISE: Final = re.compile(
    r"^(?:<[\w-]+>|\[Request interrupted|Operation stopped by hook|\[Image|Caveat:|/(?:exit|clear|compact|quit|model|help|cost|login|logout|status|resume|config|ide|context)\b)"
)
_PLAN: Final = re.compile(
    r"^\s*(?:please )?(?:implement|execute|follow|here(?:'s| is)) (?:the|this|my|our) (?:following )?plan\b|^\s*# (?:implementation )?plan\b",
    re.IGNORECASE,
)
_CONFIRMATION: Final = re.compile(
    r"^(?:(?:oh|ah|ooh|ha|haha|hmm+|well|and|ok|okay|k|kk|cool|great|nice|perfect|awesome|excellent|thanks|thank you|alright|all right|right|sure|good|lovely|brilliant|yes|yeah|yep|yup|ya|y|aye|"
    r"definitely|absolutely|exactly|correct|agreed|agree|indeed|please|fine|lgtm|lg|approved|done|ready|continue|proceed|go|go ahead|do it|do that|do this|do so|do both|do all(?: of (?:them|it))?|"
    r"let'?s (?:go|do it|do that|do this|proceed|continue)|go for it|carry on|keep going|ship it|looks (?:good|great|right|fine)(?: to me)?|sounds (?:good|great|right|like a plan)|works for me|"
    r"that(?:'s| is)? (?:works|fine|good|great|right|correct|ok|okay|perfect)|that works|i (?:agree|confirm|approve)(?: (?:it|that|this))?|make it so|run it|both|both please|all of them|"
    r"i'?m (?:happy|fine|ok|okay) with (?:that|it|this)|with (?:that|it|this)|to me|for me|for it|it|that|this|them|now|then|so|with|ahead|please do|of course|no problem|why not|"
    r"next|the next(?: one| step| task)?|on|and continue|capture|both of them|the first one)(?:[\s,.!?;:…-]|$)+)+(?:👍|✅|🙏|😅|🎉)?\s*$",
    re.IGNORECASE,
)
_STARTS_YES: Final = re.compile(
    r"^(?:(?:ok|okay|ah|oh|cool|great|nice|perfect|awesome|alright|right|sure|yes|yeah|yep|yup|definitely|absolutely|exactly|correct|agreed|lgtm|sounds good|looks good|go ahead|do it|"
    r"let'?s do (?:it|that)|thanks|thank you)[\s,.!:;…-]+)+",
    re.IGNORECASE,
)
_REJECTION: Final = re.compile(
    r"^(?:no+|nope|nah|stop|wait|cancel|abort|undo(?: (?:that|this|it))?|revert (?:that|this|it)|roll (?:that|this|it)? ?back|don'?t|hold on|never ?mind|forget it|leave it|skip (?:it|that|this)|"
    r"not (?:now|yet|that|this|like that)|no thanks?|no thank you|that'?s (?:wrong|not right)|wrong)(?:[\s,.!?:;…-]+(?:it|that|this|please|thanks?|thank you|now|there|yet|don'?t|stop|do that|do it|no))*\s*[.!]*\s*$",
    re.IGNORECASE,
)
_CORRECTION_START: Final = re.compile(
    r"^(?:(?:hmm+|ah|oh|ok|okay|well|sorry|but|wait|yeah|yes|uh+|um+|ehh?|hey|argh+)[\s,.:!…-]+)*"
    r"(?:no+\b(?:\s*[,.!:;–-]+\s*|\s+(?=(?:don|do|use|remove|it|that|this|the|i|you|we|they|just|keep|put|leave|make|not|never|actually|please|stop|instead|let|only|should|wait|revert|undo|go|try)\b))(?!need\b|problem\b|worries\b|idea\b|rush\b|matter\b|longer\b|one\b|changes?\b|errors?\b|results?\b|tests?\b|idea\b)\w|nope\b[\s,.!:;-]+\w|nah\b[\s,.!:;-]+\w|not quite\b|not really\b|"
    r"(?:please )?stop\s+(?:\w+ing\b|it\b|that\b|this\b|for\b)|(?:please )?(?:don'?t|do not|never|avoid|quit)\s+(?!worry\b|know\b|think\b|understand\b|see\b|we\b|you think\b|forget\b|hesitate\b|have\b|need\b|want\b)\w+|"
    r"actually\b[\s,]|instead\b[\s,]|rather\b[\s,]|wait\b[\s,.!-]+\w|i (?:said|told you|meant|asked (?:you )?(?:for|to)|already (?:said|told)|didn'?t (?:ask|say|mean|want)|don'?t want|never (?:said|asked)|want(?:ed)? you to)\b|"
    r"you (?:should(?:n'?t| not)|must(?:n'?t| not)|forgot|missed|didn'?t|did not|broke|removed|deleted|ignored|were supposed|weren'?t supposed|need(?:ed)? to (?:use|run|stop|undo|revert)|keep \w+ing)\b|"
    r"that'?s (?:not|wrong|incorrect|the wrong|too)\b|that (?:is|was) (?:not|wrong|incorrect|the wrong|too)\b|this (?:is|was) (?:wrong|incorrect|not (?:right|correct|what))\b|it'?s (?:not|wrong|incorrect|supposed to)\b|"
    r"wrong\b|incorrect\b|still (?:not|wrong|broken|failing|doesn'?t|isn'?t)\b|why (?:did|are|have|would|do) you\b|i don'?t (?:like|think (?:we|you|that|this|it))\b|"
    r"(?:undo|revert|roll back) (?:that|this|it|your|the last)\b|let'?s (?:not|undo|revert|roll back)\b|"
    r"i'?d (?:rather|prefer)\b|we (?:don'?t|do not|never|always) (?:use|do|want|need|commit|push|write|put|call|name)\b)",
    re.IGNORECASE,
)
_CORRECTION_ANYWHERE: Final = re.compile(
    r"\b(?:use|do|try|make|put|call|take|keep|write|run) [\w\s`'\"./-]{1,40}\binstead(?: of\b|[.!]?\s*$)|\b(?:is|was|are|were) not (?:correct|right|what i)\b|\bnot what i (?:asked|wanted|meant)\b|"
    r"\b(?:should(?:n'?t| not)) (?:be|have|do|use|change|touch)\b.{0,60}\b(?:changed|touched|removed|only|should)\b|\bi meant\b|\bas i said\b|\blike i said\b|\bnot (?:so|too|that) (?:formal|long|verbose|fancy)\b",
    re.IGNORECASE,
)
_ANSWER: Final = re.compile(
    r"^(?:option\s+\w{1,2}\b|(?:let'?s )?(?:skip|do|fix|take|ignore|start with|only|just) #?\d+\b(?=\s*(?:,|and\b|&|[.!]?\s*$|please))|\(?[a-dA-D1-9][).:](?:\s|$)|[a-dA-D]$|[1-9]$|[1-9](?:\s*(?:,|and|&|\+)\s*[1-9])+\b|(?:let'?s (?:do|go with|take)|do|go with|take|i'?d (?:go with|take|pick)|i (?:like|prefer|pick|choose)|yeah,? let'?s (?:do|tackle))\s+"
    r"(?:option\s+)?(?:\(?[1-9a-d]\)?(?:\s*(?:,|and|&|\+)\s*[1-9])*\b(?! )|[1-9]\b|the (?:first|second|third|last|former|latter)\b|option\b|both\b|all\b)|the (?:first|second|third|last|former|latter)(?: one| option)?[.!]?$)",
    re.IGNORECASE,
)
_FOLLOWUP_START: Final = re.compile(
    r"^(?:(?:ok|okay|yes|yeah|yep|cool|great|nice|thanks|alright|hmm+|ah|oh|ooh|right|so|well|q:|uh+|um+)[\s,.:!…-]+)*(?:and|also|but|then|now|plus|what about|how about|same|or|so|because|once|after that|additionally|another|one more|"
    r"are you sure|is it|is that|is this|does that|does this|does it|do they|did that|did it|did you|was that|was it|can it|could it|would it|would that|will it|will that|which|why|where is|how come|who|"
    r"commit|push|amend|continue|retry|try again|again|rerun|re-?run|run (?:it|them|the tests?)|open (?:a|the) pr|create (?:a|the) pr|lint|fix (?:it|that|this|them|the lint)|(?:the )?(?:linting|tests?|ci|build|lint) (?:is|are) (?:now |still )?(?:failing|broken|red)|(?:lint|ci|build|test) fail\w*)\b",
    re.IGNORECASE,
)
_REFERS_BACK: Final = re.compile(
    r"\b(?:it|that|this|these|those|them|they|there|above|previous|earlier|again|same|still|else)\b", re.IGNORECASE
)
_ASKS: Final = re.compile(
    r"(?:so )?(?:what|why|how|when|where|who|which|is|are|can|could|should|do|does|did)\b", re.IGNORECASE
)
_DECORATION: Final = re.compile(r"^[^\w(`/#@\"'.-]+")
_NOW: Final = re.compile(r"(?:ok(?:ay)?[\s,.!]+)?(?:now|next)\b", re.IGNORECASE)
_STARTS_WITH_YES: Final = re.compile(
    r"(?:oh|ah|uh+|ok(?:ay)?|hmm+)?[\s,.!]*(?:yes|yeah|yep|yup|sure|definitely|absolutely|exactly|agreed)\b",
    re.IGNORECASE,
)
_POINTS_BACK: Final = re.compile(
    r".{0,80}\b(?:as well|prior|previous|beforehand|our options|the rest)\b|(?:u+m+|uh+|oh|ah|eh+)?[\s,.]*(?:sorry|it'?s|that'?s|these|those|they)\b",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^\s*\d[.)]\s", re.MULTILINE)


@lru_cache(maxsize=4096)
def classify_prompt(text: str) -> PromptKind:
    """Say what a person's words are in the flow of the work.

    ``request`` asks for something, ``followup`` stays on what is going on, ``confirmation`` says yes, ``correction`` says what to do otherwise,
    ``rejection`` says no and nothing more, ``answer`` picks among what was offered, ``plan`` hands over a written plan, ``noise`` is
    nothing to work on. Only the person's own opening words decide; what they paste below is not theirs.
    """
    text = text.strip()
    if not text or _NOISE.match(text) or not re.search(r"[^\W_]", text):
        return "noise"
    if _PLAN.match(text):
        return "plan"
    own = _own_words(text)
    if not own:
        return "followup"
    own = _DECORATION.sub("", own) or own
    lead = own[:400]
    if len(own) <= 120 and _REJECTION.match(own):
        return "rejection"
    if len(own) <= 120 and _CONFIRMATION.match(own):
        return "confirmation"
    if _ANSWER.match(own) and len(own) <= 600 and len(_NUMBERED.findall(text)) < 2:
        return "answer"
    if _CORRECTION_START.match(lead) or _CORRECTION_ANYWHERE.search(lead[:200]):
        return "correction"
    rest = _STARTS_YES.sub("", own)
    words = content_words(rest)
    if rest != own and len(words) <= 3 and len(own) <= 80:
        return "followup" if "?" in own or _ASKS.match(rest) else "confirmation"
    if _STARTS_WITH_YES.match(own) and not objects_of(own):
        return "followup"  # a yes, and what comes next
    if not words and objects_of(own):
        return "request"  # a bare link or ticket key
    if not words or (len(words) == 1 and len(own) <= 12 and not _FOLLOWUP_START.match(own)):
        return "followup"
    if _FOLLOWUP_START.match(own) and len(words) <= 14 and not (_NOW.match(own) and objects_of(own)):
        return "followup"
    if _POINTS_BACK.match(own) and len(words) <= 20 and not objects_of(own):
        return "followup"
    if len(words) <= 5 and _REFERS_BACK.search(own) and not objects_of(own):
        return "followup"
    return "request"


def _own_words(text: str) -> str:
    """Give what the person typed before and around what they pasted: without code, logs and quoted blocks."""
    text = _FENCE.sub("\n", text)
    lines = [line for line in text.split("\n") if line.strip()]
    kept: list[str] = []
    for line in lines[:40]:
        if _LOG_LINE.match(line):
            if kept:
                break
            continue
        kept.append(line.strip())
    return " ".join(kept)[:2000]
