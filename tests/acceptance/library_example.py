"""A small company with a library, as the acceptance tests have it: its files, its people, and the commands that they type."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from story import Answer, Runlore, make_runlore

VOICE = """---
title: Our voice
owner: brand-owner
last_reviewed_on: 2026-03-02
review_in: 6 months
---

# Our voice

We write as we speak: short and plain.

We never promise a date.
"""
RESTART = """# Restart the harbour API

## Prerequisites

- Access to the cluster

## Steps

1. Look at the dashboard
2. Restart the deployment
3. Check that it answers

## Escalation

Ask the platform team.
"""
SKILL = """---
name: harbour-post
description: Write a post for the harbour's channels. Use when somebody asks for a post.
---

# Harbour post

See [the voice](references/voice.txt).
"""
RUNBOOK = """---
name: announce-a-berth
description: "Announce a free berth. Use when a berth becomes free."
owner: marketing-lead
skills:
  - harbour-post
reviewed: 2026-03-02
review-every: 90 days
---

# Announce a free berth

## Purpose

A free berth is known within the hour.

## When to start

- Request: a berth becomes free

## Inputs

- `berth` (required): its number

## Prerequisites

- Document `brand/voice` has been read

## Steps

### 1. Write the post

- Tool: `posts.create`
- With: `berth` from input `berth`
- Stop if: the berth is taken again
- Approval: `brand-owner`, over `berth`
- Proof (P2): tool result, `$.id` is present
- If it fails: `Unauthorized` → ask the owner of the channel, then stop

## Proof of completion

- url (P1): the post

## What good looks like

- One sentence, one picture

## Failure modes

| Sign | Cause | Recovery | Seen |
| --- | --- | --- | --- |
| `Unauthorized` at step 1 | the token is old | renew it | 2 |

## Escalation

- Step 1 fails twice → `marketing-lead`, within 1 hour
"""
SECRET = "ghp_" + "q7w2e9r4t1y8u3i0p5a6s2d9f4g7h1j8k2l5"


def write_company(folder: Path) -> Path:
    """Write what the company has before it has Runlore."""
    files = {
        "brand/voice.md": VOICE,
        "notes/harbour-wifi.md": "# The harbour's wifi\n\nThe guest network is called Quay.\n",
        "howto/restart-api.md": RESTART,
        "skills/harbour-post/SKILL.md": SKILL,
        "skills/harbour-post/references/voice.txt": "plain\n",
    }
    for path, text in files.items():
        (folder / "company" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "company" / path).write_text(text, "utf-8")
    return folder / "company"


def make_library(folder: Path, record: str = "") -> Runlore:
    """Give a command line whose company has imported and published what it had, with Ada as its owner."""
    runlore = make_runlore(folder, record)
    runlore("init", "--company", "Harbourline", "--as", "Ada")
    runlore("import", write_company(folder), "--publish")
    return runlore


def act(runlore: Runlore, token: str) -> Callable[..., Answer]:
    """The command line of another principal, who has nothing but a credential."""
    return lambda *words, code=0: runlore(*words, code=code, RUNLORE_TOKEN=token)


def proposals(runlore: Runlore, document: str = "") -> list[dict[str, Any]]:
    return [p for p in runlore("proposals", "--json").json if document in ("", p["document"])]


def check_form(name: str, value: Any) -> None:
    """Fail where a value is not of the schema of that name."""
    schema = json.loads(resources.files("runlore.schemas").joinpath(f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(value)


def outcomes(answer: Answer) -> dict[str, str]:
    return {d["id"]: d["outcome"] for d in answer.json["documents"]}


def offer(actor: Callable[..., Answer], path: Path, *words: str, reason: str = "It is better so") -> int:
    """Propose what stands at a path, and give the proposal's number."""
    done = actor("propose", path, *words, "--reason", reason, "--json").json
    [proposal] = done["proposals"]
    return int(proposal["number"])
