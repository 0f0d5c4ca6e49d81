"""Calls of every host as activities."""

from __future__ import annotations

from typing import Any

import pytest

from runlore.mining.activities import command_line, describe
from runlore.mining.programs import FORMS
from runlore.mining.shell_activities import describe_shell
from runlore.mining.values import Activity
from runlore.model import Event

CWD = "/home/dev/shop"


def call(tool: str, arguments: Any = None) -> tuple[Activity, ...]:
    return describe(Event(id="1", kind="call", line=1, tool=tool, arguments=arguments, cwd=CWD))


def names(line: str) -> list[str]:
    return [activity.name for activity in describe_shell(line, CWD)]


@pytest.mark.parametrize(
    ("line", "name", "role", "phrase"),
    [
        ("git push", "git push", "effect", "Push the branch"),
        ("git push -f origin x", "git push --force", "effect", "Force-push the branch"),
        (
            "git -C /x push --force-with-lease=x",
            "git push --force-with-lease",
            "effect",
            "Force-push the branch with a lease",
        ),
        ("git commit --amend --no-edit", "git commit --amend", "effect", "Amend the last commit"),
        ("git tag v1.2.0", "git tag", "effect", "Tag a release"),
        ("git tag -l", "git tag --list", "read", "List the tags"),
        ("git checkout main", "git checkout", "edit", "Switch the branch"),
        ("git checkout -- a.py", "git checkout --", "edit", "Discard the changes to files"),
        ("git branch -D old", "git branch -d", "edit", "Delete a branch"),
        ("gh pr create --draft --title x", "gh pr create --draft", "effect", "Open a draft pull request"),
        ("gh -R a/b run view 11 --log", "gh run view", "read", "Read a CI run"),
        ("mise run test:ci", "mise run test:ci", "check", "Run the `test:ci` task with mise"),
        ("npm run build", "npm run build", "check", "Run the `build` script with npm"),
        ("yarn release", "yarn run release", "effect", "Run the `release` script with yarn"),
        ("make -C ops deploy", "make deploy", "effect", "Run the `deploy` target with make"),
        (
            "go test -tags=integration ./x",
            "go test -tags integration",
            "check",
            "Run the Go tests with the tag `integration`",
        ),
        ("uv run pytest -k x", "pytest", "check", "Run the Python tests"),
        ("python -m twine upload dist/*", "twine upload", "effect", "Upload the package to the index"),
        ("npm publish --dry-run", "npm publish --dry-run", "check", "Try out: publish the package to npm"),
        ("docker-compose -f a.yml up -d", "docker compose up", "effect", "Start the containers"),
        ("kubectl -n prod rollout status deploy/api", "kubectl rollout status", "check", "Wait for the rollout"),
        ("terraform plan", "terraform plan", "check", "Plan the infrastructure change"),
        ("psql -c 'select 1'", "psql", "read", "Query the Postgres database"),
        ("psql < fix.sql", "psql", "effect", "Change the Postgres database"),
        ("python manage.py migrate", "manage.py migrate", "effect", "Migrate the database"),
        ("aws s3 cp a s3://b", "aws s3 cp", "effect", "Run `aws s3 cp`"),
        ("./scripts/release.sh 1.2", "release.sh", "effect", "Run `release.sh`"),
        ("bash harness.sh setup", "harness.sh setup", "check", "Run `harness.sh setup`"),
        ("bun test x.ts", "bun test", "check", "Run the tests with bun"),
        ("tracker create 'x'", "tracker create", "effect", "Run `tracker create`"),
        ("frob --verbose widget", "frob widget", "check", "Run `frob widget`"),
        ("anything deploy --help", "anything deploy --help", "read", "Show the help of `anything deploy`"),
    ],
)
def test_shell_commands(line: str, name: str, role: str, phrase: str) -> None:
    (activity,) = describe_shell(line, CWD)
    assert (activity.name, activity.role, activity.phrase) == (name, role, phrase)


