"""Releases: the widget's package is tested, versioned, tagged, pushed and published from a shell."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.demo import company
from runlore.demo.claude import Session, edit, question, reading, shell

NPM_FAILS = (
    'npm error code EUNSUPPORTEDPROTOCOL\nnpm error Unsupported URL Type "workspace:": workspace:*\n'
    "npm error A complete log of this run can be found in: /home/jonas/.npm/_logs/debug-0.log"
)
STALE = (
    " FAIL  test/embed.test.ts > embed > renders the berth map\n"
    "Error: dist/manifest.json is older than src: run the build first\n\n"
    " Test Files  1 failed | 13 passed (14)\n      Tests  1 failed | 87 passed (88)"
)


@dataclass(frozen=True, slots=True)
class Release:
    """One release: the request, the numbers, and what went wrong on the way."""

    key: str
    start: str
    ask: str
    kind: str  # patch, minor or major
    before: str
    version: str
    changes: tuple[str, ...]
    npm: str = ""  # the person's words when the agent reached for npm
    runs_npm: bool = False  # nobody was watching: npm ran and failed
    stale: bool = False  # the tests fail until the package is built
    dead_token: bool = False
    answer: str = "Publish"


RELEASES = (
    Release(
        "rel-1",
        "2026-01-20T13:10:05",
        "Please release the berth widget, a patch release. The fix for the date picker is on main.",
        "patch",
        "1.6.2",
        "1.6.3",
        ("fix: date picker skips a day in October",),
        npm="use pnpm, not npm. this is a workspace",
        stale=True,
    ),
    Release(
        "rel-2",
        "2026-01-29T08:47:33",
        "cut a minor release of @harbourline/berth-widget",
        "minor",
        "1.6.3",
        "1.7.0",
        ("feat: show the depth of a berth", "fix: focus ring on the map"),
        runs_npm=True,
    ),
    Release(
        "rel-3",
        "2026-02-12T15:22:18",
        "Time to ship the widget. Minor version, changelog, tag and publish please.",
        "minor",
        "1.7.0",
        "1.8.0",
        ("feat: dark mode", "feat: Norwegian", "chore: drop Node 18"),
        npm="pnpm please, not npm",
        dead_token=True,
    ),
    Release(
        "rel-4",
        "2026-02-20T10:05:51",
        "We need a bugfix release of the berth widget today, Kalmar's embed is broken without it.",
        "patch",
        "1.8.0",
        "1.8.1",
        ("fix: embed fails behind a strict CSP",),
        stale=True,
    ),
    Release(
        "rel-5",
        "2026-03-05T09:38:20",
        "Release 1.9.0 of the widget to the registry, with notes.",
        "minor",
        "1.8.1",
        "1.9.0",
        ("feat: waiting list", "fix: currency of refunds", "docs: embedding guide"),
        npm="I told you before: use pnpm, not npm!",
        stale=True,
    ),
    Release(
        "rel-6",
        "2026-03-13T16:01:44",
        "publish a new patch version of the berth widget please, then make the GitHub release",
        "patch",
        "1.9.0",
        "1.9.1",
        ("fix: waiting list counts twice",),
        runs_npm=True,
        dead_token=True,
    ),
    Release(
        "rel-7",
        "2026-03-27T11:14:09",
        "Ship it: widget, major version, the old embed code goes away. Check the tests first.",
        "major",
        "1.9.1",
        "2.0.0",
        ("feat!: remove the script-tag embed", "feat: web component", "fix: keyboard navigation"),
        stale=True,
        answer="Publish, and tell Tomasz",
    ),
)
STARTS = (
    "I'll look at what has changed since the last tag.",
    "Let me see the state of main and the commits since the last release.",
    "First the changes since the last tag, then the tests.",
)


def release(case: Release) -> Session:
    """One session from the request to the release page."""
    session = Session(case.key, case.start, company.WIDGET, version="2.1.161")
    rng = session.rng
    session.prompt(case.ask)
    commits = "\n".join(f"{company.letters(rng, 7, '0123456789abcdef')} {change}" for change in case.changes)
    session.work(
        shell(
            "git status --short && git pull --ff-only", "Already up to date.", "Check the working tree and update it"
        ),
        shell(f"git log v{case.before}..HEAD --oneline", commits, "Commits since the last tag"),
        say=rng.choice(STARTS),
    )
    check(session, case)
    changelog(session, case)
    tag(session, case)
    publish(session, case)
    notes = "; ".join(case.changes)
    link = f"https://github.com/harbourline/berth-widget/releases/tag/v{case.version}"
    session.work(
        shell(
            f'gh release create v{case.version} --title "v{case.version}" --notes "{notes}"',
            link,
            "Create the release page",
        )
    )
    session.say(rng.choice((f"Version {case.version} is out: {link}", f"Released {case.version}. Notes: {link}")))
    return session


def check(session: Session, case: Release) -> None:
    """Install and test; npm is refused or fails, the tests need a fresh build."""
    rng = session.rng
    if case.npm:
        session.refused(shell("npm ci && npm test", "", "Install and run the tests"), case.npm)
    if case.runs_npm:
        session.work(shell("npm ci && npm test", NPM_FAILS, "Install and run the tests", code=1, took=9.5))
        session.work(
            shell(
                "cat package.json | head -20",
                '{\n  "name": "@harbourline/berth-widget",\n  "packageManager": "pnpm@9.15.0",\n',
            ),
            say="npm does not know the workspace protocol. Let me see which package manager this is.",
        )
    lock = "Lockfile is up to date, resolution step is skipped\nDone in 3.1s"
    session.work(shell("pnpm install --frozen-lockfile", lock, "Install the dependencies", took=3.4))
    if case.stale:
        session.work(shell("pnpm test", STALE, "Run the tests", code=1, took=rng.uniform(20, 40)))
    session.work(
        shell(
            "pnpm build",
            f"vite v6.2.1 building for production...\n✓ built in {rng.randrange(3, 9)}.{rng.randrange(10)}s",
        )
    )
    passed = " Test Files  14 passed (14)\n      Tests  88 passed (88)"
    session.work(shell("pnpm test", passed, "Run the tests", took=rng.uniform(20, 40)))


def changelog(session: Session, case: Release) -> None:
    """Write the changelog's new section."""
    path = f"{company.WIDGET}/CHANGELOG.md"
    old = f"## {case.before}"
    new = f"## {case.version}\n\n" + "\n".join(f"- {change}" for change in case.changes) + f"\n\n{old}"
    session.work(reading(path, f"# Changelog\n\n{old}\n\n- earlier changes\n"))
    session.work(edit(path, old, new), think="The new section goes on top of the last one.")


