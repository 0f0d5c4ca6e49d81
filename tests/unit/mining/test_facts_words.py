"""The small parts of facts: templates, telling lines, rules, wishes, sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlore.mining.facts.calls import head_of, simple_path, verb_of
from runlore.mining.facts.messages import endpoint_template, list_rules, telling_line, template
from runlore.mining.facts.preferences import is_personal, sentences
from runlore.mining.facts.values import clip
from runlore.mining.facts.wishes import Said, bare, group, is_directive, is_firm
from runlore.mining.facts.wording import code, instruction, sentence, times
from runlore.mining.shell import parse


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("open /home/ann/shop/a.go: no such file", "open <*>: no such file"),
        ("unknown flag: --stat", "unknown flag: --stat"),
        ("gh: Not Found (HTTP 404)", "gh: Not Found (HTTP 404)"),
        ("accepts at most 1 arg(s), received 3", "accepts at most <*> arg(s), received <*>"),
        ("unable to read e53647ba1f1e5203bedff558b482f178db045555", "unable to read <*>"),
        (" ! [rejected]   a -> a (fetch first)", "[rejected]"),
        (" ! [remote rejected] a -> a (protected branch hook declined)", "[rejected] (protected branch hook declined)"),
    ],
)
def test_what_varies_in_a_message_goes_and_what_is_wrong_stays(message: str, expected: str) -> None:
    assert template(message) == expected


@given(st.text(max_size=300))
def test_a_template_is_short_on_one_line_and_never_raises(message: str) -> None:
    found = template(message)
    assert len(found) <= 160 and "\n" not in found


@given(st.text(max_size=500), st.integers(min_value=10, max_value=200))
def test_a_clipped_text_fits_and_is_stable(text: str, limit: int) -> None:
    short = clip(text, limit)
    assert len(short) <= limit
    assert clip(short, limit) == short


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("Exit code 1\nunknown flag: --stat\n\nUsage: x", "unknown flag: --stat"),
        ("zsh: command not found: jq", "zsh: command not found: jq"),
        ("compiling\nfatal: not a git repository", "fatal: not a git repository"),
        ("--- FAIL: TestA\nfatal: x", ""),
        ("1 fail\nerror: expect(received).toBe(expected)", ""),
        ("all well", ""),
    ],
)
def test_the_line_that_says_what_is_wrong(output: str, expected: str) -> None:
    assert telling_line(output) == expected


@pytest.mark.parametrize(
    ("output", "rule", "message"),
    [
        ("a/b.go:3:2: Error return value is not checked (errcheck)", "errcheck", "Error return value is not checked"),
        ("[lint:go] a/b.go:3:2: string `x` has 3 occurrences (goconst)", "goconst", "string `x` has 3 occurrences"),
        ("src/a.py:1:8: F401 `os` imported but unused", "F401", "`os` imported but unused"),
        (
            "src/a.py:4: error: Incompatible return value type  [return-value]",
            "return-value",
            "Incompatible return value type",
        ),
        ("  3:7  error  'x' is never reassigned  prefer-const", "prefer-const", "'x' is never reassigned"),
        (
            "src/a.ts:188:5 lint/style/useConst  FIXABLE  ━━━━━━\n\n  × This let is only assigned once.",
            "lint/style/useConst",
            "This let is only assigned once.",
        ),
    ],
)
def test_rules_of_well_known_checkers(output: str, rule: str, message: str) -> None:
    assert list(list_rules(output)) == [(rule, message)]


def test_code_that_does_not_compile_breaks_no_rule() -> None:
    assert list(list_rules("a.go:1:2: undefined: errors (typecheck)")) == []


def test_an_endpoint_without_its_ids() -> None:
    assert endpoint_template("repos/acme/shop/pulls/12/comments?per_page=100") == "repos/acme/shop/pulls/<*>/comments"
    assert endpoint_template("repos/${owner}/pulls/$n") == "repos/<*>/pulls/<*>"


@pytest.mark.parametrize(
    ("command", "head"),
    [
        ("git -C /x status", "git status"),
        ("gh pr diff 3 --stat", "gh pr diff"),
        ("mise run test:ci", "mise run test:ci"),
        ("go test ./...", "go test"),
        ("golangci-lint run", "golangci-lint"),
    ],
)
def test_the_head_of_a_command(command: str, head: str) -> None:
    assert head_of(parse(command)[0]) == head


@pytest.mark.parametrize(
    ("tool", "verb"),
    [
        ("find_user_id_by_email", "find"),
        ("instagram.get_account", "get"),
        ("mcp__linear-server__create_issue", "create"),
        ("crm_find_contact", "find"),
        ("mcp__crm__createContact", "create"),
        ("Bash", ""),
        ("Read", "read"),
    ],
)
def test_the_verb_of_a_tool(tool: str, verb: str) -> None:
    assert verb_of(tool) == verb


@pytest.mark.parametrize(
    "words",
    [
        "use pnpm",
        "yes, can you also reply directly to the comment?",
        "let's cut a branch first",
        "don't check this in",
        "make sure it's in Project: Apollo",
        "captions should never be formal",
        "commit this, then push and open a draft PR",
    ],
)
def test_what_tells_somebody_to_do_something(words: str) -> None:
    assert is_directive(words)


@pytest.mark.parametrize(
    "words", ["what is the simplest way?", "hmm, the stop hook fired twice", "why did the tests fail", "lol"]
)
def test_what_does_not(words: str) -> None:
    assert not is_directive(words)


def test_firm_words_say_how() -> None:
    assert is_firm("rebase first") and is_firm("Project: Apollo") and is_firm("use pnpm")
    assert not is_firm("fix the tests") and not is_firm("what is the status?")


def said(*sentences_: str) -> list[Said]:
    return [Said(i, f"s{i}", text) for i, text in enumerate(sentences_)]


def test_a_short_wish_for_a_tool() -> None:
    wishes = group(said("use pnpm here", "please use pnpm", "what broke the build?"))
    assert [w.sessions for w in wishes] == [2]


def test_a_shared_subject_is_no_shared_wish() -> None:
    assert group(said("the stop hook writes the index twice on close", "why does the stop hook not fire on exit")) == []


def test_a_wish_that_says_the_same_with_fewer_words_joins_the_longer() -> None:
    wishes = group(
        said("commit, push and open a draft PR", "push and open a draft PR", "create a draft PR", "draft PR please")
    )
    assert len(wishes) == 1 and wishes[0].sessions >= 3


@given(st.lists(st.text(alphabet="abc use not first.,", max_size=40), max_size=12))
def test_each_sentence_stands_in_one_wish_at_most(texts: list[str]) -> None:
    places = [s.place for wish in group(said(*texts)) for s in wish.said]
    assert len(places) == len(set(places))


def test_pasted_text_is_not_the_persons_words() -> None:
    words = "look at this:\n```\nnever run the tests\n```\n> always push\n⏺ use the other one\nand keep it short please"
    assert list(sentences(words)) == ["look at this", "and keep it short please"]
    assert list(sentences("x" * 5000)) == []


@pytest.mark.parametrize(
    ("words", "personal"),
    [
        ("please use my gift card", False),
        ("my name is Mei", True),
        ("order #W12", True),
        ("I want PayPal instead", False),
    ],
)
def test_what_names_somebody(words: str, personal: bool) -> None:
    assert is_personal(words) is personal


def test_wording() -> None:
    assert [times(n) for n in (1, 2, 5)] == ["once", "twice", "5 times"]
    assert bare("yes, can you also reply directly?") == "reply directly"
    assert instruction("ok, let's cut a branch first please") == "Cut a branch first."
    assert sentence("`a` fails") == "`a` fails." and sentence("get_order fails") == "get_order fails."
    assert (
        code("gh api x/2719391658 -f body='a long text that nobody needs to read again in a note'")
        == "`gh api x/<id> -f body='…'`"
    )


def test_a_path_is_told_from_the_project_or_from_home() -> None:
    roots = ("/home/ann/shop/.worktrees/2", "/home/ann/shop")
    assert simple_path("/home/ann/shop/a/b.go", roots) == "a/b.go"
    assert simple_path("/home/ann/shop/.worktrees/2/a/b.go", roots) == "a/b.go"
    assert simple_path("/home/ann/.config/x.toml", roots) == "~/.config/x.toml"
    assert simple_path("./a/b/", roots) == "a/b"
    assert simple_path("/tmp/x", roots) == ""
