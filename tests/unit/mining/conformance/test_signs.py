"""What the conversation and the values of a case leave behind as signs."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from conformance_example import call, said, told

from runlore.mining.conformance.flow import Flow
from runlore.mining.conformance.signs import Tally
from runlore.mining.conformance.talk import Talk
from runlore.mining.conformance.things import Things
from runlore.model import Event, Source


def place(index: int) -> Source:
    return Source("sha256:t", 1, index)


def talk(*steps: str) -> Tally:
    """A conversation: ``P…`` the person says, ``A…`` the agent says, ``!`` something is changed, ``>`` the work is handed over."""
    tally = Tally()
    spoken = Talk(tally)
    for index, step in enumerate(steps):
        if step == "!":
            spoken.act(place(index))
        elif step == ">":
            spoken.hand_over(place(index))
        elif step[0] == "P":
            spoken.hear(said(step[1:], index), place(index))
        else:
            spoken.say(told(step[1:], index), place(index))
    spoken.close()
    return tally


def test_an_objection_counts_only_after_something_was_done() -> None:
    assert talk("PActually, change it instead", "ADone?", "PYes", "!").counts.get("objections") is None
    assert talk("PChange it", "!", "PNo, that is all").counts.get("objections") is None
    tally = talk("PChange it", "!", "PThat is wrong, I only wanted one of them")
    assert tally.counts["objections"] == 2
    assert tally.places["objections"] == [place(1), place(2)]


def test_a_yes_is_what_opens_the_persons_words() -> None:
    assert talk("PYes, please do", "!").counts.get("unagreed") is None
    assert talk("PWhat does it cost?", "!", "!").counts["unagreed"] == 1, "once a turn"


def test_a_proposal_is_open_until_something_is_done() -> None:
    assert talk("PBook it", "AShall I proceed?").counts["open"] == 1
    assert talk("PBook it", "AShall I proceed?", "PYes", "!", "ADone.").counts["open"] == 0
    assert talk("PBook it", "AShall I proceed?", ">").counts["handed"] == 1
    assert talk("PBook it", "AI will pass you on.", ">").counts.get("handed") is None


def test_what_was_listed_and_never_looked_at_is_unread() -> None:
    tally = Tally()
    flow = Flow(tally)
    flow.call(
        "get_person",
        call("get_person", {"id": "P1001"}, {"id": "P1001", "cars": ["C101", "C202", "C303"]}, 0),
        place(0),
        reads=True,
    )
    flow.close()
    assert tally.counts["unread"] == 0, "nothing of the list was looked at: there was no need to"
    flow.call("get_car", call("get_car", {"id": "C101"}, {"id": "C101"}, 1), place(1), reads=True)
    flow.close()
    assert (tally.counts["listed"], tally.counts["unread"]) == (3, 2)


def test_a_value_is_traced_to_results_words_and_keys() -> None:
    flow = Flow(Tally())
    flow.hear("My number is K4711")
    flow.call("list_cars", call("list_cars", {}, {"C202": {"doors": 4}, "owner": "P1001"}, 0), place(0), reads=True)

    def untraced(**given: object) -> tuple[str, ...]:
        return flow.untraced(call("sell_car", given, None, 1))

    assert untraced(number="k4711", car="C202", owner="P1001", price=9000, note="as seen") == ()
    assert untraced(car="C999") == ("car",)


def things(words: str, touched: set[str]) -> tuple[str, ...]:
    known = Things()
    known.hear(words)
    shown = {
        "order_id": "O1001",
        "items": [{"item_id": "I7001", "name": "Garden Hose"}, {"item_id": "I7002", "name": "Water Bottle"}],
    }
    known.show(shown, place(0))
    known.touch(touched)
    return tuple(name for name, _ in known.untouched())


def test_what_was_spoken_of_and_left_alone() -> None:
    assert things("I want to return the hose and the bottles", {"I7001"}) == ("water bottle",)
    assert things("I want to return the hose and the bottles", {"O1001"}) == (), "the order that holds them was touched"
    assert things("Where is my parcel?", set()) == ()


def test_a_catalogue_is_no_list_of_things_that_were_asked_for() -> None:
    known = Things()
    known.hear("a chair please")
    known.show({"all": [{"id": f"N{n}00", "name": "Chair"} for n in range(30)]}, place(0))
    assert known.untouched() == ()


def test_words_of_an_agents_own_are_no_source() -> None:
    flow = Flow(Tally())
    event = Event(id="e", kind="call", line=1, tool="sell_car", arguments={"car": "C999"})
    assert flow.untraced(event) == ("car",)
