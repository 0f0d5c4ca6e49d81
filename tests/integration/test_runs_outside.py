"""What Runlore asks of the world: links, commands, credentials, tool servers; a real server of this machine answers. And nothing is asked that must not be."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from runlore.actions.allowed import Allowed, allowed_file, read_allowed
from runlore.errors import UsageError
from runlore.integrations import web
from runlore.integrations.commands import LARGEST_OUTPUT, run_command
from runlore.integrations.count_tools import count_tools
from runlore.integrations.health import Found, HowToCheck, check_integration, parse_check
from runlore.integrations.web import ask
from runlore.settings import Settings

SECRET = "tok-4711-not-to-be-told"


@contextmanager
def serve(pages: dict[str, tuple[int, dict[str, str]]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server of pages (status and headers); gives its address, and the paths that were asked with what they were authorised by."""
    asked: list[tuple[str, str]] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", "")))
            status, headers = pages.get(self.path, (404, {}))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_address_answers_with_its_status_and_leads_on_within_bounds() -> None:
    pages = {
        "/": (200, {}),
        "/gone": (410, {}),
        "/there": (302, {"Location": "/"}),
        "/round": (307, {"Location": "/round"}),
        "/file": (302, {"Location": "file:///etc/hostname"}),
    }
    with serve(pages) as (address, _):
        for path, status in (
            ("/", 200),
            ("/gone", 410),
            ("/there", 200),
            ("/nothing", 404),
            ("/round", 0),
            ("/file", 0),
        ):
            assert ask(address + path, private=True).status == status, path
        assert "leads on and on" in ask(f"{address}/round", private=True).why


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.0.0.1", "192.168.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_what_only_this_machine_can_reach_is_not_asked(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was connected to"))
    answer = ask(f"http://{host}:8/")
    assert answer.status == 0 and answer.why


def test_a_page_that_leads_to_this_machine_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address counts as one of the world, and its answer leads here: what was judged is what is connected to, at every turn."""
    with serve({"/out": (302, {"Location": "http://localhost:9/inside"})}) as (address, asked):
        real = web._resolve
        port = address.rpartition(":")[2]
        monkeypatch.setattr(
            web, "_resolve", lambda parts, private: "127.0.0.1" if str(parts.port) == port else real(parts, private)
        )
        answer = ask(f"{address}/out")
        assert (answer.status, answer.url) == (0, "http://localhost:9/inside")
        assert [path for path, _ in asked] == ["/out"]


@pytest.mark.parametrize(
    "url",
    ["", "x", "file:///etc/hostname", "ftp://example.org/", "http://", "http://u:p@example.org/", "http://example.org/a b", "http://example.org/\r\nHost: x", "http://example.org/" + "x" * 3000, "http://[", "http://example.org:99999/"],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_asked(url: str) -> None:
    assert ask(url, private=True).status == 0


def test_a_credential_goes_to_its_own_host_alone() -> None:
    with serve({"/": (200, {})}) as (other, asked_there):
        with serve({"/on": (302, {"Location": f"{other}/"}), "/own": (302, {"Location": "/on"})}) as (address, asked):
            ask(f"{address}/own", private=True, headers={"Authorization": "Bearer x"})
        assert asked == [("/own", "Bearer x"), ("/on", "Bearer x")]
        assert asked_there == [("/", "")]


def test_a_server_that_drips_is_left_after_its_time() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    begun = time.monotonic()
    answer = ask(f"http://127.0.0.1:{listener.getsockname()[1]}/", private=True, timeout=0.5)
    stop.set()
    thread.join()
    listener.close()
    assert answer.status == 0
    assert time.monotonic() - begun < 5


def test_a_command_says_how_it_ended_with_a_bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNLORE_TOKEN", SECRET)
    monkeypatch.setenv("KEPT", "yes")
    assert run_command("true").code == 0
    assert run_command("false").code == 1
    shown = run_command("env", keep=("KEPT",)).output.decode()
    assert "KEPT=yes" in shown and SECRET not in shown
    assert run_command("pwd", tmp_path).output.decode().strip() == str(tmp_path)
    assert run_command("echo $(id) ; echo x").output == b"$(id) ; echo x\n", "no shell reads it"
    for line, why in (("", "empty"), ('"', "no command line"), ("a-command-that-there-is-not", "cannot be started")):
        ended = run_command(line)
        assert (ended.code, ended.output) == (-1, b"") and why in ended.why


def test_a_command_that_takes_too_long_ends_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = f"import subprocess, time; subprocess.Popen(['sh', '-c', 'sleep 2; touch {mark}']); time.sleep(60)"
    begun = time.monotonic()
    ended = run_command(f'{sys.executable} -c "{script}"', timeout=1.0)
    assert ended.code == -1 and "did not end" in ended.why
    assert time.monotonic() - begun < 20
    time.sleep(2.5)
    assert not mark.exists()


def test_of_much_output_the_last_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run_command(f"{sys.executable} -c \"print('x' * 600000); print('the end')\"")
    assert len(ended.output) == LARGEST_OUTPUT and ended.output.endswith(b"the end\n")
    monkeypatch.setattr("runlore.integrations.commands.MOST_WRITTEN", 1 << 20)
    endless = run_command("yes")
    assert endless.code == -1 and "wrote more" in endless.why


@pytest.mark.parametrize(
    ("credential", "check", "how"),
    [
        ("T", "environment", HowToCheck("T", "environment")),
        ("T", "", HowToCheck("T", "environment")),
        ("", "command `pg_isready -h db`", HowToCheck("", "command", "pg_isready -h db")),
        ("T", "http https://api.example/me bearer", HowToCheck("T", "http", "https://api.example/me bearer")),
        ("", "mcp `server --stdio`", HowToCheck("", "mcp", "server --stdio")),
        ("T", "tool `mcp__x__y`", HowToCheck("T", "tool", "mcp__x__y")),
        ("", "", None),
        ("T", "prayer", None),
        ("T", "command", None),
    ],
)
def test_how_an_integration_says_that_it_is_checked(credential: str, check: str, how: HowToCheck | None) -> None:
    assert parse_check(credential, check) == how


def find(how: HowToCheck, environment: dict[str, str] | None = None, **other: Any) -> Found:
    allowed = other.pop("allowed", frozenset())
    private, tools = other.pop("private", True), other.pop("list_tools", None)
    return check_integration(how, environment or {}, allowed=allowed, private=private, list_tools=tools)


def test_a_check_tells_ready_from_missing_rejected_and_unreachable() -> None:
    pages = {"/ok": (200, {}), "/no": (401, {}), "/forbidden": (403, {}), "/down": (503, {})}
    with serve(pages) as (address, asked):
        known = {"T": f"{SECRET}\n"}
        for path, state in (
            ("/ok", "ready"),
            ("/no", "rejected"),
            ("/forbidden", "rejected"),
            ("/down", "unreachable"),
            ("/else", "unreachable"),
        ):
            assert find(HowToCheck("T", "http", f"{address}{path} bearer"), known).state == state
        assert asked[0] == ("/ok", f"Bearer {SECRET}")
        assert find(HowToCheck("T", "http", f"{address}/ok"), known, private=False).state == "unreachable"
    assert find(HowToCheck("T", "environment")).state == "missing"
    assert find(HowToCheck("T", "environment"), {"T": "  "}).state == "missing"
    assert find(HowToCheck("", "environment")).state == "ready"
    assert find(HowToCheck("", "command", "true"), allowed=frozenset({"true"})).state == "ready"
    assert find(HowToCheck("", "command", "false"), allowed=frozenset({"false"})).state == "rejected"
    assert find(HowToCheck("", "command", "none-such"), allowed=frozenset({"none-such"})).state == "unreachable"
    assert find(HowToCheck("", "command", "true")).state == "unknown", "nobody allowed it"
    assert find(HowToCheck("", "mcp", "x")).state == "unknown", "nobody allowed it"


def test_a_credential_is_in_no_answer() -> None:
    broken = f"{SECRET}\nX-Other: 1"
    for how in (
        HowToCheck("T", "http", "http://127.0.0.1:9/ bearer"),
        HowToCheck("T", "environment"),
        HowToCheck("T", "tool", "x"),
        HowToCheck("T", "command", "true"),
    ):
        found = find(how, {"T": broken}, allowed=frozenset({"true"}))
        assert SECRET not in repr(found)


def test_a_tool_server_is_asked_for_its_tools(tmp_path: Path) -> None:
    line = f"{sys.executable} -m runlore.demo.shop_server {tmp_path / 'shop.json'}"
    how = HowToCheck("", "mcp", line)
    found = find(how, allowed=frozenset({line}), list_tools=count_tools)
    assert found.state == "ready" and "tools" in found.detail
    dead = f"{sys.executable} -c pass"
    assert find(HowToCheck("", "mcp", dead), allowed=frozenset({dead}), list_tools=count_tools).state == "unreachable"


def test_what_an_owner_allowed_is_read_and_nothing_is_without_a_file(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path)
    assert read_allowed(settings) == Allowed({}, frozenset(), {})
    file = allowed_file(settings)
    file.write_text(
        json.dumps({"commands": {"t": "make test"}, "checks": ["true"], "repositories": {"site": "/srv/site"}})
    )
    assert read_allowed(settings) == Allowed({"t": "make test"}, frozenset({"true"}), {"site": "/srv/site"})
    for wrong in (
        "[]",
        "{",
        '{"commands": ["x"]}',
        '{"commands": {"x": 1}}',
        '{"repositories": "x"}',
        '{"checks": 7}',
        "\xff",
    ):
        file.write_text(wrong, "latin-1")
        with pytest.raises(UsageError, match="this one does not"):
            read_allowed(settings)
