"""The files of an imported folder → documents: which files belong together, what each document is called, where it would stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from runlore.model import Problem
from runlore.model.document import SHELVES, Bundle, FileContent, Format, Recognised
from runlore.runbooks.formats.detect import detect, is_runbook, stem_of
from runlore.runbooks.formats.hostile import check_asset, check_path, check_text, check_whole, decode, is_asset
from runlore.runbooks.formats.kept import restore
from runlore.runbooks.formats.leftovers import explain
from runlore.runbooks.formats.matter import HOSTILE, read_matter, text_of
from runlore.runbooks.formats.places import LONGEST_NAME, TEAMS, is_name, main_file, name_of
from runlore.runbooks.formats.read_markdown import shows_procedure
from runlore.runbooks.formats.recognise import recognise
from runlore.runbooks.formats.references import list_targets, resolve

_FOLDERS = ("skill", "runbook")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document that came in: where it would stand, its files, and the path of its main file where it came from.

    ``team`` is empty where nothing names one. ``is_placed`` says that the path named the shelf; else it is chosen by what the document is.
    """

    shelf: str
    name: str
    team: str
    bundle: Bundle
    source: str
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class Bundled:
    """What became of the files: documents in the order of their paths, and what was wrong. A file is in a document or has a problem."""

    documents: tuple[Incoming, ...]
    problems: tuple[Problem, ...]


def bundle_files(files: Iterable[FileContent]) -> Bundled:
    """Turn the files of an imported folder into documents; nothing is read from a disk, and nothing raises on content.

    Paths are as they stand below what was imported, best with the folder's own name at their head. A folder with ``SKILL.md`` is one
    skill with all its files, one with a ``RUNBOOK.md`` of our format one runbook, ``*.sop.md`` one SOP; any other Markdown or plain
    text is a document by itself, with the files that it shows or links to. What a problem of level ``error`` names is left out.
    """
    problems: list[Problem] = []
    known: dict[str, FileContent] = {}
    for file in sorted(files, key=lambda f: f.path):
        refused = check_path(file.path)
        problems.extend(refused)
        if not refused:
            known[file.path] = file
    mains = {path: format for path, file in known.items() if (format := detect(path, file.content))}
    groups = _group(known, mains)
    documents: list[Incoming] = []
    root = _common_root(known, mains)
    for main, members in groups.items():
        document, found = _document(known, main, mains[main], members, root)
        problems.extend(found)
        if document is not None:
            documents.append(document)
    taken = {path for main, members in groups.items() for path in (main, *members)}
    problems.extend(explain(file) for path, file in known.items() if path not in taken)
    named, found = _without_collisions(documents)
    return Bundled(named, (*problems, *found))


def _group(known: Mapping[str, FileContent], mains: Mapping[str, Format]) -> dict[str, list[str]]:
    """Give, for each main file, the other files that belong to it: those of its folder, or those that it points to."""
    roots = {path.rpartition("/")[0]: path for path, format in mains.items() if _is_root(path, format)}
    owners = {path: root for path in known if (root := _nearest(path, roots)) is not None}
    groups: dict[str, list[str]] = {path: [] for path in mains if owners.get(path, path) == path}
    for path, root in owners.items():
        if path != root:
            groups[root].append(path)
    free = {path for path in known if path not in owners and path not in groups}
    for main, members in groups.items():
        if main in owners:
            continue
        pointed = _pointed_to(known[main], free)
        members.extend(sorted(pointed))
        free -= pointed
    for path in sorted(free):
        owner = _owner_by_name(path, groups)
        if owner:
            groups[owner].append(path)
    return groups


def _is_root(path: str, format: Format) -> bool:
    """Say whether a main file makes its folder one document: ``SKILL.md``, a runbook of ours, ``pdd/pdd.sop.md``."""
    folder, _, name = path.rpartition("/")
    if format == "sop":
        return bool(folder) and folder.rpartition("/")[2] == stem_of(path)
    return format in _FOLDERS and name.lower() in ("skill.md", "runbook.md")


def _nearest(path: str, roots: Mapping[str, str]) -> str | None:
    folder = path.rpartition("/")[0]
    while True:
        if folder in roots:
            return roots[folder]
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def _pointed_to(main: FileContent, free: set[str]) -> set[str]:
    text = decode(main.content)
    if text is None or not free:
        return set()
    folder, _, name = main.path.rpartition("/")
    beside = {resolve(folder, target) for target in list_targets(text)}
    beside.add(f"{main.path.removesuffix('.md')}.json" if name.endswith(".sop.md") else "")
    beside.add(f"{folder}/{stem_of(main.path)}.json".lstrip("/"))
    return {path for path in beside & free if is_asset(path)}


def _owner_by_name(path: str, groups: Mapping[str, list[str]]) -> str:
    """The main file whose own folder a file stands in: ``voice.md`` for ``voice/logo.png``, ``pdd.sop.md`` for ``pdd/data.csv``."""
    folder = path.rpartition("/")[0]
    while folder:
        for main in (f"{folder}.md", f"{folder}.sop.md"):
            if main in groups:
                return main
        folder = folder.rpartition("/")[0]
    return ""


def _common_root(known: Mapping[str, FileContent], mains: Mapping[str, Format]) -> str:
    """The folders that all paths share and that name nothing by themselves: no shelf, no team, no document's folder."""
    root = ""
    while True:
        heads = {path[len(root) :].partition("/")[0] if "/" in path[len(root) :] else "" for path in known}
        head = next(iter(heads)) if len(heads) == 1 else ""
        if not head or head in SHELVES or head == TEAMS:
            return root
        root = f"{root}{head}/"
        if any(_is_root(path, format) and path.rpartition("/")[0] == root[:-1] for path, format in mains.items()):
            return root