@pytest.mark.parametrize(
    ("line", "name", "role", "phrase"),
    [
        (
            "gh api repos/acme/shop/pulls/104/comments/33/replies -f body=ok",
            "gh api POST repos/{owner}/{repo}/pulls/{n}/comments/{id}/replies",
            "effect",
            "Reply to a review comment",
        ),
        (
            "gh api repos/acme/shop/pulls/104/comments",
            "gh api GET repos/{owner}/{repo}/pulls/{n}/comments",
            "read",
            "Read the review comments",
        ),
        (
            "gh api graphql -f query='mutation { resolveReviewThread(input: {threadId: \"x\"}) { thread { id } } }'",
            "gh api graphql resolveReviewThread",
            "effect",
            "Resolve a review thread on GitHub",
        ),
        (
            "curl -X POST https://me:pw@api.example.com/orders/1234/pay -d @x",
            "curl POST api.example.com/orders/{id}/pay",
            "effect",
            "Send `POST api.example.com/orders/{id}/pay`",
        ),
        ("curl -s http://127.0.0.1:3000/health", "curl GET localhost/health", "check", "Call `GET localhost/health`"),
    ],
)
def test_http_calls_have_a_method_and_a_templated_path(line: str, name: str, role: str, phrase: str) -> None:
    (activity,) = describe_shell(line, CWD)
    assert (activity.name, activity.role, activity.phrase) == (name, role, phrase)


def test_of_a_compound_command_what_matters_is_kept() -> None:
    assert names("cd api && go test ./... 2>&1 | tail -5; echo done") == ["go test"]
    assert names("git add a && git commit -m x && git push") == ["git add", "git commit", "git push"]
    assert names("git log | head -3; mise run lint") == ["mise run lint"]
    assert names("URL=$(gh pr create --fill) && echo $URL") == ["gh pr create"]
    assert names("for c in 1 2; do gh pr comment $c -b x; done") == ["gh pr comment"]


def test_glue_alone_stays_what_it_is() -> None:
    assert names("cd api") == ["cd"]
    assert names("cat a.txt | grep x | wc -l") == ["cat"]
    assert names("") == []


def test_files_written_by_a_shell_are_edits() -> None:
    assert names("cat > docs/a.md <<'EOF'\nx\nEOF") == ["edit *.md"]
    assert names("sed -i '' 's/a/b/' src/api/main.go") == ["edit *.go"]
    assert names("go test ./... > out.txt") == ["go test"]


def test_objects_tell_cases_apart() -> None:
    assert call("Bash", {"command": "gh pr view 104"})[0].objects == ("pr:104",)
    assert call("Bash", {"command": "git push -u origin ann/ent-98-retry"})[0].objects == (
        "branch:ann/ent-98-retry",
        "issue:ENT-98",
    )
    assert call("Bash", {"command": "go test ./cmd/shop/cli/strategy/..."})[0].objects == ("area:cmd/shop/cli",)
    assert call("Bash", {"command": "npm install lodash@4 @acme/ui"})[0].objects == (
        "package:lodash",
        "package:@acme/ui",
    )
    assert call("Edit", {"file_path": f"{CWD}/cmd/shop/cli/strategy/x.go"})[0].objects == ("area:cmd/shop/cli",)
    assert call("mcp__linear__get_issue", {"id": "ENT-207"})[0].objects == ("issue:ENT-207",)


