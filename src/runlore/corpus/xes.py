"""Transcripts as an XES event log (IEEE 1849), the exchange format of process mining: one trace a session, one event a call or word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import quoteattr

from runlore.model import Event, Transcript

_EXTENSIONS: Final = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TRANSITIONS: Final = {
    "ok": "complete",
    "error": "ate_abort",
    "rejected": "pi_abort",
    "cancelled": "pi_abort",
    "open": "start",
}

Name = Callable[[Event], str]
"""Gives the activity that an event is."""


def name_event(event: Event) -> str:
    """Name an event by its tool, or by what kind of event it is."""
    return event.tool or event.kind


def render_xes(transcripts: Iterable[Transcript], name: Name = name_event) -> Iterator[str]:
    """Render an event log piece by piece, one transcript at a time; joined, the pieces are one XML document."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    for title, prefix, address in _EXTENSIONS:
        yield f'  <extension name="{title}" prefix="{prefix}" uri="{address}"/>\n'
    yield '  <global scope="trace">\n    <string key="concept:name" value=""/>\n  </global>\n'
    yield '  <global scope="event">\n    <string key="concept:name" value=""/>\n'
    yield '    <string key="lifecycle:transition" value="complete"/>\n  </global>\n'
    yield '  <classifier name="Activity" keys="concept:name"/>\n'
    yield '  <classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>\n'
    yield '  <string key="lifecycle:model" value="standard"/>\n'
    for transcript in transcripts:
        yield "".join(_render_trace(transcript, name))
    yield "</log>\n"


def _render_trace(transcript: Transcript, name: Name) -> Iterator[str]:
    yield "  <trace>\n"
    yield _string("concept:name", transcript.session)
    yield _string("runlore:format", transcript.format)
    yield _string("runlore:transcript", transcript.hash)
    if transcript.project:
        yield _string("runlore:project", transcript.project)
    if transcript.reward is not None:
        yield f'    <float key="runlore:reward" value="{transcript.reward!r}"/>\n'
    for event in transcript.events:
        yield "    <event>\n"
        yield _string("concept:name", name(event), 6)
        yield _string("concept:instance", event.id, 6)
        time = event.end or event.time
        if time > 0:
            stamp = datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")
            yield f'      <date key="time:timestamp" value="{stamp}"/>\n'
        yield _string("lifecycle:transition", _TRANSITIONS[event.outcome], 6)
        yield _string("org:resource", event.actor, 6)
        yield _string("runlore:kind", event.kind, 6)
        yield _string("runlore:outcome", event.outcome, 6)
        yield f'      <int key="runlore:line" value="{event.line}"/>\n'
        if event.tokens:
            yield f'      <int key="runlore:tokens" value="{event.tokens}"/>\n'
        yield "    </event>\n"
    yield "  </trace>\n"


def _string(key: str, value: str, indent: int = 4) -> str:
    text = quoteattr(_FORBIDDEN.sub("�", value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    return f'{" " * indent}<string key="{key}" value={text}/>\n'
