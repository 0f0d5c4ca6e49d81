"""Shell command lines taken apart as shell, with tree-sitter's grammar of bash.

Nothing is run or expanded: ``$x`` and ``$(…)`` stay in the arguments as they were written.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from runlore.mining.wrappers import base, unwrap

MAX_BYTES: Final = 64 * 1024
"""Of a longer command line only the part up to here, cut at a line's end, is parsed."""

_MAX_DEPTH: Final = 40  # of nodes within nodes; deeper ones are left out, so that no input can exhaust the stack
_MAX_COMMANDS: Final = 400

_PARSER: Final = Parser(Language(tree_sitter_bash.language()))
_PROGRAM: Final = re.compile(r"(?:[\w./~+@\[:-]|\$[\w{])[^\s'\"`,;()=]*\Z")
_OPERATORS: Final = frozenset({"&&", "||", "|", "|&", ";", "&", "\n", ";;"})


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command.

    ``program`` is the name without folders, behind every wrapper (``wrappers`` lists those taken off: ``sudo``, ``uv run``); ``path`` is the word as written.
    ``arguments`` are unquoted. ``redirects`` are (operator, target) with file targets only. ``operator`` stands before the command ("" for
    the first); ``position`` counts within its pipeline from 0, ``piped`` says that its output goes into another command.
    ``cwd`` is the folder that an earlier ``cd`` on the same line went to. ``nested`` is ``subshell``, ``loop``, ``function``, ``condition``,
    ``substitution`` or "" for the top. ``text`` is the command as it ran.
    """

    program: str
    arguments: tuple[str, ...] = ()
    path: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()
    heredoc: str = ""
    operator: str = ""
    position: int = 0
    piped: bool = False
    cwd: str = ""
    nested: str = ""
    wrappers: tuple[str, ...] = ()
    text: str = ""


@dataclass(slots=True)
class _State:
    """What the walk over one command line has met so far."""

    source: bytes
    found: list[Command] = field(default_factory=list)
    operator: str = ""
    cwd: str = ""


@lru_cache(maxsize=16384)
def parse(command: str) -> tuple[Command, ...]:
    """Give the simple commands of a command line in the order in which they stand, substitutions before the command that uses them.

    Never raises: what the grammar cannot read is passed over, and a line of which nothing could be read gives its first words.
    """
    return _parse(command, 0)


def _parse(command: str, depth: int) -> tuple[Command, ...]:
    # Lone surrogates come out of broken JSON escapes.
    source = _bounded(command.encode("utf-8", "replace"))
    state = _State(source)
    _walk(_PARSER.parse(source).root_node, state, "", depth)
    if not state.found:
        words = tuple(source.decode("utf-8", "replace").split(None, 6)[:6])
        if words and re.match(r"[\w./~-]", words[0]) and "=" not in words[0]:
            return (Command(base(words[0]), words[1:], words[0], text=" ".join(words)),)
    return _with_pipes(state.found)


def _bounded(source: bytes) -> bytes:
    """Cut what is too long, and what the grammar reads in quadratic time: thousands of pipes or of here-documents."""
    end = len(source)
    if end > MAX_BYTES:
        cut = source.rfind(b"\n", 0, MAX_BYTES)
        end = cut if cut > 0 else MAX_BYTES
    for token, most in ((b"|", 2000), (b"<<", 300)):
        if source.count(token, 0, end) > most:
            end = min(end, len(token.join(source[:end].split(token, most)[:most])))
    return source[:end]


def _with_pipes(found: list[Command]) -> tuple[Command, ...]:
    """Number the commands within their pipelines.

    Counted over the operators, not the tree: in ``a && b 2>&1 | c`` the grammar hangs the whole list under the pipe.
    """
    top = [i for i, c in enumerate(found) if c.nested != "substitution"]
    for before, here in itertools.pairwise(top):
        if found[here].operator in ("|", "|&"):
            found[here] = replace(found[here], position=found[before].position + 1)
            found[before] = replace(found[before], piped=True)
    return tuple(found)


def _walk(node: Node, state: _State, nested: str, depth: int) -> None:
    if depth > _MAX_DEPTH or len(state.found) >= _MAX_COMMANDS:
        return
    kind = node.type
    handler = _HANDLERS.get(kind)
    if handler is not None:
        handler(node, state, nested, depth)
        return
    for child in node.children:
        kind = child.type
        if kind in _OPERATORS:
            state.operator = ";" if kind == "\n" else kind
        elif child.is_named and child.child_count:
            _walk(child, state, nested, depth + 1)


def _walk_subshell(node: Node, state: _State, nested: str, depth: int) -> None:
    cwd = state.cwd
    for child in node.children:
        _walk_child(child, state, "subshell", depth)
    state.cwd = cwd


def _walk_child(child: Node, state: _State, nested: str, depth: int) -> None:
    if child.type in _OPERATORS:
        state.operator = ";" if child.type == "\n" else child.type
    elif child.child_count:
        _walk(child, state, nested, depth + 1)


def _nesting(name: str) -> Callable[[Node, _State, str, int], None]:
    def walk(node: Node, state: _State, nested: str, depth: int) -> None:
        for child in node.children:
            _walk_child(child, state, name, depth)

    return walk


def _walk_substitution(node: Node, state: _State, nested: str, depth: int) -> None:
    """Commands within ``$(…)``: their operators and folders are their own."""
    operator, cwd = state.operator, state.cwd
    state.operator = ""
    for child in node.children:
        _walk_child(child, state, "substitution", depth)
    state.operator, state.cwd = operator, cwd


def _walk_redirected(node: Node, state: _State, nested: str, depth: int) -> None:
    """A command with redirections: they are the last command's of the body (``a && b > x``)."""
    redirects: list[tuple[str, str]] = []
    heredoc = ""
    here: Node | None = None
    for child in node.children:
        if child.type == "file_redirect":
            _add_redirect(child, state, redirects)
        elif child.type == "heredoc_redirect":
            here = child
            for part in child.children:
                if part.type == "file_redirect":
                    _add_redirect(part, state, redirects)
                elif part.type == "heredoc_body":
                    heredoc = _text(part)
        else:
            _walk_child(child, state, nested, depth)
    if (redirects or heredoc) and state.found:
        last = state.found[-1]
        state.found[-1] = replace(last, redirects=(*last.redirects, *redirects), heredoc=heredoc or last.heredoc)
        if heredoc and last.program in ("bash", "sh", "zsh") and depth < _MAX_DEPTH // 4:
            inner = _parse(heredoc, depth + 10)
            if inner:
                state.found[-1:] = [replace(inner[0], operator=last.operator), *inner[1:]]
    if here is not None:
        # What follows the marker on its line: `cat <<EOF | gh pr create -F -`, `cat <<EOF > x && y`.
        for child in here.children:
            if child.type == "pipeline":
                state.operator = "|"
                _walk(child, state, nested, depth + 1)
            elif child.type in _OPERATORS:
                state.operator = child.type
            elif child.type in ("command", "list", "redirected_statement"):
                _walk(child, state, nested, depth + 1)
            elif child.type == "heredoc_end":
                state.operator = ";"


