"""The example's other workflows: a restored database, a new customer, weekly figures, commits."""

from __future__ import annotations

from example_building import cases, constant, given, guard, source, step, yes

from runlore.model import (
    FailureMode,
    Quote,
    Spread,
    Workflow,
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
                guards=(guard('$.contract.status = "signed"'),),
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
