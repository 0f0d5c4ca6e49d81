"""The page: well-formed, self-contained, the same every time, and deaf to what hostile text asks of it."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import example
import pytest
from example_building import guard

from runlore.model import Cost, Fact, FailureMode, Quote
from runlore.report import Report, render_report

VOID = {"meta", "br", "img", "input", "link", "hr"}
HOSTILE = (
    "</style></title><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"' onload='x' &amp; \u202egnp.exe {{ 7*7 }} <!--"
)


class Checker(HTMLParser):
    """Balances tags and collects what could load or run something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.tags: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"src", "style", "srcset", "background", "xlink:href"}:
                self.loads.append(f"{tag} {name}={value}")
            if name == "href" and not (value or "").startswith("#"):
                self.loads.append(f"{tag} {name}={value}")
            if name == "href":
                self.targets.append((value or "").removeprefix("#"))
            if name == "id":
                self.ids.append(value or "")
        known = dict(attrs)
        if tag == "meta" and known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known.get("content") or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> within {self.open[-3:]}")
        else:
            self.open.pop()


def check(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    return checker


def hostile() -> Report:
    """A report in which every text is an attack."""
    whole = example.report()
    quote = Quote(HOSTILE, example.source("insta", 1, 1), HOSTILE, HOSTILE)
    workflow = whole.workflows[0]
    steps = tuple(
        replace(s, title=HOSTILE, activity=HOSTILE, command=HOSTILE, summary=HOSTILE, guards=(guard(HOSTILE),))
        for s in workflow.steps
    )
    cases = tuple(replace(case, session=HOSTILE, request=HOSTILE) for case in workflow.cases)
    bad = replace(
        workflow,
        name=HOSTILE,
        title=HOSTILE,
        description=HOSTILE,
        steps=steps,
        cases=cases,
        failure_modes=(FailureMode(HOSTILE, HOSTILE, 3, HOSTILE),),
        corrections=(quote,),
        quality=(quote,),
        triggers=(quote,),
        procedure=HOSTILE,
    )
    fact = Fact("f", "trap", HOSTILE, HOSTILE, HOSTILE, 3, (HOSTILE,), Cost(1, 1, 1), quote.source and (quote.source,))
    return replace(whole, workflows=(bad,), facts=(fact,), generated=HOSTILE, title=HOSTILE, formats=((HOSTILE, 3),))


REPORTS = {
    "six workflows": example.report(),
    "nothing found": Report((), (), "today", 3, 3),
    "no times, no tokens": replace(
        example.report(),
        tokens=0,
        seconds=0,
        workflows=tuple(
            replace(
                w, tokens=replace(w.tokens, median=0, total=0), cases=tuple(replace(c, started=0.0) for c in w.cases)
            )
            for w in example.report().workflows
        ),
    ),
    "hostile": hostile(),
}


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_page_is_well_formed_and_loads_nothing(name: str) -> None:
    found = check(render_report(REPORTS[name]))
    assert found.wrong == []
    assert found.open == []
    assert found.loads == []
    assert len(found.ids) == len(set(found.ids))
    assert set(found.targets) <= set(found.ids) | {"overview"}
    assert {"link", "img", "iframe", "object", "base", "form", "image"}.isdisjoint(found.tags)
    assert found.tags.count("script") == 1
    assert found.tags.count("style") == 1


def test_no_address_stands_in_the_style_or_the_script() -> None:
    page = render_report(example.report())
    own = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", page, re.DOTALL)
    assert len(own) == 2
    assert not [text for text in own if re.search(r"https?://|url\(|@import|fetch|XMLHttp|innerHTML|eval", text)]


def test_the_policy_allows_these_very_bytes_and_nothing_else() -> None:
    page = render_report(example.report())
    policy = check(page).policy
    for kind in ("style", "script"):
        text = re.search(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        assert text is not None
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    page = render_report(hostile())
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "⟨U+202E⟩" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_lone_surrogates_and_long_texts_do_no_harm() -> None:
    whole = example.report()
    first = replace(whole.workflows[0], title="x" * 200_000, description="\ud800 cut off")
    page = render_report(replace(whole, workflows=(first,)))
    assert "⟨U+D800⟩" in page
    assert len(page.encode()) < 2_000_000


def test_two_renderings_are_the_same_bytes_also_under_another_hash_seed() -> None:
    page = render_report(example.report())
    assert page == render_report(example.report())
    folder = str(Path(example.__file__).parent)
    code = (
        f"import sys; sys.path.insert(0, {folder!r}); import example, hashlib\n"
        "from runlore.report import render_report\n"
        "print(hashlib.sha256(render_report(example.report()).encode()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": "5"}
    )
    assert other.stdout.strip() == hashlib.sha256(page.encode()).hexdigest()


def test_the_header_says_how_much_of_the_work_repeats() -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", render_report(example.report())))
    assert "39 of 58 cases (67 %) in 62 sessions" in text
    assert "agents met 27 failures and people objected 9 times" in text
    assert "tokens in repeated work, 80 % of 8.1 M" in text


def test_failures_and_corrections_stand_on_the_step_that_they_concern() -> None:
    page = render_report(replace(example.report(), workflows=(example.instagram(),)))
    steps = re.findall(r'<g class="step[^"]*">.*?(?=<g class="step|</svg>)', page, re.DOTALL)
    attach = next(step for step in steps if "5. Attach picture" in step)
    assert "3 × media type not supported" in attach
    assert "→ Convert the picture" in attach
    assert "sounds like an advertisement" in attach
    publish = next(step for step in steps if "6. Publish the post" in step)
    assert "A person says yes first · 8 of 8" in publish
    assert "OAuthException" not in publish


def test_what_a_person_corrected_is_counted_once_where_it_stands_in_both_lists() -> None:
    workflow = example.release()
    both = replace(workflow, corrections=workflow.rejections)
    page = render_report(replace(example.report(), workflows=(both,)))
    assert page.count("I told you before: use pnpm, not npm!</blockquote>") == 1


def test_what_stands_in_two_workflows_counts_once_in_the_header() -> None:
    twin = replace(example.release(), id="wf-twin", name="twin", title="The same again")
    page = render_report(replace(example.report(), workflows=(example.release(), twin), cases=20))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "7 of 20 cases (35 %)" in text
    assert "agents met 8 failures and people objected 3 times" in text


def test_code_in_texts_is_set_as_code() -> None:
    workflow = replace(example.release(), title="Run `pnpm <build>` twice", description="A lone ` stays")
    page = render_report(replace(example.report(), workflows=(workflow,)))
    assert "Run <code>pnpm &lt;build&gt;</code> twice</h3>" in page
    assert "<p>A lone ` stays</p>" in page


def test_no_order_is_claimed_where_the_evidence_backs_none() -> None:
    workflow = example.figures()
    loose = replace(workflow, steps=tuple(replace(step, after=()) for step in workflow.steps))
    assert "the evidence backs no order" in render_report(replace(example.report(), workflows=(loose,)))
    assert "the evidence backs no order" not in render_report(replace(example.report(), workflows=(workflow,)))
