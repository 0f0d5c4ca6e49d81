"""Goals of coding work: what a case in a repository is for.

In coding sessions the frame repeats (read, edit, test, commit) and tells nothing; what separates one kind of work from another is the
form of the request together with what reaches the outside. This table names the kinds of work that the field has words
for. It is general: nothing in it belongs to one company. What is particular to a company (its tasks, its skills, its tools) is found
from the effects and the written procedures, and the steps, commands, failures and corrections of every workflow come from its cases alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

ENOUGH = 2.0
"""Score from which a case has a goal: its request says so plainly, or says it in part and its activities agree."""
OPENING = 700
"""Characters of the first request that tell what is wanted; the rest is material."""

HEAD = 240
"""Characters in which something is asked for plainly."""
LATER = 0.6
"""What words count that come after the head."""
_QUOTED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Goal:
    """A kind of work: ``words`` and ``activities`` are patterns with the weight that a match adds to the score.

    ``needs`` are roles of which one must have been done (``edit``, ``effect`` …; empty: anything); ``by_deed`` says that one of
    the activities must stand in the case, whatever was said.
    """

    key: str
    title: str
    description: str
    words: tuple[tuple[float, re.Pattern[str]], ...]
    activities: tuple[tuple[float, re.Pattern[str]], ...] = ()
    needs: tuple[str, ...] = ()
    by_deed: bool = False


def _patterns(*rows: tuple[float, str]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((weight, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for weight, pattern in rows)


GOALS: tuple[Goal, ...] = (
    Goal(
        "answer-review-comments",
        "Answer the review comments on a pull request",
        "Answer the review comments on a pull request. Use when a pull request has comments or feedback to work through.",
        _patterns(
            (
                2.0,
                r"\b(?:pr|pull request|mr|merge request|review|reviewer|bugbot|copilot|github)\b.{0,60}\b(?:comments?|feedback|threads?|suggestions?)\b",
            ),
            (2.0, r"\b(?:comments?|feedback)\b.{0,30}\b(?:pr|pull request|mr|merge request|review)\b"),
            (
                2.0,
                r"\b(?:unresolved|new|more|outstanding|open|remaining|another) (?:\w+ ){0,2}comments?\b|discussion_r\d+|#note_\d+",
            ),
            (1.0, r"\b(?:respond|reply|address|resolve|answer)\w*\b.{0,40}\b(?:comments?|feedback|threads?)\b"),
        ),
        _patterns(
            (2.0, r"^gh api .*(?:pulls|merge_requests).*(?:comments|replies|reviews|threads)"),
            (1.0, r"^gh api .*(?:comments|reviews|threads|graphql)"),
            (0.5, r"^gh pr (?:view|comment|review)"),
        ),
        ("edit", "effect", "read"),
    ),
    Goal(
        "resolve-merge-conflicts",
        "Bring a branch up to date and resolve the conflicts",
        "Bring a branch up to date and resolve the conflicts. Use when a branch is behind or has merge conflicts.",
        _patterns(
            (
                2.0,
                (
                    r"\bmerge[- ]confli(?:ct|x)\w*|\bconflicts? (?:with|from|in|on|to|against) (?:the |our )?(?:main|master|parent|base|upstream|origin|branch|pr)\b"
                    r"|\b(?:resolve|fix|have|got|there are|deal with) (?:\w+ ){0,3}conflicts\b"
                ),
            ),
            (1.5, r"\brebas(?:e|ing|ed)\b"),
            (1.5, r"\bmerge (?:with |in |from |the )*(?:main|master|parent|upstream|base|origin|develop)\b"),
            (1.5, r"\bmerge issues?\b"),
            (
                2.0,
                r"\bupdate (?:this |the |our |my )?branch\b|\bupdate (?:it |this |us )?from (?:the |our |its )?(?:main|master|parent|base|upstream|origin|develop)\b",
            ),
            (1.0, r"\bup to date with\b|\bbehind (?:main|master|origin)\b"),
        ),
        _patterns(
            (1.5, r"^git (?:merge|rebase|cherry-pick)(?! --abort)(?!-base)"),
            (0.5, r"^git (?:pull|fetch)"),
            (0.4, r"^git push --force"),
        ),
        ("edit", "effect"),
    ),
    Goal(
        "fix-failing-ci",
        "Find out why a CI run failed and make it green",
        "Find out why a CI run failed and make it green. Use when a build, pipeline or check on the hosting service is red.",
        _patterns(
            (
                2.0,
                r"\b(?:ci|pipeline|github actions?|gitlab ci|buildkite|circleci|workflow run)\b.{0,60}\b(?:fail\w*|red|broke\w*|error\w*|flak\w*)",
            ),
            (2.0, r"\b(?:fail\w*|red|broken|flaky)\b.{0,40}\b(?:ci|pipeline|actions?|on the build|build job)\b"),
            (2.0, r"/actions/runs/\d+|/-/(?:jobs|pipelines)/\d+"),
            (1.5, r"\bfail\w*\b.{0,20}\bon the build\b"),
        ),
        _patterns(
            (1.5, r"^gh run (?:view|watch|list|rerun|download)"), (1.0, r"^gh pr checks|^gh api .*actions|^glab ci")
        ),
    ),
    Goal(
        "fix-failing-check",
        "Mend a failing test or lint check",
        "Mend a failing test or lint check. Use when tests, lint or a build fail.",
        _patterns(
            (
                2.0,
                r"\b(?:tests?|lint\w*|type ?check\w*|build|compil\w+|e2e|specs?)\b.{0,40}\b(?:fail\w*|broke\w*|red|error\w*|not pass\w*)",
            ),
            (2.0, r"\b(?:fail\w*|broken)\b.{0,25}\b(?:tests?|lint\w*|build|specs?|checks?)\b"),
            (
                2.0,
                r"\bfix (?:the |these |those |all )*(?:tests?|lint\w*|build|specs?)\b|--- FAIL|=== (?:RUN|NAME) |FAILED tests?/",
            ),
        ),
        _patterns((0.5, r"(?:lint|test|vet|pytest|jest|vitest|ruff|mypy|build)")),
        ("edit", "check"),
    ),
    Goal(
        "act-on-review-finding",
        "Act on a review finding",
        "Act on a review finding. Use when somebody pastes a reviewer's or a bot's remark about the code.",
        _patterns(
            (
                2.0,
                r"\b(?:got|received|have|this|some|following|the) (?:some |this |the )?(?:review )?(?:feedback|finding|findings|remark|remarks|review)\b",
            ),
            (
                2.0,
                r"\b(?:high|medium|low|critical|minor|major) severity\b|\bseverity:|^\s*(?:nit|suggestion|issue|bug)\s*[:(]",
            ),
            (
                1.5,
                r"\b(?:redundant|duplicat\w+|dead code|unused|race condition|missing (?:check|test|error|validation)|inconsisten\w+|off-by-one|silently|never (?:called|used|reached))\b",
            ),
            (
                2.0,
                (
                    r"\A\W*(?:The|This|When|If|In|Missing|Tests?|Using|No|Both|Since|There)\b(?=.{80})(?=.*\b(?:consider|could|may|might|misleading|"
                    r"missing|silently|lacks?|overwrites?|incorrect\w*|inconsisten\w+|never|unnecessar\w+|potential\w*|instead of)\b)(?!.{0,300}\b(?:I'd|I'm|I|let's|please|can you)\b)"
                ),
            ),
            (
                1.0,
                r"\b(?:reviewer|bugbot|copilot|coderabbit|greptile|codex) (?:says|said|found|suggests|flagged|thinks)\b",
            ),
        ),
        (),
        ("edit",),
    ),
    Goal(
        "review-changes",
        "Review changes before they are merged",
        "Review changes before they are merged. Use when a branch, a diff or a pull request is to be reviewed.",
        _patterns(
            (
                2.0,
                r"^\W*(?:please |can you |could you |let'?s |let us |we are |i want you to )*(?:code )?review(?:ing)?\b(?!.{0,20}(?:comment|feedback))",
            ),
            (
                2.0,
                r"\brun (?:a |an |another |the )?(?:code )?review\b|\bcode review\b|\breview (?:this|these|my|our|the|all|it|together)\b|\breviewing https?://|\brequest\w* (?:a )?(?:code )?review\b",
            ),
            (1.0, r"\btake a (?:critical |close )?look at (?:the|this|my) (?:pr|diff|changes|plan|branch)\b"),
        ),
        _patterns((1.5, r"^(?:skill|/)\S*review"), (0.5, r"^gh pr (?:diff|view)|^git diff")),
    ),
    Goal(
        "implement-plan",
        "Carry out an approved plan",
        "Carry out an approved plan. Use when a plan or a specification is handed over.",
        _patterns(
            (
                2.5,
                r"^\W*(?:please )?(?:implement|execute|carry out|follow|apply|start on) (?:the |this |that )?(?:following |approved |attached |written )*(?:implementation )?plan\b",
            ),
            (
                2.0,
                r"\b(?:implement|execute|carry out|work through|continue) (?:the |this |that )?(?:following |approved )*plan\b|\bread the plan\b",
            ),
            (2.0, r"\b(?:let'?s|now|please|go ahead and|start to) (?:implement|build) (?:this|it|that)\b"),
        ),
        _patterns((1.0, r"^(?:skill|/)\S*(?:execut\w+-plan|implement)")),
        ("edit",),
    ),
    Goal(
        "write-plan",
        "Work out a design and write the plan",
        "Work out a design and write the plan. Use when something is to be designed or planned before it is built.",
        _patterns(
            (
                2.0,
                r"\b(?:brainstorm\w*|write (?:a |an |the )?(?:implementation )?plan|plan (?:this|it|out|for)|design doc\w*|come up with a plan|propose (?:a|an) (?:design|approach|plan))\b",
            ),
        ),
        _patterns((2.0, r"^(?:skill|/)\S*(?:brainstorm|writ\w*-plan|plan$)"), (0.5, r"^ExitPlanMode|^EnterPlanMode")),
    ),
    Goal(
        "work-on-issue",
        "Work on a tracker issue from start to checked change",
        "Work on a tracker issue from start to checked change. Use when the request names an issue of the tracker.",
        _patterns(
            (
                1.5,
                r"\b(?:linear|jira|ticket|issue|story|task)\b.{0,20}\b[A-Z][A-Z0-9]{1,9}-\d+\b|\b[A-Z][A-Z0-9]{1,9}-\d+\b.{0,20}\b(?:linear|jira)\b",
            ),
            (1.5, r"\b(?:work\w*|look|pick up|start) (?:on|at) (?:issue |ticket |#)|\bissues/\d+"),
        ),
        _patterns((1.5, r"get_issue|^gh issue view|^glab issue view|jira.*get")),
        ("edit",),
    ),
    Goal(
        "file-issue",
        "File a problem in the tracker",
        "File a problem in the tracker. Use when a problem is to be written up instead of fixed here.",
        _patterns(
            (
                2.0,
                r"\b(?:create|file|open|add|raise|log|make|write)\w* (?:a |an |another |the )?(?:new )?(?:follow[- ]?up )?(?:linear |jira |github |gitlab )?(?:issue|ticket|bug)s?\b|\b(?:create|file|open|add|raise|log)\w* (?:a |an |another )?(?:linear|jira|github|gitlab) \w+",
            )
        ),
        _patterns((2.5, r"create_?issue|^gh issue create|^glab issue create")),
        ("effect",),
        by_deed=True,
    ),
    Goal(
        "open-pull-request",
        "Push a branch and open a pull request",
        "Push a branch and open a pull request. Use when finished work is to be put up for review.",
        _patterns(
            (
                2.0,
                r"\b(?:create|open|make|raise|put up|submit)\w* (?:a |an |the |me a )?(?:new |draft )*(?:pr|pull request|mr|merge request)\b|\bpush (?:it |this )?(?:to|as) (?:a )?(?:pr|pull request)\b",
            )
        ),
        _patterns((2.5, r"^gh pr create|^glab mr create|create_?(?:pull_?request|merge_?request)")),
        ("effect",),
        by_deed=True,
    ),
    Goal(
        "release",
        "Release a version",
        "Release a version. Use when a version is to be released or published.",
        _patterns(
            (
                2.0,
                r"\b(?:cut|make|do|publish|ship|prepare|create) (?:a |an |the |this |our )?(?:new |next |patch |minor |major )*(?:release|version)\b|\brelease (?:v?\d|the|a|this|to|it)\b|\bpublish\b.{0,40}\b(?:npm|pypi|crates|package|registry)\b|\bbump\b.{0,30}\bversion\b",
            )
        ),
        _patterns(
            (
                2.0,
                r"(?:npm|pnpm|yarn|cargo|twine|poetry|uv|gem|hatch) (?:publish|upload|push)|^gh release create|goreleaser release|^git push --tags",
            ),
            (0.5, r"^git tag"),
        ),
        ("effect", "check", "edit"),
        by_deed=True,
    ),
    Goal(
        "diagnose-bug",
        "Trace a fault to its cause, then fix it",
        "Trace a fault to its cause, then fix it. Use when something does not work and nobody knows why.",
        _patterns(
            (
                2.0,
                r"\bdebug(?:ging)?\b(?! (?:logs?|mode|level|output|flag|statement|info|build|command))|\b(?:diagnos\w+|root cause|investigat\w+|reproduc\w+)\b",
            ),
            (1.5, r"\bwhy (?:is|are|does|do|did|isn'?t|doesn'?t|don'?t|was|has|have|would|can'?t)\b"),
            (
                1.5,
                r"\b(?:bug|broken|doesn'?t work|not working|crash\w*|regression|getting this error|get(?:ting)? (?:the following|an|this) (?:error|panic)|went wrong|unexpected\w*|should have)\b",
            ),
        ),
        _patterns((1.5, r"^(?:skill|/)\S*debug")),
    ),
    Goal(
        "add-tests",
        "Add tests for a behaviour",
        "Add tests for a behaviour. Use when tests are missing.",
        _patterns(
            (2.0, r"\b(?:add|write|create|extend|improve|have) (?:\w+ ){0,4}?(?:tests?|test cases?|coverage|specs?)\b"),
            (
                2.0,
                r"\b(?:test|unit|integration) coverage\b|\bcover(?:ed|s)? (?:by|with) (?:a )?tests?\b|\bmissing tests?\b",
            ),
        ),
        (),
        ("edit",),
    ),
    Goal(
        "update-documentation",
        "Bring the documentation up to date",
        "Bring the documentation up to date. Use when README, guides or docs are to be written or updated.",
        _patterns(
            (
                2.0,
                r"\b(?:updat\w+|writ\w+|improv\w+|add\w*|fix\w*|correct\w*|document\w*) (?:\w+ ){0,4}?(?:docs?|documentation|readme|changelog|claude\.md|agents\.md|guides?)\b",
            )
        ),
        (),
        ("edit",),
    ),
    Goal(
        "refactor",
        "Simplify code without changing what it does",
        "Simplify code without changing what it does. Use when code is to be extracted, unified, renamed or cleaned up.",
        _patterns(
            (
                2.0,
                r"\b(?:refactor\w*|unif(?:y|ied)|consolidat\w+|deduplicat\w+|de-?dup\w*|extract (?:a|the|this|these|shared|common)|clean ?up|simplif\w+|hand-?roll\w*)\b",
            )
        ),
        (),
        ("edit",),
    ),
    Goal(
        "upgrade-dependencies",
        "Upgrade a dependency",
        "Upgrade a dependency. Use when a library, a tool or a runtime is to be upgraded.",
        _patterns(
            (
                2.0,
                r"\b(?:upgrade|update|bump|migrate)\b.{0,40}\b(?:dependenc\w+|packages?|librar\w+|versions?|go\.mod|package\.json|requirements)\b",
            )
        ),
        _patterns(
            (1.0, r"^(?:npm|pnpm|yarn) (?:update|upgrade|install)|^go get|^cargo update|^uv lock|^poetry update")
        ),
        ("edit", "effect"),
    ),
    Goal(
        "deploy",
        "Deploy to an environment",
        "Deploy to an environment. Use when something is to go live.",
        _patterns((2.0, r"\b(?:deploy\w*|roll ?out|ship (?:it )?to|go live)\b")),
        _patterns(
            (
                2.0,
                r"(?:kubectl|helm|terraform|pulumi|vercel|flyctl|fly|wrangler|gcloud|aws|az|docker compose|serverless|cdk)\b.*\b(?:apply|deploy|upgrade|up|install|rollout)|make deploy",
            )
        ),
        ("effect",),
        by_deed=True,
    ),
)

PLACES = {goal.key: place for place, goal in enumerate(GOALS)}


def asks_for_something(text: str) -> bool:
    """Say whether words by themselves ask plainly for a kind of work."""
    opening = text[:HEAD]
    return any(weight >= ENOUGH and pattern.search(opening) for goal in GOALS for weight, pattern in goal.words)


def spoken_goals(text: str) -> tuple[tuple[int, float], ...]:
    """What words say for each goal, as (place in GOALS, weight), goals of which they say nothing left out; quoted code and logs do not count."""
    opening = _QUOTED.sub(" ", text)[:OPENING]
    head = opening[:HEAD]
    found = []
    for place, goal in enumerate(GOALS):
        weight = max((w * (1.0 if p.search(head) else LATER) for w, p in goal.words if p.search(opening)), default=0.0)
        if weight:
            found.append((place, weight))
    return tuple(found)


@lru_cache(4096)
def weights_of(activity: str) -> tuple[float, ...]:
    """What an activity says for each goal, in the order of GOALS."""
    return tuple(max((w for w, p in goal.activities if p.search(activity)), default=0.0) for goal in GOALS)


def belongs_to(goal: Goal, activity: str) -> bool:
    """Say whether an activity is one that the goal is about."""
    return weights_of(activity)[PLACES[goal.key]] > 0
