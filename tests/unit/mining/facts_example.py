"""Builds small transcripts event by event, for the tests of facts."""

from __future__ import annotations

from typing import Any

from runlore.mining.facts import Observation, collect, observe
from runlore.model import Counts, Event, Fact, Transcript

ROOT = "/home/ann/shop"


class Session:
    """Builds one transcript event by event; a call takes two seconds and costs 1,000 tokens."""

    def __init__(self, name: str, cwd: str = ROOT) -> None:
        self.name, self.cwd, self.events = name, cwd, list[Event]()

    def _add(self, **fields: Any) -> Session:
        number = len(self.events) + 1
        start = 1_700_000_000.0 + 10 * number + hash_of(self.name)
        event = Event(id=f"{self.name}-{number}", line=number, time=start, end=start + 2, cwd=self.cwd, **fields)
        self.events.append(event)
        return self

    def run(self, command: str, result: str = "", code: int = 0) -> Session:
        outcome = "ok" if code == 0 else "error"
        text = result if code == 0 else f"Exit code {code}\n{result}"
        return self._add(
            kind="call", tool="Bash", arguments={"command": command}, result=text, outcome=outcome, tokens=1000
        )

    def use(
        self, tool: str, arguments: dict[str, Any], result: Any = "done", outcome: str = "ok", words: str = ""
    ) -> Session:
        return self._add(
            kind="call", tool=tool, arguments=arguments, result=result, outcome=outcome, words=words, tokens=1000
        )

    def edit(self, path: str, old: str = "a", new: str = "b", result: str = "updated", outcome: str = "ok") -> Session:
        arguments = {"file_path": f"{ROOT}/{path}", "old_string": old, "new_string": new}
        return self.use("Edit", arguments, result, outcome)

    def read(self, path: str, result: str = "text", outcome: str = "ok") -> Session:
        return self.use("Read", {"file_path": f"{ROOT}/{path}"}, result, outcome)

    def person(self, words: str) -> Session:
        return self._add(kind="prompt", actor="person", text=words)

    def transcript(self) -> Transcript:
        return Transcript(
            file=f"{self.name}.jsonl",
            format="test",
            session=self.name,
            counts=Counts(),
            events=tuple(self.events),
            hash=f"sha256:{self.name}",
        )


def hash_of(name: str) -> float:
    return float(sum(name.encode()) * 1000)


def sightings(*sessions: Session) -> list[tuple[str, str, Observation]]:
    transcripts = [s.transcript() for s in sessions]
    return [(t.session, t.hash, o) for t in transcripts for o in observe(t)]


def facts(*sessions: Session) -> tuple[Fact, ...]:
    return collect(sightings(*sessions))


def only(*sessions: Session, kind: str = "trap") -> Fact:
    found = [f for f in facts(*sessions) if f.kind == kind]
    assert len(found) == 1, [f.text for f in found]
    return found[0]
