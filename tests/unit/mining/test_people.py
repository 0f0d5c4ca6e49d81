"""People's words: what guides the next run is kept, the latest first, with where and when it was said."""

from __future__ import annotations

import pytest
from build import DAY, call, mined, only, said, transcript

from runlore.mining.people import LONGEST_QUOTE, MOST_QUOTES, is_guidance, is_rule_of_work
from runlore.model import Event, Transcript, Workflow


@pytest.mark.parametrize(
    ("words", "guides"),
    [
        ("use pnpm instead of npm", True),
        ("never push to main without asking me", True),
        ("not so formal, please", True),
        ("should we use the other template?", True),
        ("is this the right one?", False),
        ("hm", False),
        ("interesting, thank you", False),
        ("no " + "word " * 80, False),
        ("", False),
    ],
)
def test_guidance_is_short_and_says_what_to_do(words: str, guides: bool) -> None:
    assert is_guidance(words) is guides


def refused(number: int, words: str, *, start: float = DAY) -> Transcript:
    draft = {"text": f"draft number {number}"}
    return transcript(
        f"s{number}",
        said(f"please publish the post about boat {number}"),
        call("publish_post", draft, None, outcome="rejected", words=words),
        call("publish_post", draft, {"status": "published"}),
        start=start,
    )


def published(*transcripts: Transcript) -> Workflow:
    return only(mined(*transcripts))


def test_refusals_are_quoted_the_latest_first_with_day_and_place() -> None:
    words = ["do not use three hashtags", "keep the first line short", "leave out the price, please"]
    found = published(*(refused(n, w, start=DAY + n * 86_400) for n, w in enumerate(words)))
    assert [q.words for q in found.rejections] == words[::-1]
    assert [q.date for q in found.rejections] == ["2026-02-04", "2026-02-03", "2026-02-02"]
    assert (found.rejections[0].source.transcript, found.rejections[0].source.line) == ("sha256:s2", 3)
    assert {q.about for q in found.rejections} == {"Publish a post"}


def test_questions_and_mere_refusals_are_not_quoted() -> None:
    found = published(*(refused(n, w) for n, w in enumerate(["is this the one?", "no", "hm, well", "what is it?"])))
    assert found.rejections == ()


def test_the_same_words_are_quoted_once() -> None:
    found = published(
        *(refused(n, w) for n, w in enumerate(["Use fewer hashtags", "use fewer  hashtags", "USE FEWER HASHTAGS"]))
    )
    assert len(found.rejections) == 1


def test_quotes_are_few_and_short() -> None:
    found = published(
        *(refused(n, f"use rule {n} " + "and long words " * 9 + "x" * 900) for n in range(MOST_QUOTES + 5))
    )
    assert len(found.rejections) == MOST_QUOTES
    assert all(len(q.words) <= LONGEST_QUOTE for q in found.rejections)


def test_a_correction_is_quoted_as_one() -> None:
    def corrected(number: int) -> Transcript:
        return transcript(
            f"s{number}",
            said(f"please publish the post about boat {number}"),
            call("get_template", {"name": "old"}, {"text": "x"}),
            said("don't use the old template, use the new one instead"),
            call("publish_post", {"text": f"draft {number}"}, {"status": "published"}),
        )

    found = published(*(corrected(n) for n in range(4)))
    assert [q.words for q in found.corrections] == ["don't use the old template, use the new one instead"]
    assert found.rejections == ()


def asked(number: int, words: str) -> Transcript:
    return transcript(f"s{number}", said(words), call("publish_post", {"n": f"{number}"}, {"status": "published"}))


def test_triggers_are_at_most_three_short_telling_requests_no_two_alike() -> None:
    texts = ["publish the instagram post about boats"] * 5 + [
        "please publish our instagram post on Tuesday about the harbour",
        "instagram: publish the picture of the new boat",
        "publish the instagram post about boats. " + "The background is long and winding. " * 30,
        "do it",
    ]
    triggers = published(*(asked(n, t) for n, t in enumerate(texts))).triggers
    assert 1 <= len(triggers) <= 3
    assert triggers[0].words == "publish the instagram post about boats"
    assert len({t.words for t in triggers}) == len(triggers)
    assert all(len(t.words) <= 200 for t in triggers)


def test_no_words_no_triggers() -> None:
    rows = [transcript(f"s{n}", call("publish_post", {"n": f"{n}"}, {"status": "published"})) for n in range(4)]
    assert published(*rows).triggers == ()


def test_thousands_of_requests_give_triggers_in_reasonable_time() -> None:
    rows = [
        asked(n, f"please publish post number {n} about {'boats' if n % 2 else 'harbours'} and word{n % 50}")
        for n in range(1500)
    ]
    assert published(*rows).triggers


@pytest.mark.parametrize("start", [-15.0, 1.8e12, 1e300])
def test_the_time_of_words_may_be_unknown_or_nonsense(start: float) -> None:
    rows = [refused(n, f"keep the line number {n} short", start=start) for n in range(3)]
    assert {q.date for q in published(*rows).rejections} == {""}


def test_an_interrupted_case_is_no_good_one() -> None:
    rows = [transcript(f"s{n}", *asked(n, "publish the post").events, Event("", "interrupt", 0)) for n in range(3)]
    assert not any(c.good for c in published(*rows).cases)


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("let's do this as a separate PR", True),
        ("use pnpm, not npm. this is a workspace", True),
        ("wait please, let's talk about this", True),
        ("don't check this in", True),
        ("can we use our logging framework? should be WARN", False),
        ("we don't need the auto strategy test", False),
        ("use transcript_path in both, and keep the review short", False),
        ("no, the issue is that parseDate drops the zone", False),
        ("the other branch just got merged, so rename it instead", False),
        ("first the issue " + "and then the next " * 8, False),
    ],
)
def test_words_about_a_change_hold_beyond_it_where_they_speak_of_how_work_is_done(words: str, holds: bool) -> None:
    assert is_rule_of_work(words) is holds
