"""The condition language of guards and proofs: text ↔ expression, inverse. Its grammar stands in docs/reference/runbook-format.md.

A text that is no condition is a judgement: it stays as it is, and ``parsed`` is None.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, cast

from runlore.model.condition import (
    ArgumentValue,
    Comparison,
    Condition,
    Conjunction,
    Constant,
    Disjunction,
    Duration,
    Expression,
    InputValue,
    Measure,
    Membership,
    Negation,
    Operand,
    Operator,
    Presence,
    ResultPath,
)
from runlore.model.condition_text import render_condition
from runlore.runbooks.inline import parse_code, parse_constant
from runlore.runbooks.paths import is_path, path_end

_LONGEST = 2000
_DEEPEST = 20
_UNITS = {"second": "second", "minute": "minute", "hour": "hour", "day": "day", "week": "week"}
_SYMBOL = re.compile(r"!=|<=|>=|[=<>(),\[\]]|≠|≤|≥")
_WORD = re.compile(r"[A-Za-z]+")
_SPELLINGS = {"≠": "!=", "≤": "<=", "≥": ">="}


class _Token(NamedTuple):
    kind: str  # "word", "symbol", "path", "name", "constant", "duration"
    value: Any


class _NotACondition(Exception):
    """The text is in plain words."""


def parse_condition(text: str) -> Condition:
    """Read a condition. Where the text follows the grammar its text becomes the canonical one; else it is a judgement."""
    text = re.sub(r"\s*\n\s*", " ", text).strip()
    if len(text) <= _LONGEST:
        try:
            parser = _Parser(_tokens(text))
            expression = parser.either(0)
            parser.expect_end()
        except _NotACondition:
            return Condition(text)
        return Condition(render_condition(expression), expression)
    return Condition(text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token, at = _token(text, at)
        tokens.append(token)
    return tokens


def _token(text: str, at: int) -> tuple[_Token, int]:
    if text[at] == "$":
        end = path_end(text, at)
        return _Token("path", _checked(text[at:end], 0)), end
    if code := parse_code(text, at):
        return _code_token(code[0]), code[1]
    if duration := re.compile(r"(\d{1,6}) +(second|minute|hour|day|week)s?\b").match(text, at):
        return _Token("duration", Duration(int(duration[1]), _UNITS[duration[2]])), duration.end()
    if text[at] != "[" and text[at] != "{" and (constant := parse_constant(text, at)):
        return _Token("constant", constant[0]), constant[1]
    if symbol := _SYMBOL.match(text, at):
        return _Token("symbol", _SPELLINGS.get(symbol[0], symbol[0])), symbol.end()
    if word := _WORD.match(text, at):
        return _Token("word", word[0].lower()), word.end()
    raise _NotACondition


def _code_token(content: str) -> _Token:
    """A code span holds a path, a path of another step, a constant, or the name of an input."""
    stepped = re.fullmatch(r"step (\d{1,4}) (\$.*)", content)
    if stepped:
        return _Token("path", _checked(stepped[2], int(stepped[1])))
    if content.startswith("$"):
        return _Token("path", _checked(content, 0))
    constant = parse_constant(content)
    if constant and constant[1] == len(content) and not content.startswith("`"):
        return _Token("constant", constant[0])
    return _Token("name", content)


def _checked(path: str, step: int) -> ResultPath:
    if not is_path(path):
        raise _NotACondition
    return ResultPath(path, step)


class _Parser:
    """Recursive descent over the tokens, at most 20 parentheses deep."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def expect_end(self) -> None:
        if self._at != len(self._tokens):
            raise _NotACondition

    def either(self, depth: int) -> Expression:
        items = [self._both(depth)]
        while self._take("word", "or"):
            items.append(self._both(depth))
        return items[0] if len(items) == 1 else Disjunction(tuple(items))

    def _both(self, depth: int) -> Expression:
        items = [self._one(depth)]
        while self._take("word", "and"):
            items.append(self._one(depth))
        return items[0] if len(items) == 1 else Conjunction(tuple(items))

    def _one(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise _NotACondition
        if self._take("word", "not"):
            return Negation(self._one(depth + 1))
        if self._take("symbol", "("):
            inner = self.either(depth + 1)
            self._need("symbol", ")")
            return inner
        return self._test()

    def _test(self) -> Expression:
        for function in ("count", "age", "sum"):
            if self._take("word", function):
                self._need("symbol", "(")
                measure = Measure(function, self._path())
                self._need("symbol", ")")
                return self._comparison(measure)
        path = self._argument() or self._path()
        if self._take("word", "is"):
            if self._take("word", "present"):
                return Presence(path)
            self._need("word", "absent")
            return Presence(path, present=False)
        if self._take("word", "in"):
            return Membership(path, self._list())
        return self._comparison(path)

    def _argument(self) -> ArgumentValue | None:
        return ArgumentValue(str(self._next("name"))) if self._take("word", "argument") else None

    def _comparison(self, left: ResultPath | ArgumentValue | Measure) -> Comparison:
        operator = self._next("symbol")
        if operator not in ("=", "!=", "<", "<=", ">", ">="):
            raise _NotACondition
        right = self._operand()
        function = left.function if isinstance(left, Measure) else ""
        if (function == "age") != isinstance(right, Duration):
            raise _NotACondition
        if function == "count" and not (isinstance(right, Constant) and type(right.value) is int):
            raise _NotACondition
        return Comparison(left, cast(Operator, operator), right)

    def _list(self) -> tuple[Operand, ...]:
        self._need("symbol", "[")
        values = [self._operand()]
        while self._take("symbol", ","):
            values.append(self._operand())
        self._need("symbol", "]")
        return tuple(values)

    def _operand(self) -> Operand:
        token = self._peek()
        if token.kind == "constant":
            return Constant(self._next("constant"))
        if token.kind == "duration":
            return cast(Duration, self._next("duration"))
        if self._take("word", "input"):
            return InputValue(str(self._next("name")))
        return self._argument() or self._path()

    def _path(self) -> ResultPath:
        if self._take("word", "step"):
            number = self._next("constant")
            path = cast(ResultPath, self._next("path"))
            if type(number) is not int or path.step or number < 1:
                raise _NotACondition
            return ResultPath(path.path, number)
        return cast(ResultPath, self._next("path"))

    def _peek(self) -> _Token:
        if self._at >= len(self._tokens):
            raise _NotACondition
        return self._tokens[self._at]

    def _next(self, kind: str) -> Any:
        token = self._peek()
        if token.kind != kind:
            raise _NotACondition
        self._at += 1
        return token.value

    def _take(self, kind: str, value: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == _Token(kind, value):
            self._at += 1
            return True
        return False

    def _need(self, kind: str, value: str) -> None:
        if not self._take(kind, value):
            raise _NotACondition
