"""A report made by hand: six workflows of a small company, as a miner would give them."""

from __future__ import annotations

from dataclasses import replace

from runlore.model import (
    Approval,
    Argument,
    CaseReference,
    Cost,
    Evidence,
    Fact,
    FailureMode,
    Proof,
    Quote,
    Source,
    Spread,
    ValueSource,
    Workflow,
    WorkflowStep,
)
from runlore.report import Report

FIRST_DAY = 1_768_300_000.0  # 2026-01-13


def transcript(name: str, number: int) -> str:
    return f"sha256:{name.encode().hex()[:10]}{number:04d}{'0' * 50}"


def source(name: str, number: int, line: int) -> Source:
    return Source(transcript(name, number), line)


def cases(
    name: str, asked: tuple[str, ...], every: float, bad: frozenset[int] = frozenset()
) -> tuple[CaseReference, ...]:
    return tuple(
        CaseReference(
            transcript(name, number),
            f"{name}-{number:04d}-4f2b-9c11-000000000000"[:36],
            (source(name, number, 3), source(name, number, 40 + number)),
            number not in bad,
            words,
            FIRST_DAY + number * every * 86_400 + 9_000,
            480 + 37 * number,
            210_000 + 13_000 * number,
        )
        for number, words in enumerate(asked)
    )


def step(
    number: int, title: str, activity: str, after: tuple[int, ...] = (), seen: int = 8, of: int = 8, **more: object
) -> WorkflowStep:
    return WorkflowStep(number, title, activity, after=after, support=(seen, of), **more)  # type: ignore[arg-type]


def from_step(name: str, number: int, path: str) -> Argument:
    return Argument(name, ValueSource("step", step=number, path=path))


def constant(name: str, value: object) -> Argument:
    return Argument(name, ValueSource("constant", value))


def given(name: str, example: str) -> Argument:
    return Argument(name, ValueSource("input", name=name), example=example)


def yes(seen: int, of: int) -> Approval:
    return Approval(("caption",), Evidence((seen, of)))


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
                guards=("$.token.expires_in_days >= 2",),
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


def restore() -> Workflow:
    asked = (
        "Somebody deleted the bookings of pier 4",
        "restore yesterday's bookings backup",
        "The import of this morning was wrong",
        "We need a copy of bookings",
        "Database restore please",
        "Can you bring back the bookings database",
        "second try for visby",
    )
    return Workflow(
        "wf-restore",
        "restore-bookings-database",
        "Restore a backup of the bookings database beside production",
        "Use when an earlier state of the bookings database is needed.",
        ("createdb", "pg_restore"),
        cases("resto", asked, 8.0, frozenset({5})),
        (
            step(1, "List the backups", "aws s3 ls", (), 7, 7, command="aws s3 ls s3://harbourline-backups/bookings/"),
            step(
                2,
                "Fetch the backup of the day",
                "aws s3 cp",
                (1,),
                7,
                7,
                command="aws s3 cp s3://harbourline-backups/bookings/<backup>.dump <file>",
            ),
            step(
                3,
                "Create an empty database for the copy",
                "createdb",
                (1,),
                7,
                7,
                command="createdb -h db-2.internal <database>",
                effect=True,
            ),
            step(
                4,
                "Restore the backup into it",
                "pg_restore",
                (2, 3),
                7,
                7,
                command="/usr/lib/postgresql/17/bin/pg_restore -h db-2.internal --no-owner -d <database> <file>",
                effect=True,
                approval=yes(2, 7),
            ),
            step(
                5,
                "Count the reservations",
                "psql",
                (4,),
                6,
                7,
                command='psql -h db-2.internal -d <database> -c "select count(*) from reservations"',
            ),
        ),
        (
            FailureMode(
                "pg_restore",
                "pg_restore: error: unsupported version (<*>) in file header",
                5,
                "Use /usr/lib/postgresql/17/bin/pg_restore",
                5,
                (source("resto", 0, 22),),
            ),
            FailureMode(
                "aws s3 ls",
                "An error occurred (ExpiredToken) when calling the ListObjectsV2 operation",
                2,
                "Its owner runs `aws sso login --profile ops`",
                2,
                (source("resto", 1, 9),),
            ),
            FailureMode(
                "pg_restore",
                "pg_restore: error: could not write to file: No space left on device",
                1,
                "",
                0,
                (source("resto", 5, 30),),
            ),
        ),
        (),
        (
            Quote(
                "never restore over production! restore into a database of its own and let me switch it",
                source("resto", 2, 14),
                "2026-02-05",
                "pg_restore",
            ),
            Quote(
                "not into production. always a new database, bookings_restore_<date>",
                source("resto", 4, 18),
                "2026-03-02",
                "pg_restore",
            ),
        ),
        triggers=(Quote("restore yesterday's bookings backup next to production", source("resto", 1, 2)),),
        tokens=Spread(132_000, 930_000),
        seconds=Spread(760, 5_200),
        sessions=7,
        rank=7.0,
    )


