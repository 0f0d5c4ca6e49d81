"""The report: one HTML page that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from runlore.report import wording
from runlore.report.totals import totals_of
from runlore.report.values import Report
from runlore.report.views import origins, priorities, say_sources, say_trouble, sections_of, tiles, timeline

FORMATS = {
    "chat": "chat",
    "claude-code": "Claude Code",
    "codex": "Codex",
    "copilot-cli": "Copilot CLI",
    "entire": "Entire",
    "gemini-cli": "Gemini CLI",
}
KINDS = {
    "fact": ("Found out again", "Looked up by several sessions, and found in the same place."),
    "trap": ("Stumbled over again", "Fails in session after session, though it is known what works instead."),
    "preference": ("Told again", "People have said it more than once."),
}


def render_report(report: Report) -> str:
    """Give the whole page as HTML: no request to anywhere, no script needed to read it, every text escaped.

    The same report gives the same page, byte for byte.
    """
    environment = page_environment()
    style, script = own_file("report.css"), own_file("report.js")
    sections = sections_of(report)
    area, wide = tiles(sections, 1080, 400)
    sessions = origins(report)
    page = environment.get_template("report.html.j2").render(
        report=report,
        formats=[(FORMATS.get(name, name), count) for name, count in report.formats],
        sections=sections,
        totals=totals_of(sections, report.repeated),
        measure=area,
        maps=(("wide", 1080, 400, wide), ("narrow", 358, 560, tiles(sections, 358, 560)[1])),
        timelines=(("wide", timeline(sections, 1080, 270)), ("narrow", timeline(sections, 358, 0))),
        priorities=priorities(sections, report.facts),
        facts=[
            (
                kind,
                *KINDS[kind],
                [fact for fact in report.facts if fact.kind == kind],
            )
            for kind in ("trap", "fact", "preference")
        ],
        say_trouble=say_trouble,
        where=partial(say_sources, sessions=sessions),
        style=style,
        script=script,
        policy=content_policy(style, script),
    )
    return page + "\n"


@cache
def page_environment() -> Environment:
    """The templates, with escaping on and hidden characters shown wherever a value is printed."""
    environment = Environment(
        loader=PackageLoader("runlore.report"),
        autoescape=True,
        finalize=wording.visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("prose", "number", "short_number", "duration", "day", "short_id", "shorten", "count", "share"):
        environment.filters[name] = getattr(wording, name)
    environment.filters["px"] = _pixels
    return environment


def own_file(name: str) -> Markup:
    """One of our own files beside the template, which is ours and needs no escaping."""
    text = files("runlore.report").joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of this package


def content_policy(style: str, script: str) -> str:
    """The content security policy: nothing is loaded from anywhere, and only these very bytes run or style."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _pixels(value: float) -> str:
    """Write a length without needless digits."""
    return f"{value:.1f}".removesuffix(".0")
