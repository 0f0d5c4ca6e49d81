"""The page of what waits for a person: exactly what was shown, yes or no, and what the answer is worth."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from runlore.actions.approve import answer
from runlore.actions.caller import Clock, credential_file, open_caller
from runlore.actions.run_form import approval_form, escalation_form
from runlore.actions.waiting import list_waiting
from runlore.errors import RunloreError
from runlore.model.run import Assurance
from runlore.settings import Settings
from runlore.web.door import COOKIE, Door
from runlore.web.passphrase import has_passphrase, is_passphrase

_LARGEST = 16 * 1024
_TRIES = 10


class ApprovalsPage:
    """One page for one visit: its application, and the port it listens on."""

    def __init__(self, settings: Settings, clock: Clock, port: int) -> None:
        self.settings = settings
        self.clock = clock
        self.door = Door(port)
        self._tries = 0
        self.app = Starlette(
            routes=[
                Route("/enter", self._enter),
                Route("/", self._show),
                Route("/answer", self._answer, methods=["POST"]),
                Route("/page.css", _file("page.css", "text/css")),
                Route("/page.js", _file("page.js", "text/javascript")),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=self.door.check)],
        )

    async def _enter(self, request: Request) -> Response:
        session = self.door.enter(request.query_params.get("token", ""))
        if not session:
            return Response("This link was used already, or is none. `runlore approvals --open` gives another.\n", 403)
        to_page = RedirectResponse("/", 303)
        to_page.set_cookie(COOKIE, session, httponly=True, samesite="strict")
        return to_page

    async def _show(self, request: Request) -> Response:
        waiting = await run_in_threadpool(self._load)
        text = await run_in_threadpool(_template().render, **waiting)
        return HTMLResponse(text)

    def _load(self) -> dict[str, Any]:
        with open_caller(self.settings, self.clock) as caller:
            found = list_waiting(caller)
            name = caller.principal.name
        approvals = []
        for asked in found.approvals:
            form = approval_form(asked)
            form["values"] = [
                (n, v if isinstance(v, str) else json.dumps(v, ensure_ascii=False, indent=2))
                for n, v in asked.shown["over"].items()
            ]
            approvals.append(form)
        folder = credential_file(self.settings, "owner").parent
        return {
            "name": name,
            "approvals": approvals,
            "escalations": [escalation_form(e) for e in found.escalations],
            "proposals": found.proposals,
            "passphrase": has_passphrase(folder),
        }

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        try:
            value: Any = json.loads(body) if len(body) <= _LARGEST else None
            number, approved = int(value["approval"]), value["approved"]
            digest, comment, words = (
                str(value["digest"]),
                str(value.get("comment", "")),
                str(value.get("passphrase", "")),
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            return JSONResponse({"error": "That is no answer."}, 400)
        if not isinstance(approved, bool):
            return JSONResponse({"error": "Say yes or no."}, 400)
        return await run_in_threadpool(self._keep, number, approved, digest, comment, words)

    def _keep(self, number: int, approved: bool, digest: str, comment: str, words: str) -> Response:
        folder = credential_file(self.settings, "owner").parent
        assurance: Assurance = "A1"
        if words:
            self._tries += 1
            if self._tries > _TRIES or not is_passphrase(folder, words):
                return JSONResponse({"error": "That is not the passphrase."}, 403)
            self._tries, assurance = 0, "A2"
        try:
            with open_caller(self.settings, self.clock) as caller:
                done = answer(caller, number, approved=approved, digest=digest, assurance=assurance, comment=comment)
        except RunloreError as error:
            return JSONResponse({"error": str(error)}, 409)
        return JSONResponse({"approval": done.number, "state": done.state, "assurance": done.assurance})


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("runlore.web"), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )
    return environment.get_template("approvals.html")


def _file(name: str, kind: str) -> Callable[[Request], Any]:
    async def give(request: Request) -> Response:
        return Response((resources.files("runlore.web") / "templates" / name).read_bytes(), media_type=kind)

    return give


class Listening:
    """A page that listens on a port of 127.0.0.1 that the system chose."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.page = ApprovalsPage(settings, clock, self.port)
        self.link = self.page.door.link(self.port)
        config = uvicorn.Config(
            self.page.app, log_level="warning", access_log=False, lifespan="off", server_header=False
        )
        self._server = uvicorn.Server(config)

    def serve(self) -> None:
        """Answer until it is stopped."""
        self._server.run(sockets=[self._socket])

    def serve_beside(self) -> threading.Thread:
        """Answer in a thread of its own."""
        thread = threading.Thread(target=self.serve, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Stop answering."""
        self._server.should_exit = True