def tag(session: Session, case: Release) -> None:
    """Set the version, commit, tag, push."""
    session.work(shell(f"pnpm version {case.kind} --no-git-tag-version", f"v{case.version}", "Set the version"))
    sha = company.letters(session.rng, 7, "0123456789abcdef")
    committed = (
        f"[main {sha}] release: v{case.version}\n 2 files changed, "
        f"{session.rng.randrange(4, 12)} insertions(+), 1 deletion(-)"
    )
    session.work(shell(f'git commit -am "release: v{case.version}"', committed, "Commit the release"))
    session.work(shell(f"git tag v{case.version}", "", "Tag the release"))
    pushed = (
        f"To github.com:harbourline/berth-widget.git\n   {sha}..main -> main\n * [new tag] "
        f"v{case.version} -> v{case.version}"
    )
    session.work(shell("git push origin main --follow-tags", pushed, "Push commit and tag"))


def publish(session: Session, case: Release) -> None:
    """Ask, then publish to the registry; a dead token is renewed by its owner."""
    rng = session.rng
    asked = rng.choice(
        (
            f"Tests are green and v{case.version} is tagged. Publish {company.PACKAGE} to the registry?",
            f"Ready to publish {company.PACKAGE} {case.version}. Go ahead?",
        )
    )
    session.work(question(asked, "Publish", ("Publish", "Wait"), case.answer))
    command = "pnpm publish --access public --no-git-checks"
    if case.dead_token:
        error = (
            "ERR_PNPM_AUTH  401 Unauthorized - PUT the package: the access token expired or was "
            "revoked. Please try logging in again."
        )
        session.work(shell(command, error, "Publish to the registry", code=1))
        session.work(
            shell(
                "cat ~/.npmrc", f"//registry.npmjs.org/:_authToken={company.registry_token(rng)}", "Look at the token"
            )
        )
        session.say(
            "The registry refuses our token. Jonas owns it: could you renew it with `pnpm login`? Then I publish."
        )
        session.wait(100, 900)
        session.prompt(rng.choice(("new token is in ~/.npmrc, try again", "I logged in again, go on please")))
    session.work(shell(command, f"+ {company.PACKAGE}@{case.version}", "Publish to the registry", took=7.2))
    if rng.random() < 0.6:
        session.work(shell(f"pnpm view {company.PACKAGE} version", case.version, "Check what the registry serves"))


def sessions() -> tuple[Session, ...]:
    return tuple(release(case) for case in RELEASES)
