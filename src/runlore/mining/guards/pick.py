"""Guards over a choice: of what was on offer in a result, the good acts only ever took what a flag or a kind tells apart.

Where the tool never had to refuse, there is no negative to learn from. But an act that could have taken any of twelve variants, three of
them out of stock, would have taken one in stock three times in four; that thirty acts all did so is no chance.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from runlore.mining.guards.acts import Act
from runlore.mining.guards.candidates import Material
from runlore.mining.guards.learn import CHANCE, LEAST_GOOD, MERE_CHOICE, Learned
from runlore.mining.guards.past import Rule, unfiltered
from runlore.mining.guards.propose import KEEPS, KNOWN, usual_values
from runlore.model.condition import ArgumentValue, Constant, Expression, Membership, ResultPath
from runlore.model.condition_text import list_arguments

UNSEEN = 0.9
"""Share of the acts that do not have a value which one in ten would have."""


def pick(material: Material, own: Sequence[Learned]) -> list[Learned]:
    """Give what the good acts only ever picked, for arguments that no guard reads yet."""
    good = material.acts.among("good")
    read = {name for g in own for name in list_arguments(g.expression)}
    names = sorted({name for act in good for name in act.odds} - read)
    found: list[Learned] = []
    for name in names:
        chances = _chances(name, [a for a in good if a.arguments.get(name)])
        if not chances:
            continue
        rule = min(chances, key=lambda r: (chances[r], len(r[1]), r))
        corrected = min(1.0, chances[rule] * len(chances))
        if corrected <= MERE_CHOICE and rule[0] in material.activities:
            found.append(Learned(material.evaluate([_membership(name, rule, material)])[0], "choice", "", corrected))
    return [*found, *_closed(material, good, read)]


def _closed(material: Material, good: Sequence[Act], read: set[str]) -> Iterator[Learned]:
    """Arguments that take one of a few phrases, word for word, over many pieces of work: who writes freely does not hit the same phrase again."""
    for name in sorted({name for act in good for name in act.arguments} - read):
        seen = [(a.witness, v) for a in good for v in a.arguments.get(name, ())]
        usual = usual_values(seen, len(seen))
        phrases = len(usual) > 1 and all(isinstance(v, str) and len(v.split()) > 1 for v in usual)
        chance = UNSEEN ** len({witness for witness, _ in seen})
        if phrases and chance <= CHANCE and all(v in usual for _, v in seen):
            condition = Membership(ArgumentValue(name), tuple(map(Constant, usual)))
            yield Learned(material.evaluate([condition])[0], "choice", "", chance)


def _membership(name: str, rule: Rule, material: Material) -> Expression:
    return Membership(ArgumentValue(name), (ResultPath(rule[1], material.activities.index(rule[0]) + 1),))


def _chances(name: str, givers: Sequence[Act]) -> dict[Rule, float]:
    """How likely each filter that nearly all acts kept to, which had something to choose from, would have held by chance; one act a piece of work."""
    offered: Counter[Rule] = Counter()
    hits: Counter[Rule] = Counter()
    logs: dict[Rule, dict[str, float]] = defaultdict(dict)
    for act in givers:
        odds = act.odds.get(name, ())
        for rule in set.intersection(*(set(o) for o in odds)) if odds else ():
            if "[?@" in rule[1]:
                hits[rule] += 1
                logs[rule].setdefault(act.witness, sum(math.log(o[rule]) for o in odds))
            else:
                offered[rule] += 1
    return {
        rule: math.exp(sum(by_piece.values()))
        for rule, by_piece in logs.items()
        if (of := offered[rule[0], unfiltered(rule[1])]) >= KNOWN * len(givers)
        and hits[rule] * KEEPS >= of * (KEEPS - 1)
        and len(by_piece) >= LEAST_GOOD
    }
