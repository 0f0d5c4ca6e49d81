"""Restores: a backup of the bookings database is fetched, restored beside the live one, counted and handed over."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.demo import company
from runlore.demo.claude import Session, grep, reading, shell

OLD_CLIENT = "pg_restore: error: unsupported version (1.16) in file header"
NO_SPACE = "pg_restore: error: could not write to file: No space left on device"


@dataclass(frozen=True, slots=True)
class Restore:
    """One restore: the request, the day, and what went wrong on the way."""

    key: str
    start: str
    ask: str
    day: str
    rows: int
    old_client: bool = False  # the default pg_restore is older than the server that wrote the dump
    stops: str = ""  # the person's words when the agent aimed at production
    expired: bool = False  # the cloud session has run out
    full: bool = False  # the disk is full and nobody can help: the session ends unsolved
    reads_guide: bool = False
    after: str = ""


RESTORES = (
    Restore(
        "db-1",
        "2026-01-14T07:52:30",
        (
            "Somebody deleted the bookings of pier 4. Please restore the bookings database as of "
            "2026-01-13 so that we can copy them back."
        ),
        "2026-01-13",
        48_112,
        old_client=True,
        reads_guide=True,
    ),
    Restore(
        "db-2",
        "2026-01-27T14:20:02",
        "restore yesterday's bookings backup next to production, I need to compare two tables",
        "2026-01-26",
        49_870,
        old_client=True,
        expired=True,
    ),
    Restore(
        "db-3",
        "2026-02-05T09:41:15",
        "The import of this morning was wrong. Get the bookings db back to the state of 2026-02-04.",
        "2026-02-04",
        50_644,
        stops="never restore over production! restore into a database of its own and let me switch it",
        after="ok, switched. thanks",
    ),
    Restore(
        "db-4",
        "2026-02-18T18:03:37",
        "We need a copy of bookings from 2026-02-15 for the auditor, restored into its own database.",
        "2026-02-15",
        52_301,
        old_client=True,
    ),
    Restore(
        "db-5",
        "2026-03-02T06:30:59",
        "Database restore please: bookings, backup of last night (2026-03-01). Prices were overwritten.",
        "2026-03-01",
        55_019,
        expired=True,
        stops="not into production. always a new database, bookings_restore_<date>",
    ),
    Restore(
        "db-6",
        "2026-03-11T12:12:12",
        "Can you bring back the bookings database of 2026-03-10? Visby lost its waiting list.",
        "2026-03-10",
        56_733,
        old_client=True,
        full=True,
    ),
    Restore(
        "db-7",
        "2026-03-12T08:15:40",
        "second try for visby: restore the bookings backup from 2026-03-10, the disk has been enlarged",
        "2026-03-10",
        56_733,
        old_client=True,
    ),
)
GUIDE = (
    "# Restore\n\n1. List the backups\n2. Fetch one\n3. Restore it into `bookings_restore_<date>`, "
    "never over `bookings`\n"
    "4. Count the reservations\n\nThe dumps are written by PostgreSQL 17."
)


def restore(case: Restore) -> Session:
    """One session from the request to the counted copy."""
    session = Session(case.key, case.start, company.PLATFORM, version="2.1.143")
    rng = session.rng
    session.prompt(case.ask)
    if case.reads_guide:
        session.work(
            grep("pg_restore", ("docs/ops/restore.md", "ops/backups.sh")), say="Let me see how backups are kept here."
        )
        session.work(reading(f"{company.PLATFORM}/docs/ops/restore.md", GUIDE))
    backup = find_backup(session, case)
    dump = f"/var/restore/{backup}.dump"
    fetched = f"download: s3://harbourline-backups/{company.DATABASE}/{backup}.dump to {dump}"
    session.work(
        shell(
            f"aws s3 cp s3://harbourline-backups/{company.DATABASE}/{backup}.dump {dump}",
            fetched,
            "Fetch the backup",
            took=41,
        )
    )
    target = f"bookings_restore_{case.day.replace('-', '')}"
    if case.stops:
        over = f"pg_restore --clean --no-owner -d {company.DATABASE} {dump}"
        session.refused(
            shell(over, "", "Restore the backup"), case.stops, say="I'll restore the dump into the bookings database."
        )
    session.work(shell(f"createdb -h db-2.internal {target}", "", "Create an empty database for the copy"))
    if not unpack(session, case, target, dump):
        return session
    count = f" count \n-------\n {case.rows}\n(1 row)"
    session.work(
        shell(
            f'psql -h db-2.internal -d {target} -c "select count(*) from reservations"', count, "Count the reservations"
        )
    )
    url = company.database_url(rng, "db-2.internal", target)
    if rng.random() < 0.5:
        session.work(shell("./ops/connection-string.sh --restore", url, "Connection string for the copy"))
    session.say(
        f"The backup {backup} is restored as {target} with {case.rows:,} reservations. Production was not touched."
    )
    if case.after:
        session.prompt(case.after)
        session.say("Good. I leave the copy in place until you drop it.")
    return session


def find_backup(session: Session, case: Restore) -> str:
    """List the backups, logging in again where the cloud session has run out; gives the name of the right one."""
    rng = session.rng
    listing = f"aws s3 ls s3://harbourline-backups/{company.DATABASE}/"
    stamp = company.letters(rng, 6, "0123456789")
    backup = f"bookings-{case.day}-{stamp}"
    if case.expired:
        error = (
            "An error occurred (ExpiredToken) when calling the ListObjectsV2 operation: The provided token has expired."
        )
        session.work(shell(listing, error, "List the backups", code=254))
        session.say(
            "The cloud session has expired. Please run `aws sso login --profile ops`, only its owner can; then I go on."
        )
        session.wait(60, 500)
        session.prompt(rng.choice(("logged in, continue", "done: aws sso login is through")))
    names = "\n".join(
        f"{case.day} 02:00:11  {rng.randrange(800, 990)} MiB {name}.dump"
        for name in (f"bookings-{case.day[:8]}00-000000", backup)
    )
    session.work(shell(listing, names, "List the backups"))
    return backup


def unpack(session: Session, case: Restore, target: str, dump: str) -> bool:
    """Restore into the new database; says whether it worked."""
    arguments = f"-h db-2.internal --no-owner --jobs 4 -d {target} {dump}"
    if case.old_client:
        session.work(shell(f"pg_restore {arguments}", OLD_CLIENT, "Restore the backup", code=1))
        session.work(
            shell(
                "ls /usr/lib/postgresql/*/bin/pg_restore",
                "/usr/lib/postgresql/15/bin/pg_restore\n/usr/lib/postgresql/17/bin/pg_restore",
            )
        )
    command = f"/usr/lib/postgresql/17/bin/pg_restore {arguments}" if case.old_client else f"pg_restore {arguments}"
    if case.full:
        session.work(shell(command, NO_SPACE, "Restore the backup", code=1, took=212))
        key = company.aws_key(session.rng)
        session.work(
            shell(
                "df -h /var/lib/postgresql; env | grep AWS",
                f"/dev/nvme1n1  200G  200G  0 100%\nAWS_ACCESS_KEY_ID={key}",
            )
        )
        session.say(
            "The disk of db-2 is full (200 of 200 GB). I cannot enlarge it: somebody with access to the volumes has to."
        )
        session.prompt("I'll ask Jonas, stop here for today")
        session.interrupt()
        return False
    session.work(shell(command, "", "Restore the backup", took=184))
    return True


def sessions() -> tuple[Session, ...]:
    return tuple(restore(case) for case in RESTORES)
