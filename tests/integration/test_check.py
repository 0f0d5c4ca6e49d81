"""Check, drift and backtest over conversations that were mined, as a person calls them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chats import make_settings, mine_paths, write
from click.testing import CliRunner, Result

from runlore.actions.check import CheckRequest, check, parse_since
from runlore.cli.main import cli
from runlore.corpus.experience import FILE
from runlore.errors import NoSuchName, NothingToRead, NotYetMined, UsageError
from runlore.settings import Settings


def case(number: int, state: str = "open", *, act: bool = True, ok: bool = True, reward: float | None = None) -> str:
    """A session about one ticket of a theatre: looked up, and given back where it is open."""
    ticket = f"T{4000 + 7 * number}"
    shown = {"ticket": ticket, "state": state, "row": f"R{number}"}
    answer = {"ticket": ticket, "state": "refunded"} if ok else "Error: a used ticket cannot be refunded"
    calls = [("get_ticket", {"ticket": ticket}, shown)]
    calls += [("refund_ticket", {"ticket": ticket}, answer)] if act else []
    messages: list[dict[str, Any]] = [{"role": "user", "content": f"I want my money back for ticket {ticket}"}]
    for place, (tool, arguments, result) in enumerate(calls):
        if tool == "refund_ticket":
            messages.append({"role": "assistant", "content": f"I can refund ticket {ticket}. Shall I proceed?"})
            messages.append({"role": "user", "content": "Yes, please"})
        use = {"id": f"c{place}", "type": "function", "function": {"name": tool, "arguments": json.dumps(arguments)}}
        messages.append({"role": "assistant", "content": None, "tool_calls": [use]})
        text = result if isinstance(result, str) else json.dumps(result)
        messages.append({"role": "tool", "tool_call_id": use["id"], "content": text})
    messages.append({"role": "assistant", "content": "It is done." if act and ok else "It stays as it is."})
    messages.append({"role": "user", "content": "Thank you!"})
    row = {"id": f"ticket-{number:02d}", "messages": messages} | ({"reward": reward} if reward is not None else {})
    return json.dumps(row)


def history() -> list[str]:
    """Forty sessions: open tickets are refunded, used ones refused by the tool or left alone."""
    rows = [case(n, reward=1.0) for n in range(24)]
    rows += [case(n, "used", ok=False, reward=0.0) for n in range(24, 32)]
    return rows + [case(n, "used", act=False, reward=1.0) for n in range(32, 40)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = make_settings(tmp_path)
    mine_paths(found, write(tmp_path / "history.jsonl", history()))
    return found


def run(settings: Settings, *words: object) -> Result:
    return CliRunner().invoke(cli, ["--home", str(settings.home), *map(str, words)], catch_exceptions=False)


def test_a_guard_that_was_learned_is_told_when_it_is_ignored(settings: Settings, tmp_path: Path) -> None:
    later = write(tmp_path / "later.jsonl", [case(50), case(51, "used")])
    good, bad = check(settings, CheckRequest((later,))).checked
    assert good.runbook == bad.runbook == "refund-ticket"
    assert "guard ignored" not in [d.kind for d in good.deviations]
    assert good.should_act is True
    [ignored] = [d for d in bad.deviations if d.kind == "guard ignored"]
    assert '$.state` = "open"' in ignored.text
    assert ignored.sources[0].line == 1
    assert ignored.sources[0].index == 5, "the message that holds the call"
    assert bad.should_act is False
    assert bad.score < good.score / 2


def test_withholding_what_may_not_be_done_is_right(settings: Settings, tmp_path: Path) -> None:
    [left] = check(settings, CheckRequest((write(tmp_path / "left.jsonl", [case(52, "used", act=False)]),))).checked
    assert left.should_act is False
    assert not left.acted
    assert left.score > 0.5


def test_nothing_of_what_is_checked_is_kept_and_its_outcome_is_not_looked_at(
    settings: Settings, tmp_path: Path
) -> None:
    check(settings, CheckRequest((write(tmp_path / "first.jsonl", [case(60)]),)))
    before = {p: p.read_bytes() for p in settings.home.rglob("*") if p.is_file()}
    assert settings.home / FILE in before, "what was learned is kept"
    told = write(tmp_path / "told.jsonl", [case(61, reward=0.0)])
    untold = write(tmp_path / "untold.jsonl", [case(61)])
    [with_reward], [without] = (check(settings, CheckRequest((p,))).checked for p in (told, untold))
    assert with_reward.score == without.score
    assert {p: p.read_bytes() for p in settings.home.rglob("*") if p.is_file()} == before


def test_json_is_one_line_a_case_in_the_promised_form(settings: Settings, tmp_path: Path) -> None:
    later = write(tmp_path / "later.jsonl", [case(50), case(51, "used")])
    result = run(settings, "check", later, "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [set(row) >= {"case", "session", "runbook", "score", "should_act", "deviations"} for row in rows] == [
        True,
        True,
    ]
    assert [row["should_act"] for row in rows] == [True, False]
    deviation = rows[1]["deviations"][0]
    assert set(deviation) >= {"kind", "step", "text", "sources"}
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", deviation["sources"][0]["transcript"])
    assert run(settings, "check", later, "--json").stdout == result.stdout, "same input, same bytes"


def test_an_ignored_guard_fails_where_it_is_asked_to(settings: Settings, tmp_path: Path) -> None:
    good, bad = write(tmp_path / "good.jsonl", [case(50)]), write(tmp_path / "bad.jsonl", [case(51, "used")])
    assert run(settings, "check", good, "--fail-on", "guard").exit_code == 0
    assert run(settings, "check", bad).exit_code == 0
    failed = run(settings, "check", bad, "--fail-on", "guard")
    assert failed.exit_code == 1
    assert "guard ignored: It does not hold" in failed.stdout
    assert "1 case: 0 without a runbook, 1 with a guard ignored." in failed.stdout


def test_what_cannot_be_checked_says_why(settings: Settings, tmp_path: Path) -> None:
    later = write(tmp_path / "later.jsonl", [case(50)])
    with pytest.raises(NoSuchName, match="refund-ticket"):
        check(settings, CheckRequest((later,), name="refund"))
    with pytest.raises(NothingToRead):
        check(settings, CheckRequest((tmp_path / "nothing",)))
    with pytest.raises(NotYetMined):
        check(
            make_settings(tmp_path / "empty") if (tmp_path / "empty").mkdir() is None else settings,
            CheckRequest((later,)),
        )
    assert run(settings, "check").exit_code == 2


def test_how_far_back_is_a_span_or_a_day() -> None:
    assert parse_since("7d", 1_000_000.0) == 1_000_000.0 - 7 * 86400
    assert parse_since("2026-03-01", 0.0) == 1_772_323_200.0
    with pytest.raises(UsageError, match="neither a span"):
        parse_since("last week", 0.0)


def test_a_persons_edit_of_the_draft_is_what_is_checked(settings: Settings, tmp_path: Path) -> None:
    draft = settings.home / "drafts" / "refund-ticket" / "RUNBOOK.md"
    draft.write_text(draft.read_text("utf-8").replace('= "open"', '= "paid"'), "utf-8")
    [now] = check(settings, CheckRequest((write(tmp_path / "later.jsonl", [case(50)]),))).checked
    assert "guard ignored" in [d.kind for d in now.deviations]


def test_drift_says_that_nothing_has_changed(settings: Settings) -> None:
    result = run(settings, "drift")
    assert result.exit_code == 0
    assert "0 no longer match" in result.stdout
    [row] = [json.loads(line) for line in run(settings, "drift", "--json").stdout.splitlines()]
    assert (row["runbook"], row["changes"], row["enough"]) == ("refund-ticket", [], True)


def test_the_backtest_judges_the_later_part_and_draws_it(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "history.jsonl"
    page = tmp_path / "backtest.html"
    result = run(settings, "backtest", source, "--split", "0.8", "--json", "--page", page, "--date", "2026-03-01")
    [row] = [json.loads(line) for line in result.stdout.splitlines()]
    assert row["sessions"] == {"earlier": 32, "later": 8}
    assert row["values"]["source_known"]["share"] == 1.0
    html = page.read_text("utf-8")
    assert "http" not in re.sub(r"http-equiv", "", html), "the page asks for nothing"
    assert html.count("<svg") == 2
    again = run(settings, "backtest", source, "--split", "0.8", "--page", page, "--date", "2026-03-01")
    assert "Steps known beforehand" in again.stdout
    assert page.read_text("utf-8") == html
    with pytest.raises(UsageError, match="one part of the history is empty"):
        run(settings, "backtest", source, "--split", "2040-01-01")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_text_of_the_backtests_chart_leaves_it(
    browser: Any, settings: Settings, tmp_path: Path, width: int, scheme: str
) -> None:
    page_file = tmp_path / "backtest.html"
    run(settings, "backtest", tmp_path / "history.jsonl", "--page", page_file, "--date", "2026-03-01")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: complaints.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(page_file.as_uri())
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg.bars')].filter(s => s.getClientRects().length).flatMap(s =>
          [...s.querySelectorAll('text')].filter(t => { const b = t.getBBox(), v = s.viewBox.baseVal;
            return b.x < -1 || b.y < -1 || b.x + b.width > v.width + 1 || b.y + b.height > v.height + 1; }).map(t => t.textContent))"""
    )
    assert outside == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


if sys.platform == "win32":
    pytestmark = pytest.mark.skip(reason="paths of the host are written as POSIX")
