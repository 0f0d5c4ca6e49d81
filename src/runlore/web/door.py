"""Who may enter: a one-time link gives a session, and every request is checked for where it comes from and where it believes to go.

A page in another tab must not answer for a person, and neither must a name that somebody else's server resolves to this machine.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

COOKIE = "runlore_session"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}

Next = Callable[[Request], Awaitable[Response]]


class Door:
    """The one session of a page. The link's token is good for one visit; what it gives is a cookie that no script can read."""

    def __init__(self, port: int) -> None:
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.token = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)

    def link(self, port: int) -> str:
        """The one-time link."""
        return f"http://127.0.0.1:{port}/enter?token={self.token}"

    def enter(self, token: str) -> str:
        """Give the session for the token, once; empty for any other."""
        if not self.token or not hmac.compare_digest(token.encode(), self.token.encode()):
            return ""
        self.token = ""
        return self._session

    async def check(self, request: Request, call: Next) -> Response:
        """Refuse what does not come from this page's own session on this machine; every answer carries the page's headers."""
        refused = self._refuse(request)
        answer = PlainTextResponse(refused + "\n", 403) if refused else await call(request)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    def _refuse(self, request: Request) -> str:
        if request.headers.get("host", "") not in self.hosts:
            return "This page answers on 127.0.0.1 alone."
        origin = request.headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self.hosts:
            return "The request comes from another page."
        if request.url.path == "/enter":
            return ""
        session = request.cookies.get(COOKIE, "")
        if not hmac.compare_digest(session.encode(), self._session.encode()):
            return "Open the page by the link that `runlore approvals --open` gave; it is good for one visit."
        if request.method == "POST":
            if origin is None:
                return "A request that changes something has to say where it comes from."
            if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return "Only JSON is taken."
        elif request.method not in ("GET", "HEAD"):
            return "That cannot be done here."
        return ""