def _add_redirect(node: Node, state: _State, redirects: list[tuple[str, str]]) -> None:
    target = node.child_by_field_name("destination")
    if target is None:
        return
    operator = next((c.type for c in node.children if not c.is_named), ">")
    if target.type == "process_substitution":
        _walk(target, state, "", 1)
    elif operator not in (">&", "<&"):
        redirects.append((operator, _value(target)))


def _walk_command(node: Node, state: _State, nested: str, depth: int) -> None:
    words: list[str] = []
    environment: list[tuple[str, str]] = []
    redirects: list[tuple[str, str]] = []
    operator = state.operator
    for child in node.children:
        kind = child.type
        if kind == "variable_assignment":
            name, _, value = _text(child).partition("=")
            environment.append((name, value))
            _walk_inner(child, state, depth)
        elif kind == "file_redirect":
            _add_redirect(child, state, redirects)
        elif kind == "herestring_redirect":
            _walk_inner(child, state, depth)
        else:
            words.append(_value(child))
            if child.child_count:
                _walk_inner(child, state, depth)
    state.operator = ";"
    if not words or not _PROGRAM.match(words[0]):
        return  # an expansion, or the debris of what the grammar could not read
    unwrapped = unwrap(words)
    if unwrapped.script and depth < _MAX_DEPTH // 4:
        inner = _parse(unwrapped.script, depth + 10)
        if inner:
            first = replace(inner[0], operator=operator)
            rest = (replace(c, nested=c.nested or nested) for c in inner[1:])
            state.found.extend([replace(first, nested=first.nested or nested), *rest])
            return
    program, arguments = base(unwrapped.words[0]), unwrapped.words[1:]
    state.found.append(
        Command(
            program,
            arguments,
            unwrapped.words[0],
            (*environment, *unwrapped.environment),
            tuple(redirects),
            "",
            operator,
            0,
            False,
            state.cwd,
            nested,
            unwrapped.wrappers,
            _text(node),
        )
    )
    if program in ("cd", "pushd") and arguments and nested != "substitution":
        state.cwd = arguments[-1] if arguments[-1][:1] in "/~$" or not state.cwd else f"{state.cwd}/{arguments[-1]}"


