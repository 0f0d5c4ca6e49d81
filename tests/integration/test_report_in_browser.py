"""The report in a real browser: it asks for nothing, breaks no policy, and no text leaves its box, wide and narrow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runlore.report import render_report

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "report"))
import example

sync_api = pytest.importorskip("playwright.sync_api")

OUTSIDE = """() => {
  const found = [];
  const drawn = element => element.getClientRects().length > 0 && element.getBBox().width > 0;
  document.querySelectorAll('.graph g.step').forEach(step => {
    if (!drawn(step)) return;
    const box = step.querySelector('.box').getBBox();
    step.querySelectorAll(':scope > text').forEach(text => {
      const place = text.getBBox();
      if (place.x + place.width > box.x + box.width || place.y + place.height > box.y + box.height || place.y < box.y)
        found.push(text.textContent);
    });
  });
  document.querySelectorAll('.tile > svg').forEach(tile => {
    if (!tile.getClientRects().length) return;
    tile.querySelectorAll('text').forEach(text => {
      const place = text.getBBox();
      if (place.x + place.width > tile.width.baseVal.value || place.y + place.height > tile.height.baseVal.value)
        found.push(text.textContent);
    });
  });
  return found;
}"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(render_report(example.report()), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_asks_for_nothing_and_every_text_stays_in_its_box(
    browser: Any, page_file: Path, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert said == []
    assert asked == [page_file.as_uri()]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_sorting_and_filtering(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    rows = "[...document.querySelectorAll('#overview tbody tr')].filter(row => !row.hidden)"
    page.get_by_role("searchbox").fill("registry")
    assert page.evaluate(f"{rows}.map(row => row.cells[0].textContent)") == ["Release the berth widget"]
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Cases").click()
    cases = page.evaluate(f"{rows}.map(row => Number(row.cells[2].textContent))")
    assert cases == sorted(cases, reverse=True)
    assert len(cases) == 6
    page.close()