def onboarding() -> Workflow:
    asked = (
        "Marina Skagen has signed. Can you set them up?",
        "please onboard Lagoon Marina",
        "New customer: Porto Azul",
        "Set up Kalmar Gasthamn",
        "Could you onboard Visby Gasthamn",
        "Hel Marina is on board!",
        "Onboarding for Gota Marinas",
        "Please do the onboarding of Sankt Peter Yachthafen",
    )
    return Workflow(
        "wf-onboard",
        "onboard-customer",
        "Onboard a marina that has signed",
        "Use when a customer with a signed contract needs billing, a workspace, a kick-off and a welcome.",
        ("billing_create_customer", "workspace_create", "email_send"),
        cases("onboa", asked, 6.5, frozenset({6})),
        (
            step(
                1,
                "Look the customer up",
                "crm_get_account",
                guards=('$.contract.status = "signed"',),
                arguments=(given("name", "Visby Gasthamn"),),
            ),
            step(2, "Create the billing record", "billing_create_customer", (1,), effect=True),
            step(3, "Create the workspace", "workspace_create", (1, 2), effect=True),
            step(4, "Invite the contact as admin", "workspace_invite_user", (3,), effect=True, repeat=True),
            step(5, "Book the kick-off", "calendar_book_kickoff", (1,), effect=True),
            step(6, "Send the welcome", "email_send", (3,), effect=True),
            step(7, "Move the account on", "crm_update_account", (4, 5, 6), effect=True),
        ),
        (
            FailureMode(
                "workspace_create",
                "Error: slug '<*>' is already taken",
                3,
                "Add the country to the short name",
                3,
                (source("onboa", 1, 1),),
            ),
            FailureMode(
                "billing_create_customer",
                "Error: vat_number is required for customers in this country",
                2,
                "Ask for the VAT number",
                2,
                (source("onboa", 2, 1),),
            ),
        ),
        (
            Quote(
                "Wait, Gota has not signed yet! The contract is a draft. Never set anybody up before it is signed.",
                source("onboa", 6, 1),
                "",
                "crm_get_account",
            ),
        ),
        triggers=(Quote("Set up Kalmar Gasthamn as a customer", source("onboa", 3, 1)),),
        tokens=Spread(64_000, 520_000),
        seconds=Spread(300, 2_400),
        sessions=8,
        rank=6.0,
    )


def figures() -> Workflow:
    asked = (
        "weekly figures please",
        "Monday: please post the figures of last week",
        "/weekly-figures",
        "figures for W08",
        "/weekly-figures",
        "Could you run the weekly figures?",
    )
    return Workflow(
        "wf-figures",
        "weekly-figures",
        "Post the weekly figures",
        "Use on Mondays, or when somebody asks for the figures of a week.",
        ("mcp__slack__post_message",),
        cases("figur", asked, 7.0),
        (
            step(
                1,
                "Count the week without the test harbour",
                "./ops/figures.sh",
                (),
                6,
                6,
                command="./ops/figures.sh --week <week> --exclude test-harbour",
            ),
            step(
                2,
                "Post three lines to the channel",
                "mcp__slack__post_message",
                (1,),
                6,
                6,
                effect=True,
                arguments=(constant("channel", "#harbour-figures"),),
            ),
        ),
        (),
        (),
        (
            Quote(
                "leave the test harbour out of the numbers",
                source("figur", 0, 13),
                "2026-02-02",
                "mcp__slack__post_message",
            ),
        ),
        triggers=(Quote("weekly figures please", source("figur", 0, 2)),),
        tokens=Spread(40_000, 250_000),
        seconds=Spread(45, 290),
        sessions=6,
        procedure="weekly-figures",
        rank=2.0,
    )


def commits() -> Workflow:
    return Workflow(
        "wf-commit",
        "commit-and-push",
        "Commit and push",
        "",
        ("git commit", "git push"),
        cases("commi", ("commit this", "push it please", "commit and push"), 14.0),
        (
            step(1, "Stage the changed files", "git add", (), 3, 3, command="git add <file>", repeat=True),
            step(2, "Commit", "git commit", (1,), 3, 3, command="git commit -m <message>", effect=True),
            step(3, "Push", "git push", (2,), 3, 3, command="git push", effect=True),
        ),
        tokens=Spread(22_000, 70_000),
        seconds=Spread(60, 190),
        sessions=3,
        common=True,
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
