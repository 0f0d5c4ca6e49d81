"""The company of the living loop, and the two doors through which it works: the command line and the Python API. Both give the same JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from story import SECRET, Runlore

from runlore.actions.approve import answer, look_at, request_approval
from runlore.actions.assign import assign, plan_assignment
from runlore.actions.caller import AGENT, Caller, find_credential, open_caller
from runlore.actions.check_integrations import check_integrations
from runlore.actions.debrief import debrief_run
from runlore.actions.debrief_form import debrief_form
from runlore.actions.escalate import answer_question, escalate
from runlore.actions.finish import finish
from runlore.actions.import_documents import ImportRequest, import_documents
from runlore.actions.import_issues import import_issues, read_exports
from runlore.actions.init import init
from runlore.actions.mine import MineRequest, machine_form, mine
from runlore.actions.principals import PrincipalRequest, add_principal
from runlore.actions.proposals import choose_proposals, list_open
from runlore.actions.prove import Offered, parse_proof, prove
from runlore.actions.publish import plan_publications, publish
from runlore.actions.read import show_document
from runlore.actions.report_step import report_step
from runlore.actions.review import review
from runlore.actions.roles import give_role
from runlore.actions.run_form import approval_form, escalation_form, proof_form, run_form
from runlore.actions.run_view import show_run
from runlore.actions.start import Started, resume, start
from runlore.actions.stats import stats
from runlore.actions.verify import verify
from runlore.actions.waiting import list_waiting
from runlore.errors import RunloreError
from runlore.model.run import StepReport
from runlore.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
JONAS, MARA, WORKER = "Jonas", "Mara", "agent"

Form = dict[str, Any]


class Refused(Exception):
    """What Runlore says where it does not do what was asked."""


class Door(Protocol):
    """What somebody does at a door; ``who`` is a name whose credential the door knows. Refusals raise Refused."""

    def mine(self, folder: Path) -> Form: ...
    def found(self, company: str, owner: str) -> None: ...
    def take_in(self, folder: Path) -> dict[str, str]: ...
    def publish(self, who: str, document: str) -> None: ...
    def add_person(self, name: str, role: str) -> None: ...
    def take_issues(self, file: Path) -> None: ...
    def assign(self, issue: int, worker: str) -> None: ...
    def check(self, tokens: Mapping[str, str]) -> dict[str, str]: ...
    def start(self, who: str, issue: int) -> Form: ...
    def resume(self, who: str, run: int, **inputs: str) -> Form: ...
    def report(self, who: str, run: int, step: int, kind: str, **given: Any) -> Form: ...
    def prove(self, who: str, run: int, step: int, proof: str) -> Form: ...
    def ask(self, who: str, run: int, step: int) -> list[Form]: ...
    def decide(self, who: str, run: int, step: int, why_not: str = "") -> None: ...
    def escalate(self, who: str, run: int, step: int, question: str) -> Form: ...
    def answer(self, who: str, escalation: int, words: str) -> None: ...
    def waiting(self, who: str) -> dict[str, int]: ...
    def finish(self, who: str, run: int, transcript: Path) -> Form: ...
    def debrief(self, who: str, run: int, **told: str) -> Form: ...
    def look(self, run: int) -> Form: ...
    def proposals(self, document: str) -> list[int]: ...
    def review(self, who: str, proposal: int) -> Form: ...
    def show(self, document: str) -> tuple[int, str]: ...
    def stats(self, document: str) -> Form: ...
    def verify(self) -> list[str]: ...


@dataclass
class ByCommand:
    """The command line: every verb is a process of its own."""

    runlore: Runlore
    tokens: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: {"RUNLORE_CHECK_PRIVATE": "1"})

    def _run(self, *words: object, who: str = "") -> tuple[int, str, str]:
        token = {"RUNLORE_TOKEN": self.tokens[who]} if who in self.tokens else {}
        done = subprocess.run(
            [sys.executable, "-m", "runlore", *map(str, words)],
            env={**self.runlore.environment(), **self.environment, **token},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        if done.returncode not in (0, 1) or (done.returncode == 1 and not done.stdout):
            raise Refused(done.stderr)
        return done.returncode, done.stdout, done.stderr

    def _json(self, *words: object, who: str = "") -> Any:
        return json.loads(self._run(*words, "--json", who=who)[1])

    def mine(self, folder: Path) -> Form:
        return self._json("mine", folder)

    def found(self, company: str, owner: str) -> None:
        self._run("init", "--company", company, "--as", owner)
        self.tokens[WORKER] = (self.runlore.home / "credentials" / "agent").read_text("ascii").strip()

    def take_in(self, folder: Path) -> dict[str, str]:
        return {d["id"]: d["outcome"] for d in self._json("import", folder, "--publish")["documents"]}

    def publish(self, who: str, document: str) -> None:
        code, _, said = self._run("publish", document, "--yes", who=who)
        if code:
            raise Refused(said)

    def add_person(self, name: str, role: str) -> None:
        self.tokens[name] = self._json("principal", "add", name, "--class", "human")["token"]
        self._run("role", "add", role, name)

    def take_issues(self, file: Path) -> None:
        self._run("issue", "import", file)

    def assign(self, issue: int, worker: str) -> None:
        self._run("assign", issue, "--to", worker, "--yes")

    def check(self, tokens: Mapping[str, str]) -> dict[str, str]:
        self.environment |= tokens
        return {c["integration"]: c["state"] for c in self._json("integrations", "check")}

    def start(self, who: str, issue: int) -> Form:
        return self._json("run", "start", issue, who=who)

    def resume(self, who: str, run: int, **inputs: str) -> Form:
        return self._json("run", "resume", run, *(f"--input={n}={v}" for n, v in inputs.items()), who=who)

    def report(self, who: str, run: int, step: int, kind: str, **given: Any) -> Form:
        words: list[object] = [f"--{kind}"]
        if "result" in given:
            words.append(f"--result={json.dumps(given['result'])}")
        words += [
            f"--{name}={given[name]}" for name in ("why", "transcript", "proof", "judged", "key") if name in given
        ]
        return self._json("run", "step", run, step, *words, who=who)

    def prove(self, who: str, run: int, step: int, proof: str) -> Form:
        return self._json("run", "prove", run, step, proof, who=who)

    def ask(self, who: str, run: int, step: int) -> list[Form]:
        return self._json("run", "ask", run, step, who=who)

    def decide(self, who: str, run: int, step: int, why_not: str = "") -> None:
        if why_not:
            self._run("reject", run, step, "--why", why_not, who=who)
        else:
            self._run("approve", run, step, "--yes", who=who)

    def escalate(self, who: str, run: int, step: int, question: str) -> Form:
        return self._json("escalate", run, "--question", question, "--step", step, who=who)

    def answer(self, who: str, escalation: int, words: str) -> None:
        self._run("answer", escalation, *words.split(), who=who)

    def waiting(self, who: str) -> dict[str, int]:
        return {what: len(found) for what, found in self._json("waiting", who=who).items()}

    def finish(self, who: str, run: int, transcript: Path) -> Form:
        return self._json("run", "finish", run, "--transcript", transcript, who=who)

    def debrief(self, who: str, run: int, **told: str) -> Form:
        answers = (f"--answer={question.replace('_', '-')}={words}" for question, words in told.items())
        return self._json("debrief", run, *answers, who=who)[0]

    def look(self, run: int) -> Form:
        return self._json("run", "show", run)

    def proposals(self, document: str) -> list[int]:
        return [p["number"] for p in self._json("proposals") if p["document"] == document]

    def review(self, who: str, proposal: int) -> Form:
        return self._json("review", proposal, "--accept", who=who)

    def show(self, document: str) -> tuple[int, str]:
        return self._json("show", document)["revision"], self._run("show", document, "--raw")[1]

    def stats(self, document: str) -> Form:
        return self._json("stats", document)[0]

    def verify(self) -> list[str]:
        return self._run("verify")[2].splitlines()


@dataclass
class ByPython:
    """The Python API: every verb is an action, called as whoever's credential it is given."""

    settings: Settings
    tokens: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    fences: dict[tuple[str, int], int] = field(default_factory=dict)

    @contextmanager
    def _as(self, who: str = "") -> Iterator[Caller]:
        try:
            with open_caller(replace(self.settings, token=self.tokens.get(who, "")), _now) as caller:
                yield caller
        except RunloreError as error:
            raise Refused(str(error)) from error

    def mine(self, folder: Path) -> Form:
        return machine_form(self.settings, mine(self.settings, MineRequest((folder,))))

    def found(self, company: str, owner: str) -> None:
        init(self.settings, _now, company=company, person=owner)
        self.tokens[WORKER] = find_credential(self.settings, AGENT)

    def take_in(self, folder: Path) -> dict[str, str]:
        with self._as() as jonas:
            done = import_documents(jonas, ImportRequest((folder,), "", "", True), lambda *_: None)
            return {d.id: d.outcome for d in done.documents}

    def publish(self, who: str, document: str) -> None:
        with self._as(who) as caller:
            planned = plan_publications(caller, choose_proposals(caller, (document,)))
            refused = [p.slug for item in planned for p in item.problems if p.level == "error"]
            if refused:
                raise Refused(" ".join(refused))
            publish(caller, planned)

    def add_person(self, name: str, role: str) -> None:
        with self._as() as jonas:
            self.tokens[name] = add_principal(jonas, PrincipalRequest(name, "human")).token
            give_role(jonas, role, name)

    def take_issues(self, file: Path) -> None:
        with self._as() as jonas:
            import_issues(jonas, read_exports((file,)))

    def assign(self, issue: int, worker: str) -> None:
        with self._as() as jonas:
            assign(jonas, plan_assignment(jonas, str(issue), worker))

    def check(self, tokens: Mapping[str, str]) -> dict[str, str]:
        self.environment |= tokens
        with self._as() as jonas:
            found = check_integrations(jonas, environment=self.environment)
            return {item.check.integration: item.check.state for item in found}

    def start(self, who: str, issue: int) -> Form:
        with self._as(who) as caller:
            return self._took(who, start(caller, str(issue)))

    def resume(self, who: str, run: int, **inputs: str) -> Form:
        with self._as(who) as caller:
            return self._took(who, resume(caller, run, inputs))

    def _took(self, who: str, started: Started) -> Form:
        self.fences[who, started.view.run.number] = started.view.run.lease.fence
        return run_form(started.view, started.problems)

    def report(self, who: str, run: int, step: int, kind: str, **given: Any) -> Form:
        fence = self.fences[who, run]
        with self._as(who) as caller:
            if "proof" in given:
                prove(caller, run, step, parse_proof(given["proof"]), fence=fence)
            if "transcript" in given:
                result = Offered("tool result", json.dumps(given["result"]), None, given["transcript"])
                prove(caller, run, step, result, fence=fence)
            judged = (given["judged"],) if "judged" in given else ()
            report = StepReport(step, kind, given.get("why", ""), given.get("result"), judged)  # type: ignore[arg-type]
            done = report_step(caller, run, report, fence=fence, key=given.get("key", ""))
            return {**run_form(show_run(caller, run), done.problems), "accepted": done.accepted}

    def prove(self, who: str, run: int, step: int, proof: str) -> Form:
        with self._as(who) as caller:
            return proof_form(prove(caller, run, step, parse_proof(proof), fence=self.fences.get((who, run), 0))[0])

    def ask(self, who: str, run: int, step: int) -> list[Form]:
        with self._as(who) as caller:
            return [approval_form(a) for a in request_approval(caller, run, step, fence=self.fences[who, run])]

    def decide(self, who: str, run: int, step: int, why_not: str = "") -> None:
        with self._as(who) as caller:
            for question in look_at(caller, run, step):
                asked = question.asked
                answer(caller, asked.number, approved=not why_not, digest=asked.digest, assurance="A1", comment=why_not)

    def escalate(self, who: str, run: int, step: int, question: str) -> Form:
        with self._as(who) as caller:
            return escalation_form(escalate(caller, run, question, step=step))

    def answer(self, who: str, escalation: int, words: str) -> None:
        with self._as(who) as caller:
            answer_question(caller, escalation, words)

    def waiting(self, who: str) -> dict[str, int]:
        with self._as(who) as caller:
            found = list_waiting(caller)
            return {w: len(getattr(found, w)) for w in ("approvals", "escalations", "proposals", "runs")}

    def finish(self, who: str, run: int, transcript: Path) -> Form:
        with self._as(who) as caller:
            done = finish(caller, run, "done", fence=self.fences[who, run], transcript=transcript)
            score = done.checked.score if done.checked else None
            return {
                **run_form(done.view, done.problems),
                "conformance": score,
                "proof_proposal": done.proof.number if done.proof else 0,
            }

    def debrief(self, who: str, run: int, **told: str) -> Form:
        with self._as(who) as caller:
            return debrief_form(debrief_run(caller, run, {q.replace("_", "-"): w for q, w in told.items()}))

    def look(self, run: int) -> Form:
        with self._as() as jonas:
            return run_form(show_run(jonas, run))

    def proposals(self, document: str) -> list[int]:
        with self._as() as jonas:
            return [p.number for p in list_open(jonas) if p.document == document]

    def review(self, who: str, proposal: int) -> Form:
        with self._as(who) as caller:
            planned = plan_publications(caller, choose_proposals(caller, (str(proposal),)))
            done = review(caller, planned, accept=True)
            return {"published": [{"id": r.document, "revision": r.number} for r in done.revisions]}

    def show(self, document: str) -> tuple[int, str]:
        with self._as() as jonas:
            shown = show_document(jonas, document)
            main = next(f.content for f in shown.bundle.files if f.path == shown.bundle.main)
            return shown.revision.number, main.decode()

    def stats(self, document: str) -> Form:
        with self._as() as jonas:
            (found,) = stats(jonas, document)
            revisions = [{"number": r.number, "summary": {"n": r.summary.n}} for r in found.revisions]
            return {"before": {"n": found.before.n}, "revisions": revisions}

    def verify(self) -> list[str]:
        with self._as() as jonas:
            return [p.message for p in verify(jonas)]


