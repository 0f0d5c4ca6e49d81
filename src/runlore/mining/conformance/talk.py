"""What the conversation around the calls says: how often the agent could not, whether it ends on an open proposal, what the person made of it.

The words are English ones and name no trade: they are how people agree, object and go on, and how agents refuse and propose.
"""

from __future__ import annotations

import re
from typing import Final

from runlore.mining.conformance.signs import Tally
from runlore.mining.guards.consent import gives_consent
from runlore.model import Event, Source

YES: Final = re.compile(
    r"(?i)^\W*(?:yes|yep|yeah|yup|sure|ok(?:ay)?|correct|absolutely|confirm\w*|approved?|please (?:do|proceed|go)|go ahead|do it|proceed|"
    r"that'?s (?:right|correct|fine)|sounds good|looks good|i confirm)\b"
)
_OBJECTS: Final = re.compile(
    r"(?i)\b(?:only wanted|not the|wrong|mistake|disappoint\w*|frustrat\w*|unfortunate(?:ly)?|instead|actually|wait|but|didn't|don't want|"
    r"changed? my mind|undo|revert|forgot)\b"
)
_OTHERWISE: Final = re.compile(
    r"(?i)\b(?:actually|instead|changed? my mind|on second thought|rather|wait|never ?mind|forget|if (?:that|it|this|you|not)|otherwise)\b"
)
_MORE: Final = re.compile(r"(?i)\b(?:also|another|as well|additionally|one more|too|and then|both|all)\b")
_SEVERAL: Final = re.compile(r"(?i)\b(?:two|three|four|several|couple|few|both|all|everything|multiple|each|every)\b")
_NOTED: Final = re.compile(r"(?i)\b(?:alright|okay|ok|fine|understood|i see|guess|got it|hmm|oh)\b")
_CANNOT: Final = re.compile(
    r"(?i)\b(?:unfortunately|cannot|can't|unable|not able|apologi[sz]e|sorry|(?:not|isn't) possible)\b"
)
_PROPOSES: Final = re.compile(
    r"(?i)\b(?:proceed|confirm|would you like me|shall i|do you want me|go ahead|ready to|reply yes|say yes)\b"
)
_NOT_FOUND: Final = re.compile(
    r"(?i)\b(?:could ?n[o']t (?:find|locate)|not (?:find|found|see|locate|listed|included?)|no (?:record|items?|mention|such)|"
    r"doesn't (?:appear|include|contain|seem)|unable to (?:find|locate)|none of|don't see|does not (?:include|contain|appear))\b"
)
_LAST_TURNS: Final = 2
_MOST: Final = 4000
"""Characters looked at of what one message says."""


class Talk:
    """The conversation of one case so far."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._turns = 0
        self._acts = 0
        self._acts_in_turn = 0
        self._agreed = False
        self._plainly = False
        self._asked: Source | None = None
        self._noted: list[tuple[bool, Source]] = []
        self._done: Source | None = None
        self._proposal: Source | None = None
        self._not_found: Source | None = None

    @property
    def has_agreed(self) -> bool:
        """Whether the person's latest words were a yes."""
        return self._agreed

    @property
    def last_words(self) -> Source | None:
        """Where the person spoke last."""
        return self._asked

    def hear(self, event: Event, place: Source) -> None:
        """Take in what the person said."""
        text = event.text[:_MOST]
        self._turns += 1
        self._acts_in_turn = 0
        self._agreed = gives_consent(text)
        self._plainly = bool(YES.search(text))
        self._asked = place
        self._noted = [*self._noted[1 - _LAST_TURNS :], (bool(_NOTED.search(text)), place)]
        self._count("wishes", _MORE, text, place)
        self._count("several", _SEVERAL, text, place)
        self._tally.note("turns", (place,))
        if self._done is not None:
            self._count("objections", _OBJECTS, text, self._done, place)
            self._count("thoughts", _OTHERWISE, text, self._done, place)
        else:
            self._tally.note("waiting", (place,))

    def answer(self, agreed: bool, place: Source) -> None:
        """Take in what the person answered to a question of the agent's, put by a tool."""
        self._agreed = self._plainly = agreed
        self._asked = place

    def say(self, event: Event, place: Source) -> None:
        """Take in what the agent said."""
        text = event.text[:_MOST]
        self._count("refusals", _CANNOT, text, place)
        proposes = _PROPOSES.search(text) is not None
        self._proposal = place if proposes and not self._acts_in_turn else None
        if proposes:
            self._tally.note("proposals", (place,))
        if _NOT_FOUND.search(text):
            self._not_found = place

    def act(self, place: Source) -> None:
        """Take in that the world was changed."""
        if not self._plainly and not self._acts_in_turn:
            self._tally.note("unagreed", (place,))
        self._acts += 1
        self._done = self._done if self._acts_in_turn else place
        self._acts_in_turn += 1
        self._proposal = None
        self._tally.forget("thoughts")
        self._tally.forget("proposals")

    def hand_over(self, place: Source) -> None:
        """Take in that the work was given to a person."""
        if self._proposal is not None and not self._acts:
            self._tally.note("handed", (place,))

    def close(self) -> None:
        """Set the signs that only the end tells."""
        noted = next((place for is_noted, place in self._noted if is_noted), None)
        self._tally.set("lukewarm", int(noted is not None), noted)
        self._tally.set("open", int(self._proposal is not None), self._proposal)
        lost = self._not_found if not self._acts else None
        self._tally.set("missing", int(lost is not None), lost)
        self._tally.set("idle", int(not self._acts and self._turns > 0), self._asked if not self._acts else None)

    def _count(self, name: str, pattern: re.Pattern[str], text: str, *places: Source) -> None:
        times = len(pattern.findall(text))
        if times:
            self._tally.note(name, places, times)
