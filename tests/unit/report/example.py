"""A report made by hand: six workflows of a small company, as a miner would give them."""

from __future__ import annotations

from dataclasses import replace

from example_building import cases, constant, from_step, given, guard, source, step, yes
from example_others import commits, figures, onboarding, restore

from runlore.model import (
    Cost,
    Fact,
    FailureMode,
    Proof,
    Quote,
    Spread,
    Workflow,
)
from runlore.report import Report


def instagram() -> Workflow:
    found = cases(
        "insta",
        (
            "Please put this on Instagram today: the sunrise picture",
            "Instagram post for Spring Opening 2026",
            "can we get the interview photo with Ingrid up on insta?",
            "Post the new berth map picture on our Instagram account",
            "Next one for Instagram. Picture “ropes close-up”",
            "Please publish the night harbour photo",
            "We need the sailing school picture live before lunch",
            "Insta please: fog picture",
        ),
        7.0,
        frozenset({3}),
    )
    return Workflow(
        "wf-insta",
        "publish-instagram-post",
        "Publish a post on Instagram and note it in the CRM",
        "Use when somebody asks for a picture with a caption to go live on the company's Instagram account.",
        ("mcp__instagram__publish_media", "mcp__crm__add_note"),
        found,
        (
            step(
                1,
                "Check the account and its token",
                "mcp__instagram__get_account",
                arguments=(constant("account_id", "17841400000004711"),),
                guards=(guard("$.token.expires_in_days >= 2"),),
            ),
            step(
                2,
                "Find the picture in the drive",
                "mcp__drive__search",
                arguments=(constant("folder", "Approved"), given("query", "fog pier")),
            ),
            step(3, "Find the campaign", "mcp__crm__find_campaign", arguments=(given("campaign", "Harbour Stories"),)),
            step(
                4,
                "Convert the picture to JPEG",
                "mcp__drive__convert",
                (2,),
                3,
                optional=True,
                arguments=(from_step("file_id", 2, "$.files[*].id"), constant("format", "jpeg")),
            ),
            step(
                5,
                "Attach picture and caption",
                "mcp__instagram__create_media",
                (1, 2, 4),
                effect=True,
                arguments=(
                    from_step("image_url", 2, "$.files[*].url"),
                    given("caption", "Fog until ten. The map knows where the pier is."),
                ),
                proof=(Proof("tool result", "$.id is present"),),
            ),
            step(
                6,
                "Publish the post",
                "mcp__instagram__publish_media",
                (5,),
                effect=True,
                approval=yes(8, 8),
                arguments=(from_step("creation_id", 5, "$.id"),),
                proof=(Proof("url", "$.permalink is present"),),
            ),
            step(
                7,
                "Check that the post is reachable",
                "curl",
                (6,),
                5,
                optional=True,
                command="curl -s -o /dev/null -w '%{http_code}' <url>",
            ),
            step(
                8,
                "Note the link on the campaign",
                "mcp__crm__add_note",
                (3, 6),
                effect=True,
                arguments=(from_step("campaign_id", 3, "$.campaigns[*].id"), from_step("text", 6, "$.permalink")),
                proof=(Proof("tool result", "$.note_id is present"),),
            ),
        ),
        (
            FailureMode(
                "mcp__instagram__get_account",
                "OAuthException: Error validating access token: Session has expired on <*>",
                3,
                "The integration's owner renewed the token; the same call then worked",
                3,
                (source("insta", 2, 7), source("insta", 4, 7), source("insta", 7, 7)),
            ),
            FailureMode(
                "mcp__instagram__create_media",
                "media type not supported: image/png with alpha channel. Only JPEG is accepted.",
                3,
                "Convert the picture to JPEG and attach it again",
                3,
                (source("insta", 1, 21), source("insta", 3, 25), source("insta", 4, 31)),
            ),
        ),
        (
            Quote(
                "too many hashtags and again it sounds like an advertisement. at most three hashtags, and the first "
                "line has to stand on its own",
                source("insta", 6, 19),
                "2026-03-17",
                "mcp__instagram__create_media",
            ),
        ),
        (
            Quote(
                "no, that sounds like an advertisement. Say what changes for the skipper, in one calm "
                "sentence, no exclamation marks",
                source("insta", 3, 17),
                "2026-02-24",
                "mcp__instagram__create_media",
            ),
        ),
        triggers=(
            Quote("Please put this on Instagram today", source("insta", 0, 2)),
            Quote("Insta please: fog picture", source("insta", 7, 2)),
        ),
        tokens=Spread(241_000, 2_010_000),
        seconds=Spread(540, 4_900),
        sessions=8,
        rank=9.0,
    )