def _walk_inner(node: Node, state: _State, depth: int) -> None:
    """Find the substitutions inside an argument."""
    if node.type in ("command_substitution", "process_substitution"):
        _walk_substitution(node, state, "", depth + 1)
    elif node.child_count and depth < _MAX_DEPTH:
        text = state.source[node.start_byte : node.end_byte]
        if b"$(" in text or b"`" in text or b"<(" in text:
            for child in node.children:
                if child.child_count:
                    _walk_inner(child, state, depth + 1)


def _walk_assignment(node: Node, state: _State, nested: str, depth: int) -> None:
    _walk_inner(node, state, depth)
    state.operator = ";"


_HANDLERS: Final[dict[str, Callable[[Node, _State, str, int], None]]] = {
    "command": _walk_command,
    "redirected_statement": _walk_redirected,
    "subshell": _walk_subshell,
    "command_substitution": _walk_substitution,
    "process_substitution": _walk_substitution,
    "variable_assignment": _walk_assignment,
    "declaration_command": _walk_assignment,
    "test_command": _walk_assignment,
    "for_statement": _nesting("loop"),
    "c_style_for_statement": _nesting("loop"),
    "while_statement": _nesting("loop"),
    "function_definition": _nesting("function"),
}


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _value(node: Node) -> str:
    """Give a word as the program gets it, as far as that is known without running anything."""
    kind = node.type
    text = _text(node)
    if kind == "word":
        return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text
    if kind == "raw_string":
        return text[1:-1]
    if kind == "string":
        return _document(text) or re.sub(r'\\(["$`\\])', r"\1", text[1:-1])
    if kind == "ansi_c_string":
        return text[2:-1].replace("\\n", "\n").replace("\\t", "\t").replace("\\'", "'")
    if kind in ("concatenation", "command_name"):
        return "".join(_value(child) for child in node.children) or text
    return text


_DOCUMENT: Final = re.compile(
    r"""^"\$\(\s*cat\s*<<-?\s*(['"]?)(\w+)\1[ \t]*\n(.*?)\n?[ \t]*\2[ \t]*\n?\s*\)"$""", re.DOTALL
)


def _document(text: str) -> str:
    """Give the here-document in ``"$(cat <<'EOF' … EOF)"``, the usual way to write a commit message, "" for any other string."""
    if not text.startswith('"$('):
        return ""
    match = _DOCUMENT.match(text)
    return match.group(3) if match else ""
