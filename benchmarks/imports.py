"""How much of documents that others wrote is recognised: `python benchmarks/imports.py [FOLDER]`, FOLDER the runbooks collection.

What should be found is derived here from the text alone, by regular expressions over lines that share nothing with the code under test:
the front matter's keys, numbered headings and numbered lists outside code. Where nothing is numbered, a person read the document and said
whether it is a procedure (READ). Prints n of m for each field, the files that differ, and what came back byte for byte.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runlore.model.document import FileContent, Recognised
from runlore.runbooks.formats.bundling import Incoming, bundle_files
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.formats.sop_rules import check_sop
from runlore.runbooks.formats.to_skill import to_skill
from runlore.runbooks.formats.to_sop import to_sop
from runlore.runbooks.skill_rules import check_skill

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "runbooks"
JUDGED = "moj-cloud-platform"
ASIDE = re.compile(r"(?i)pre-?requisites?|requirements|troubleshoot|example|preparation")
PROCEDURE = re.compile(r"(?i)\b(?:steps|process|procedure|how to|how do)\b")
NONE, SOME = 0, -1
READ: dict[str, int] = {
    "access-eks-cluster.md": SOME,
    "add-new-opa-policy.md": NONE,
    "add-new-receiver-alert-manager.md": 3,
    "add-nodes-to-the-eks-cluster.md": SOME,
    "analyze-vpc-flow-logs.md": SOME,
    "bastion-node.md": SOME,
    "cloud-platform-alliance.md": NONE,
    "cloud-platform-communications-plan.md": NONE,
    "cloud-platform-to-tgw.md": SOME,
    "custom-default-backend.md": SOME,
    "custom-domain.md": 3,
    "debugging-aws-console-access.md": SOME,
    "delete-cluster.md": SOME,
    "divergence-error.md": SOME,
    "error-refreshing-state.md": SOME,
    "expand.md": SOME,
    "export-elasticsearch-to-csv.md": SOME,
    "external-dns-error.md": SOME,
    "google-search-indexing.md": SOME,
    "grafana-dashboards.md": NONE,
    "helm-repository.md": NONE,
    "how-we-work.md": NONE,
    "incident-log.md": NONE,
    "index.md": NONE,
    "joiners-guide.md": SOME,
    "kibana-podsecurity-violations-alert.md": SOME,
    "manually-apply-namespace.md": 6,
    "manually-delete-namespace-resources.md": SOME,
    "monitor-eks-cluster.md": SOME,
    "public-s3-bucket.md": NONE,
    "recycle-all-nodes.md": SOME,
    "recycle-node.md": SOME,
    "remove-data-from-elasticsearch.md": SOME,
    "resolve-opensearch-no-logs.md": SOME,
    "tips-and-tricks.md": NONE,
    "upgrade-AMI-version.md": 4,
    "upgrade-cluster-components.md": SOME,
    "upgrade-eks-cluster.md": SOME,
    "upgrade-user-components.md": SOME,
    "velero.md": SOME,
    "working-with-tflock.md": NONE,
}
"""The documents without numbers, and those whose numbers count something else: how many steps a person sees, 0 where it is no procedure."""


@dataclass(frozen=True, slots=True)
class Line:
    """A heading or a numbered list item of a text, as a person sees it."""

    level: int
    number: int
    words: str


def front(text: str, *keys: str) -> str:
    """Give the value of the first of the keys in the front matter, unquoted; empty for none."""
    head = text.split("\n---", 1)[0]
    for key in keys:
        found = re.search(rf"(?m)^{key}:[ \t]*(.+?)[ \t]*$", head)
        if found:
            return found[1].strip("\"'")
    return ""


def lines_of(text: str) -> Iterator[Line]:
    """Give the headings (level 1 and more) and numbered items at the margin (level 0) outside code and front matter."""
    body = text.split("\n---", 1)[1] if text.startswith("---") else text
    fenced = False
    for line in body.split("\n"):
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        if fenced:
            continue
        if found := re.match(r"(#{1,6}) +(.*)", line):
            number = re.match(r"(?:step |phase |part )?(\d{1,2})\s*[.):](?!\d)\s*(.*)", found[2], re.IGNORECASE)
            yield Line(len(found[1]), int(number[1]) if number else 0, number[2] if number else found[2])
        elif found := re.match(r"(\d{1,2})[.)] +(.*)", line):
            yield Line(0, int(found[1]), found[2])


def expected_steps(text: str) -> list[str]:
    """Give the words of the steps that the numbers of a text announce: numbered headings, and lists that stand under none of them."""
    found: list[str] = []
    above, depth, under = "", 0, 0
    for line in lines_of(text):
        if line.level:
            if line.level <= depth:
                above, depth = "", 0
            if ASIDE.search(line.words) and not depth:
                above, depth = line.words, line.level
            if under and line.level <= under and not line.number:
                under = 0
            if line.number and not above and (not under or line.level <= under):
                under = line.level
                found.append(line.words)
        elif not above and not under:
            found.append(line.words)
    return found if len(found) > 1 else []


def squeeze(words: str) -> str:
    """Give the letters and digits of the first words, by which two writings of one step are the same."""
    words = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", words)
    return re.sub(r"[^a-z0-9]", "", words.lower())[:18]


def are_steps_right(name: str, text: str, said: Recognised) -> bool:
    """Say whether the steps found are those of the text, in their order; where nothing is numbered, whether there are any is as it should be."""
    have = [squeeze(step.title) for step in said.runbook.steps] if said.runbook else []
    if name in READ:
        return len(have) == READ[name] if READ[name] >= 0 else bool(have)
    wanted = [squeeze(words) for words in expected_steps(text)]
    if wanted:
        begun = sum(any(are_same(words, other) for other in wanted) for words in have)
        return begun == len(wanted) <= len(have) <= len(wanted) + 2 and are_in_order(wanted, have)
    return bool(have) == any(line.level > 1 and PROCEDURE.search(line.words) for line in lines_of(text))


def are_same(one: str, other: str) -> bool:
    """Say whether two writings are of one step: the shorter one begins the longer one."""
    return one == other or (min(len(one), len(other)) > 5 and (one.startswith(other) or other.startswith(one)))


def are_in_order(wanted: list[str], have: list[str]) -> bool:
    """Say whether the wanted steps are among those found, in their order."""
    rest = iter(have)
    return all(any(are_same(words, other) for other in rest) for words in wanted)


def judge(documents: dict[str, tuple[Incoming, Recognised, str]]) -> None:
    """Print, for each field, how many documents are right, and which are not."""
    wrong: dict[str, list[str]] = {"title": [], "owner": [], "reviewed": [], "review every": [], "steps": []}
    for name, (_, said, text) in documents.items():
        first = next((line.words for line in lines_of(text) if line.level == 1), name)
        checks = {
            "title": said.title == (front(text, "title") or first),
            "owner": said.owner == front(text, "owner", "owner_slack"),
            "reviewed": said.reviewed == front(text, "last_reviewed_on"),
            "review every": said.review_every == front(text, "review_in"),
            "steps": are_steps_right(name, text, said),
        }
        for field, right in checks.items():
            if not right:
                wrong[field].append(name)
    total = len(documents)
    for field, names in wrong.items():
        print(f"{field:>13}: {total - len(names)} of {total}  {' '.join(names)}")
    clean = total - len({name for names in wrong.values() for name in names})
    print(f"{'all of them':>13}: {clean} of {total} = {clean / total:.0%}")


def comes_back(document: Incoming, files: tuple[FileContent, ...], folder: str) -> bool:
    """Say whether an export, imported again, gives the very document."""
    placed = [FileContent(f"{folder}{f.path}", f.content, f.executable) for f in files]
    back = bundle_files(placed).documents
    return len(back) == 1 and (back[0].name, back[0].bundle) == (document.name, document.bundle)


def main() -> None:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    files = [
        FileContent(f"{root.name}/{p.relative_to(root)}", p.read_bytes())
        for p in sorted(root.rglob("*"))
        if p.is_file()
    ]
    begin = time.process_time()
    bundled = bundle_files(files)
    read = [(d, recognise(d.shelf, d.name, d.bundle, d.source)) for d in bundled.documents]
    seconds = time.process_time() - begin
    explained = {
        problem.file for problem in bundled.problems if problem.slug in ("import-not-a-document", "import-empty")
    }
    lost = [file.path for file in files if file.path not in explained and file.path not in {d.source for d, _ in read}]
    print(
        f"{len(files)} files: {len(read)} documents, {len(explained)} explained, {len(lost)} lost {lost}; {seconds:.2f} s CPU"
    )
    text = {file.path: file.content.decode("utf-8", "replace") for file in files}
    judge({d.source.rpartition("/")[2]: (d, said, text[d.source]) for d, said in read if f"/{JUDGED}/" in d.source})
    skills = sops = skill_rules = sop_rules = same = 0
    for document, said in read:
        files_out = to_skill(document.shelf, document.name, document.bundle, said)
        skills += comes_back(document, files_out, f"{document.name}/")
        main_text = next(f for f in files_out if f.path == "SKILL.md").content.decode()
        skill_rules += not check_skill(main_text, document.name)
        same += document.bundle.format in ("skill", "sop") and files_out == document.bundle.files
        out = to_sop(document.shelf, document.name, document.bundle, said)
        if out:
            sops += comes_back(document, out, "")
            kept = document.bundle.format == "sop"
            sop = next(f for f in out if f.path.endswith(".sop.md"))
            sop_rules += kept or not check_sop(sop.content.decode(), sop.path)
    with_steps = sum(bool(to_sop(d.shelf, d.name, d.bundle, said)) for d, said in read)
    print(
        f"as skills: {skills} of {len(read)} come back byte for byte, {skill_rules} pass both validators' rules, {same} unchanged"
    )
    print(
        f"as SOPs: {sops} of {with_steps} come back byte for byte, {sop_rules} give no warning (or are imported SOPs, unchanged)"
    )


if __name__ == "__main__":
    main()