def _now() -> int:
    return time.time_ns() // 1000


def open_door(kind: str, folder: Path, record: str) -> Door:
    """Give a door to a company that is still to be founded, in a folder, with its record at a URL (empty: in the home)."""
    (folder / "person").mkdir(parents=True, exist_ok=True)
    if kind == "command line":
        return ByCommand(Runlore(folder / "home", folder / "person", record))
    return ByPython(Settings(folder / "home", folder / "person", SECRET, record=record, check_private=True))


def write_library(folder: Path, name: str) -> Path:
    """Write what the company knows already; its Instagram runbook under the name that mining gave the work: the draft as Jonas finished it."""
    shutil.copytree(EXAMPLES / "acme", folder / "company")
    old = folder / "company" / "runbooks" / "publish-instagram-post"
    new = old.with_name(name)
    old.rename(new)
    for file in (folder / "company").rglob("*.md"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("publish-instagram-post", name), "utf-8")
    return folder / "company"


def write_issues(folder: Path, *posts: tuple[str, str, str]) -> Path:
    """Write a tracker's export: one issue a post (picture, caption, campaign)."""
    issues = [
        {
            "number": 200 + at,
            "title": f"Instagram: {picture} for the campaign",
            "body": f"### Picture\n\n{picture}\n\n### Caption\n\n{caption}\n\n### Campaign\n\n{campaign}\n",
            "labels": [{"name": "instagram"}],
            "url": f"https://tracker.example/{200 + at}",
            "state": "OPEN",
        }
        for at, (picture, caption, campaign) in enumerate(posts)
    ]
    file = folder / "issues.json"
    file.write_text(json.dumps(issues), "utf-8")
    return file


def write_session(file: Path, session: str, *calls: tuple[str, Form, Any]) -> Path:
    """Write the transcript of a worker's session: its tool calls (name, arguments, result), one after the other."""
    messages: list[Form] = [{"role": "user", "content": "Please work on the issue."}]
    for at, (name, arguments, result) in enumerate(calls):
        call = {"id": f"c{at}", "name": name, "arguments": arguments}
        messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"c{at}", "content": json.dumps(result)})
    file.write_text(json.dumps({"id": session, "messages": messages}) + "\n", "utf-8")
    return file


@contextmanager
def serve(*paths: str) -> Iterator[str]:
    """Serve some paths with 200, everything else with 404, at a port of this machine; gives the address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in paths else 404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
