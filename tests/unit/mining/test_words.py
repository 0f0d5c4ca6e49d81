"""People's words. All sentences are invented."""

from __future__ import annotations

import pytest

from runlore.mining.objects import area_of, objects_of
from runlore.mining.words import classify_prompt, content_words, stem


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("confirmation", t) for t in (
            "yes", "Yes please!", "ok, go ahead", "yep, looks good", "sounds good, do it", "lgtm", "continue", "yes, let's do that", "👍 yes",
            "sure, go for it", "perfect, thanks", "do both please", "i'm happy with that", "yes I confirm", "that works for me",
        )),
        *(("rejection", t) for t in ("no", "No thanks.", "stop", "nope", "never mind", "cancel that", "don't do that", "undo that", "not now")),
        *(("correction", t) for t in (
            "no, use the staging database", "No - don't touch the lock file", "actually, put it in the config", "I said the second paragraph, not the first",
            "use pnpm instead", "use tabs instead of spaces here", "please don't amend commits", "you forgot to run the linter", "that's not what I asked for",
            "stop adding comments everywhere", "that is wrong, the total includes tax", "why did you delete the test?", "we never push to main directly",
            "still not working", "I meant the other branch", "not so formal please",
        )),
        *(("plan", t) for t in ("Implement the following plan:\n\n# Plan: retries\n\n1. x\n2. y", "please execute this plan\n- a\n- b")),
        *(("answer", t) for t in ("2", "B", "option 3", "1 and 3", "let's go with 2", "the second one", "skip 5, 7, 8 and do the rest", "A) both hooks")),
        *(("followup", t) for t in (
            "commit and push", "and also the docs", "what about Windows?", "are you sure?", "why?", "the lint is failing", "now run the tests", "is that safe?",
            "push", "fix it", "yeah let's fix the remaining typos in the invoice templates, even the small ones", "sorry, I should have said that the queue was replaced last week",
            "what are our options for the cache?", "can you update the prior comments as well with the commit?", "can you explain that", "did you check it?",
        )),
        *(("noise", t) for t in ("", "   ", "[Request interrupted by user]", "<local-command-stdout>x</local-command-stdout>", "/exit", "...")),
        *(("request", t) for t in (
            "Add retries with backoff to the upload client", "can you review the open pull request for the billing service?",
            "the nightly import fails since Monday, find out why and fix the parser", "Publish the spring campaign picture on our account",
            "No customer should get two invoices: add a unique constraint and a migration", "https://tracker.example.com/issue/ENT-259",
            "Write a blog post about the new export feature", "stop the worker process gracefully when the queue is empty and write a test for it",
        )),
    ],
)  # fmt: skip
def test_what_a_prompt_is(kind: str, text: str) -> None:
    assert classify_prompt(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "fix this failure:\n```\nno, this is not correct\nstop\n```",
        "Traceback from production, please look into the payment worker\nERROR worker: no such table\nERROR wrong value",
        "review comment on the cache: \n> you should not use a global here\n> this is wrong",
        "Don't you think a queue would be simpler for the mail sender?",
        "No need to rush, add the missing translations for the checkout page",
    ],
)
def test_what_is_pasted_or_polite_is_no_correction(text: str) -> None:
    assert classify_prompt(text) not in ("correction", "rejection")


def test_content_words_leave_out_code_paths_ids_and_pleasantries() -> None:
    text = "Hi! Can you please fix the failing uploads in src/api/upload.py? See https://x.example/y and `retry()` a1b2c3d4e5\n```\nraise Foo\n```\nthanks"
    assert content_words(text) == ("fix", "fail", "upload")
    assert content_words("2026-01-01T10:00 ERROR disk full\n    at foo (bar.js:3:4)\nrestart the workers") == (
        "restart",
        "worker",
    )
    assert content_words("") == ()


@pytest.mark.parametrize(
    "family",
    [
        "create creates creating created", "merge merges merging merged", "commit commits committing committed", "retry retries retrying retried",
        "change changes changing changed", "release releases releasing released", "push pushes pushing pushed", "file files filing filed",
        "cancel cancels cancelling cancelled", "transfer transfers transferring transferred", "policy policies", "address addresses addressing addressed",
        "deploy deploys deploying deployed", "write writes writing", "install installs installing installed", "order orders ordering ordered",
    ],
)  # fmt: skip
def test_forms_of_a_word_have_one_stem(family: str) -> None:
    first, *others = family.split()
    assert {stem(word) for word in others} == {stem(first)} == {first}


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("see PR #104 and ENT-98", ("issue:ENT-98", "pr:104")),
        ("https://github.com/acme/shop/pull/55/files", ("pr:55",)),
        ("issue #12, as in #340", ("issue:12", "pr:340")),
        ("rebase onto `ann/one-to-one` please", ("branch:ann/one-to-one",)),
        ("update from our parent branch ann/ent-221-hooks", ("branch:ann/ent-221-hooks", "issue:ENT-221")),
        ("encode it as UTF-8 with SHA-256 and/or RFC-9535", ()),
        ("nothing here", ()),
    ],
)
def test_objects_that_words_name(text: str, objects: tuple[str, ...]) -> None:
    assert objects_of(text) == objects


@pytest.mark.parametrize(
    ("path", "cwd", "area"),
    [
        ("/home/dev/shop/cmd/shop/cli/x/y.go", "/home/dev/shop", "area:cmd/shop/cli"),
        ("/home/dev/shop/.worktrees/3/cmd/shop/y.go", "/elsewhere", "area:cmd/shop"),
        ("./pkg/mail/...", "", "area:pkg/mail"),
        ("/home/dev/shop/docs/plans/x.md", "/home/dev/shop/cmd", "area:docs/plans"),
        ("README.md", "", ""),
        ("/tmp/x/y.go", "/home/dev/shop", ""),
    ],
)
def test_areas_of_files(path: str, cwd: str, area: str) -> None:
    assert area_of(path, cwd) == area
