"""Ask a web address once, within bounds: what status it answers. Nothing of the answer's body is kept, no redirect leads elsewhere unseen."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

TIMEOUT = 10.0
MOST_REDIRECTS = 5
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered: its status (0 where it did not answer), the address that answered at last, and what went wrong in a few words."""

    status: int
    url: str
    why: str = ""


def ask(
    url: str, *, private: bool = False, headers: Mapping[str, str] | None = None, timeout: float = TIMEOUT
) -> Answer:
    """Ask an address with GET, following redirects; headers go to the first host alone, and never from https on to http.

    ``timeout`` is in seconds and for each address as a whole, however slowly it answers.

    Addresses of this machine, of private networks and of cloud metadata are not asked unless ``private``: whoever names an address here must not
    reach what only this machine can. The address that was judged is the one that is connected to.
    """
    sent = dict(headers or {})
    first = None
    for _ in range(MOST_REDIRECTS + 1):
        parts = _split(url)
        refused = _refuse(parts) if parts else "that is no address"
        if parts is None or refused:
            return Answer(0, url, refused)
        first = first or (parts.scheme, parts.netloc)
        try:
            address = _resolve(parts, private)
            if address is None:
                return Answer(0, url, "the address is one of this machine or of a private network")
            status, location = _get(parts, address, sent if (parts.scheme, parts.netloc) == first else {}, timeout)
        except ValueError:  # its words may hold a header's value
            return Answer(0, url, "the address or a header cannot be sent as it is")
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, url, f"{type(error).__name__}: {error}"[:200])
        if status not in (301, 302, 303, 307, 308) or not location:
            return Answer(status, url)
        url = _join(url, location)
    return Answer(0, url, "it leads on and on")


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _refuse(parts: SplitResult) -> str:
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "only http and https addresses are asked"
    if parts.username or parts.password:
        return "an address with a password in it is not asked"
    if len(parts.geturl()) > _LONGEST or any(c.isspace() or ord(c) < 32 for c in parts.geturl()):
        return "the address is no plain one"
    return ""


def _resolve(parts: SplitResult, private: bool) -> str | None:
    """Give the one address to connect to; None where it must not be."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    if not private and any(not ipaddress.ip_address(a.partition("%")[0]).is_global for a in addresses):
        return None
    return addresses[0]


def _get(parts: SplitResult, address: str, headers: Mapping[str, str], timeout: float) -> tuple[int, str]:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    stream: socket.socket = socket.create_connection((address, port), timeout=timeout)
    late = threading.Timer(timeout, _end, (stream,))
    late.daemon = True
    late.start()
    try:
        if parts.scheme == "https":
            stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
        connection.sock = stream
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "GET", path, headers={"User-Agent": "runlore", "Accept": "*/*", "Connection": "close", **headers}
        )
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        late.cancel()
        connection.close()
        stream.close()


def _end(stream: socket.socket) -> None:
    """End a connection that has had its time; whoever reads from it sees its end."""
    with suppress(OSError):
        stream.shutdown(socket.SHUT_RDWR)