def _document(
    known: Mapping[str, FileContent], main: str, format: Format, members: list[str], root: str
) -> tuple[Incoming | None, list[Problem]]:
    """Make one document; None where its main file is refused."""
    problems = [*check_text(known[main]), *_check_matter(known[main])]
    if not known[main].content.strip():
        problems.append(Problem(main, 0, "import-empty", "The file is empty: there is nothing to import."))
    if problems:
        return None, problems
    text = decode(known[main].content) or ""
    stem = _stem(main, text, format)
    name = name_of(stem)
    if name != stem:
        message = f"The document is taken under the name `{name}`: names are made of a–z, 0–9 and single hyphens."
        problems.append(Problem(main, 0, "import-renamed", message, "warning"))
    files = [replace(known[main], path=main_file(format, name))]
    base = f"{main.rpartition('/')[0]}/".lstrip("/")
    for path in members:
        found = check_asset(known[path], format)
        problems.extend(found)
        if not any(problem.level == "error" for problem in found):
            files.append(replace(known[path], path=_inner(path, base, main, format, {f.path for f in files})))
    if whole := check_whole(main, files):
        return None, [*problems, *whole]
    bundle = Bundle(format, files[0].path, tuple(sorted(files, key=lambda f: f.path)))
    return _placed(main, name, bundle, root, problems)


def _placed(
    main: str, name: str, bundle: Bundle, root: str, problems: list[Problem]
) -> tuple[Incoming | None, list[Problem]]:
    """Put a document on a shelf; what was exported by us becomes what it was exported from."""
    restored, found = restore(bundle, main)
    problems = [*problems, *found]
    shelf = ""
    if restored is not None:
        shelf, name, bundle = restored
    elif any(problem.level == "error" for problem in found):
        return None, problems
    parts = main[len(root) :].split("/")
    team = parts[1] if parts[0] == TEAMS and len(parts) > 2 and is_name(parts[1]) else ""
    parts = parts[2:] if team else parts
    placed = parts[0] if len(parts) > 1 and parts[0] in SHELVES else ""
    said = recognise(shelf or placed or "notes", name, bundle, main)
    default = {"skill": "skills", "runbook": "runbooks", "sop": placed or "runbooks"}.get(bundle.format)
    chosen = shelf or default or placed or ("runbooks" if _is_procedure(bundle, said, main) else "notes")
    named = team or (name_of(said.team) if said.team else "")
    return Incoming(chosen, name, named, bundle, main, bool(shelf or placed)), problems


def _is_procedure(bundle: Bundle, said: Recognised, main: str) -> bool:
    text = next((decode(file.content) for file in bundle.files if file.path == bundle.main), None)
    return said.runbook is not None and text is not None and (is_runbook(text) or shows_procedure(text, main))


def _check_matter(main: FileContent) -> list[Problem]:
    text = decode(main.content)
    return [p for p in read_matter(text, main.path).problems if p.slug == HOSTILE] if text is not None else []


def _stem(main: str, text: str, format: Format) -> str:
    """The stem that names a document; a skill outside a folder of its own is named by its frontmatter."""
    stem = stem_of(main)
    if format == "skill" and (not stem or not main.lower().endswith("/skill.md")):
        named = text_of(read_matter(text, main).values, "name")
        return named if is_name(named) else name_of(named) if named else stem or "skill"
    return stem or format


def _inner(path: str, base: str, main: str, format: Format, taken: set[str]) -> str:
    """The path of a file below its document's folder; the folder named like the document, beside its main file, is that folder too."""
    if not path.startswith(base):
        return path.rpartition("/")[2] if path.rpartition("/")[2] not in taken else path
    below = path[len(base) :]
    if format in ("markdown", "sop"):
        inner = below.removeprefix(f"{stem_of(main)}/")
        return inner if inner not in taken else below
    return below


def _without_collisions(documents: list[Incoming]) -> tuple[tuple[Incoming, ...], list[Problem]]:
    """Give each document a name of its own: the first keeps it, others take their folder's name, or a number, behind it."""
    taken: dict[tuple[str, str, str], str] = {}
    named: list[Incoming] = []
    problems: list[Problem] = []
    for found in documents:
        document = found
        key = (document.team, document.shelf, document.name)
        if key in taken:
            name = _other_name(document, taken)
            message = f"`{document.shelf}/{document.name}` is `{taken[key]}` already: this one is taken as `{name}`."
            problems.append(Problem(document.source, 0, "import-collision", message, "warning"))
            document = _renamed(document, name)
        taken[document.team, document.shelf, document.name] = document.source
        named.append(document)
    return tuple(named), problems


def _other_name(document: Incoming, taken: Mapping[tuple[str, str, str], str]) -> str:
    folders = [name_of(part) for part in reversed(document.source.split("/")[:-1])]
    tails = [tail for tail in folders if tail != document.name] or [document.bundle.format]
    for tail in (*tails, *(str(number) for number in range(2, len(taken) + 3))):
        name = f"{document.name[: LONGEST_NAME - 1 - len(tail)].rstrip('-')}-{tail}"
        if is_name(name) and (document.team, document.shelf, name) not in taken:
            return name
    raise AssertionError(document.name)


def _renamed(document: Incoming, name: str) -> Incoming:
    main = main_file(document.bundle.format, name)
    files = (replace(f, path=main) if f.path == document.bundle.main else f for f in document.bundle.files)
    bundle = Bundle(document.bundle.format, main, tuple(sorted(files, key=lambda f: f.path)))
    return replace(document, name=name, bundle=bundle)
