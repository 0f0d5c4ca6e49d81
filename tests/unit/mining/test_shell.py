"""Shell command lines taken apart."""

from __future__ import annotations

import time

import pytest

from runlore.mining.shell import MAX_BYTES, parse


def programs(line: str) -> list[str]:
    return [command.program for command in parse(line)]


def test_a_list_with_a_pipe_and_a_change_of_folder() -> None:
    cd, test, tail = parse("cd services/api && CI=1 go test ./... 2>&1 | tail -5")
    assert (cd.program, cd.operator) == ("cd", "")
    assert (test.program, test.arguments, test.operator, test.cwd) == ("go", ("test", "./..."), "&&", "services/api")
    assert test.environment == (("CI", "1"),)
    assert (test.position, test.piped, tail.position, tail.piped) == (0, True, 1, False)


def test_redirects_and_heredocs_belong_to_their_command() -> None:
    cat, run = parse("cat > notes.md <<'EOF' && make docs\n# Notes\nEOF\n")
    assert cat.redirects == ((">", "notes.md"),)
    assert cat.heredoc == "# Notes\n"
    assert (run.program, run.arguments, run.operator) == ("make", ("docs",), "&&")


def test_a_heredoc_piped_on() -> None:
    assert programs("cat <<'EOF' | gh pr create -F -\nbody\nEOF\ngit push") == ["cat", "gh", "git"]


def test_a_commit_message_in_a_heredoc_is_one_argument() -> None:
    commit = parse("git commit -m \"$(cat <<'EOF'\nFix the `clean` command\n\nIt leaked.\nEOF\n)\"")[-1]
    assert commit.arguments == ("commit", "-m", "Fix the `clean` command\n\nIt leaked.")


def test_quotes_are_taken_off() -> None:
    assert parse("""git commit -m 'it''s' "a \\"b\\"" c\\ d""")[0].arguments == ("commit", "-m", "its", 'a "b"', "c d")


@pytest.mark.parametrize(
    ("line", "expected", "wrappers"),
    [
        (
            "sudo -u deploy env A=1 timeout 30 uv run --with rich pytest -k x",
            "pytest",
            ("sudo", "env", "timeout", "uv run"),
        ),
        ("npx -y eslint .", "eslint", ("npx",)),
        ("poetry run python -m pytest tests", "pytest", ("poetry run", "python -m")),
        ("mise exec go@1.24 -- go build ./...", "go", ("mise exec",)),
        ("docker exec -it -w /app web rails db:migrate", "rails", ("docker exec",)),
        ("docker compose exec -T web alembic upgrade head", "alembic", ("docker compose exec",)),
        ("kubectl exec -n prod pod/api -- psql -c 'select 1'", "psql", ("kubectl exec",)),
        ("time nohup ./deploy.sh", "deploy.sh", ("time", "nohup")),
        ("find . | xargs -I{} grep x {}", "grep", ("xargs",)),
    ],
)
def test_wrappers_are_seen_through(line: str, expected: str, wrappers: tuple[str, ...]) -> None:
    command = parse(line)[-1]
    assert (command.program, command.wrappers) == (expected, wrappers)


def test_scripts_in_arguments_are_parsed() -> None:
    assert programs("bash -lc 'cd api && go test ./... && git push'") == ["cd", "go", "git"]
    assert programs("bash -euo pipefail <<'EOF'\nmake build\nmake deploy\nEOF") == ["make", "make"]
    assert programs("command -v gh && gh auth status") == ["command", "gh"]


def test_where_a_command_stands() -> None:
    nested = {
        c.program: c.nested for c in parse("(cd a; make); for x in 1 2; do curl $x; done; URL=$(gh pr create); deploy")
    }
    assert nested == {"cd": "subshell", "make": "subshell", "curl": "loop", "gh": "substitution", "deploy": ""}


def test_a_subshell_keeps_its_folder_to_itself() -> None:
    assert [c.cwd for c in parse("(cd a && make); ls")] == ["", "a", ""]


@pytest.mark.parametrize(
    "line", ["", "   ", "))((", "'", '"$(', "$(" * 500, "((" * 500, "\udc80 x", "<<", "if then fi", "\0"]
)
def test_what_cannot_be_read_gives_no_error(line: str) -> None:
    assert isinstance(parse(line), tuple)


@pytest.mark.parametrize("piece", ["a|", "<<A\n", "a;", "$(", "(", "'", "`", "a && ", '"$x" ', "{ "])
def test_no_input_takes_long(piece: str) -> None:
    started = time.perf_counter()
    parse(piece * (4 * MAX_BYTES // len(piece)))
    assert time.perf_counter() - started < 1.0


def test_of_a_long_line_the_first_part_counts() -> None:
    line = "make first\n" + "echo x\n" * 20_000 + "make last\n"
    found = parse(line)
    assert found[0].arguments == ("first",)
    assert found[-1].program == "echo"