def release() -> Workflow:
    asked = (
        "Please release the berth widget, a patch release",
        "cut a minor release",
        "Time to ship the widget",
        "We need a bugfix release",
        "Release 1.9.0 of the widget",
        "publish a new patch version",
        "Ship it: widget, major version",
    )
    return Workflow(
        "wf-release",
        "release-berth-widget",
        "Release the berth widget",
        "Use when a new version of @harbourline/berth-widget has to be tagged and published.",
        ("git push", "pnpm publish", "gh release create"),
        cases("relea", asked, 10.5, frozenset({1, 5})),
        (
            step(
                1,
                "List the commits since the last tag",
                "git log",
                (),
                7,
                7,
                command="git log v<version>..HEAD --oneline",
            ),
            step(2, "Install the dependencies", "pnpm install", (), 7, 7, command="pnpm install --frozen-lockfile"),
            step(3, "Build the package", "pnpm build", (2,), 7, 7, command="pnpm build"),
            step(4, "Run the tests", "pnpm test", (3,), 7, 7, command="pnpm test", repeat=True),
            step(
                5,
                "Write the changelog's new section",
                "edit CHANGELOG.md",
                (1,),
                7,
                7,
                summary="The commits become one line each.",
            ),
            step(6, "Set the version", "pnpm version", (4,), 7, 7, command="pnpm version <kind> --no-git-tag-version"),
            step(
                7,
                "Commit the release",
                "git commit",
                (5, 6),
                7,
                7,
                command='git commit -am "release: v<version>"',
                effect=True,
            ),
            step(8, "Tag it", "git tag", (7,), 7, 7, command="git tag v<version>", effect=True),
            step(
                9,
                "Push commit and tag",
                "git push",
                (8,),
                7,
                7,
                command="git push origin main --follow-tags",
                effect=True,
            ),
            step(
                10,
                "Publish to the registry",
                "pnpm publish",
                (4, 9),
                7,
                7,
                command="pnpm publish --access public --no-git-checks",
                effect=True,
                approval=yes(7, 7),
            ),
            step(
                11,
                "Check what the registry serves",
                "pnpm view",
                (10,),
                4,
                7,
                command="pnpm view @harbourline/berth-widget version",
                optional=True,
            ),
            step(
                12,
                "Create the release page",
                "gh release create",
                (9, 10),
                7,
                7,
                command="gh release create v<version> --title <title> --notes <notes>",
                effect=True,
            ),
        ),
        (
            FailureMode(
                "pnpm test",
                "Error: dist/manifest.json is older than src: run the build first",
                4,
                "Run `pnpm build`, then the tests again",
                4,
                (source("relea", 0, 15),),
            ),
            FailureMode(
                "npm ci",
                'npm error Unsupported URL Type "workspace:": workspace:*',
                2,
                "Use pnpm",
                2,
                (source("relea", 1, 12),),
            ),
            FailureMode(
                "pnpm publish",
                "401 Unauthorized - PUT the package: the access token expired or was revoked",
                2,
                "Jonas renews the token with `pnpm login`",
                2,
                (source("relea", 2, 51),),
            ),
        ),
        (),
        (
            Quote("use pnpm, not npm. this is a workspace", source("relea", 0, 11), "2026-01-20", "pnpm install"),
            Quote("pnpm please, not npm", source("relea", 2, 11), "2026-02-12", "pnpm install"),
            Quote("I told you before: use pnpm, not npm!", source("relea", 4, 11), "2026-03-05", "pnpm install"),
        ),
        triggers=(Quote("cut a minor release of @harbourline/berth-widget", source("relea", 1, 2)),),
        tokens=Spread(388_000, 2_720_000),
        seconds=Spread(1_260, 9_100),
        sessions=7,
        rank=12.0,
    )


def facts() -> tuple[Fact, ...]:
    return (
        Fact(
            "f-1",
            "fact",
            "The current logo is brand/assets/final/harbourline-mark-2025.svg.",
            "Write the path down; the files named logo-* are outdated.",
            "brand",
            5,
            ("a", "b", "c", "d", "e"),
            Cost(22, 310, 180_000),
            (source("insta", 1, 9),),
        ),
        Fact(
            "f-2",
            "trap",
            'npm fails in the widget: Unsupported URL Type "workspace:".',
            "Use pnpm.",
            "notes",
            6,
            ("a", "b", "c", "d"),
            Cost(9, 120, 61_000),
            (source("relea", 1, 12), source("relea", 5, 12)),
        ),
        Fact(
            "f-3",
            "trap",
            "The default pg_restore is older than the server that wrote the dumps.",
            "Call /usr/lib/postgresql/17/bin/pg_restore.",
            "notes",
            5,
            ("a", "b", "c", "d", "e"),
            Cost(10, 40, 33_000),
            (source("resto", 0, 22),),
        ),
        Fact(
            "f-4",
            "preference",
            "“sounds like an advertisement”",
            "No superlatives, no exclamation marks; say what changes for the reader.",
            "brand",
            5,
            ("a", "b", "c", "d"),
            Cost(5, 0, 0),
            (source("insta", 3, 17),),
        ),
    )


def costed(workflow: Workflow) -> Workflow:
    """Spread the workflow's tokens and time evenly over its cases."""
    n = len(workflow.cases)
    tokens, seconds = round(workflow.tokens.total / n), workflow.seconds.total / n
    return replace(workflow, cases=tuple(replace(case, tokens=tokens, seconds=seconds) for case in workflow.cases))


def report() -> Report:
    return Report(
        tuple(costed(w) for w in (instagram(), release(), restore(), onboarding(), figures(), commits())),
        facts(),
        "24 March 2026",
        sessions=62,
        cases=58,
        events=1_240,
        tokens=8_100_000,
        seconds=31_000,
        formats=(("Claude Code", 40), ("chat", 22)),
        unreadable=1,
    )
