"""Whether a person's words say yes to what was put to them, among whatever else they say."""

from __future__ import annotations

import re

_YES = re.compile(
    r"(?i)(?:^|[.!?;:,\n–—…-]\s*|\b(?:and|so|then|well|but|oh|um+|uh|thanks?|you)\b[,. …]*|[*_#>\d.)]+\s*)"
    r"(?:yes|yep|yeah|yup|aye|sure|okay|ok|absolutely|definitely|certainly|of course|confirmed?|i (?:do |hereby )?(?:confirm|approve|agree)|agreed|approved|correct|"
    r"that(?:['’]s| is| all)? (?:all )?(?:right|correct|fine|good|great|perfect|works?|sounds? (?:good|great|right|perfect))|(?:looks|sounds) (?:good|great|right|perfect|correct)|"
    r"works for me|let['’]?s (?:do|go|proceed|lock)|do it|go for it|go ahead|proceed|ship it|fine)\b"
)
_BIDS = re.compile(
    r"(?i)\b(?:please|just|go ahead|let['’]?s|you (?:can|may)|i(?:['’]d| would) like (?:you )?to|feel free to|ready to|happy to) (?:then |now |just |also )?"
    r"(?:go ahead|proceed|process|submit|confirm|continue|move forward|finali[sz]e|complete|do (?:it|that|so|this)|make (?:the|that|this|those|these) (?:change|exchange|update|switch|return)s?|go with)\b"
)
_WITHHELD = re.compile(
    r"(?i)\b(?:don['’]?t|do not|not yet|never|hold off(?: on)?|before you|until|without|instead of|won['’]?t|wouldn['’]?t|can(?:no|['’])t)\b[^.!?\n]{0,30}\b"
    r"(?:proceed|process|submit|confirm|go ahead|do (?:it|that|this|so))\b|^\W*(?:no(?! longer)|nope|wait|stop|hold on|actually,? no)\b"
)
_PUT = re.compile(
    r"(?i)\?\W*(?:$|\n)|\?[^?]{0,200}$|\bconfirm\b|\byes\W{1,4}(?:or\W{1,4})?no\b|\b(?:reply|respond|answer|say|type) (?:with )?\W?yes\b|"
    r"\blet me know (?:if|whether|how|when|once)\b[^.!?\n]{0,80}\b(?:proceed|continue|go ahead|acceptable|okay|ok|adjust|changes?)\b"
)
LONGEST = 1500


def asks_consent(said_before: str) -> bool:
    """Say whether the agent's words put something to the person: a question at their end, or a request to confirm."""
    return bool(_PUT.search(said_before[-LONGEST:].strip()))


def gives_consent(words: str) -> bool:
    """Say whether a person's words say yes or bid the agent go on; a yes that is taken back in the same words is none."""
    words = words[:LONGEST]
    if _WITHHELD.search(words):
        return False
    return bool(_YES.search(words) or _BIDS.search(words))