@pytest.mark.parametrize(
    ("tool", "arguments", "name", "role"),
    [
        ("Write", {"file_path": "/home/dev/shop/Makefile"}, "edit Makefile", "edit"),
        ("NotebookEdit", {"notebook_path": "a/b.ipynb"}, "edit *.ipynb", "edit"),
        ("replace", {"file_path": "a/b.ts", "old_string": "x"}, "edit *.ts", "edit"),
        ("str_replace_editor", {"command": "view", "path": "a/b.py"}, "read", "read"),
        ("Read", {"file_path": "a/b.py"}, "read", "read"),
        ("Grep", {"pattern": "x"}, "grep", "read"),
        ("AskUserQuestion", {}, "ask the person", "dialog"),
        ("ExitPlanMode", {"plan": "x"}, "propose a plan", "dialog"),
        ("TodoWrite", {"todos": []}, "todo list", "plan"),
        ("update_plan", {"plan": []}, "todo list", "plan"),
        ("think", {"thought": "x"}, "think", "plan"),
        ("Task", {"subagent_type": "Explore", "prompt": "x"}, "delegate Explore", "delegate"),
        ("Skill", {"skill": "review-it"}, "skill review-it", "procedure"),
        ("SlashCommand", {"command": "/release 1.2"}, "/release", "procedure"),
        ("shell", {"command": ["bash", "-lc", "git push"]}, "git push", "effect"),
        ("exec_command", {"cmd": "pytest"}, "pytest", "check"),
        ("cancel_pending_order", {"order_id": "#W1"}, "cancel_pending_order", "effect"),
        ("create", {"name": "x"}, "create", "effect"),  # no path: some service's own tool
    ],
)
def test_tools_of_hosts_and_services(tool: str, arguments: Any, name: str, role: str) -> None:
    (activity,) = call(tool, arguments)
    assert (activity.name, activity.role) == (name, role)


def test_a_patch_names_its_files_by_kind() -> None:
    patch = "*** Begin Patch\n*** Update File: src/a/b/c/d.ts\n*** Add File: docs/x.ts\n*** Delete File: x.md\n*** End Patch"
    first, second = call("apply_patch", patch)
    assert (first.name, first.objects, second.name) == ("edit *.ts", ("area:src/a/b", "area:docs"), "edit *.md")
    assert call("apply_patch", {"input": patch}) == (first, second)
    assert names(f"apply_patch <<'EOF'\n{patch}\nEOF") == ["edit *.ts", "edit *.md"]


def test_procedures_and_words() -> None:
    assert describe(Event(id="1", kind="procedure", line=1, tool="/release"))[0].name == "/release"
    assert describe(Event(id="1", kind="prompt", line=1, text="git push")) == ()


@pytest.mark.parametrize(
    "arguments", [None, 3, [], {}, {"command": None}, {"command": 7}, "", {"file_path": 3}, [["x"]]]
)
@pytest.mark.parametrize(
    "tool", ["Bash", "Edit", "Read", "apply_patch", "Task", "Skill", "Grep", "SlashCommand", "cancel_order"]
)
def test_odd_arguments_give_no_error(tool: str, arguments: Any) -> None:
    assert isinstance(call(tool, arguments), tuple)


def test_command_lines_of_every_host() -> None:
    assert command_line({"command": ["bash", "-lc", "ls -l"]}) == "ls -l"
    assert command_line({"cmd": "ls"}) == "ls"
    assert command_line(["git", "push"]) == "git push"
    assert command_line({"file": "x"}) == ""


def test_the_tables_are_well_formed() -> None:
    for name, form in FORMS.items():
        assert name == name.strip(), name
        assert form.phrase[0].isupper() or form.phrase.startswith(".NET"), name
        assert not form.phrase.endswith("."), name
        assert form.role in ("read", "edit", "check", "effect"), name


def test_trying_something_out_in_a_scratch_folder_is_no_edit() -> None:
    assert "edit" not in {
        a.role
        for a in describe_shell('cd /tmp && rm -rf t && mkdir t && cd t && git init && echo "x" > old.txt', CWD)
        if not a.command
    }
    assert names("echo x > notes.txt") == ["edit *.txt"]


def test_compiling_the_go_tests_is_not_running_them() -> None:
    assert names("go test -c ./cmd -o /dev/null") == ["go test -c"]
