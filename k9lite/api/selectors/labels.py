"""Label selectors: `app=web,tier in (a,b),!old`, as text and as in a spec (apimachinery: labels, meta/v1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lightkube.models import meta_v1

from k9lite.api import errors, names

IN, NOT_IN, EXISTS, NOT_EXISTS = "in", "notin", "exists", "!"
EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER, LESS = "=", "==", "!=", ">", "<"
_SPEC_OPERATORS = {"In": IN, "NotIn": NOT_IN, "Exists": EXISTS, "DoesNotExist": NOT_EXISTS}
_TOKENS = (IN, NOT_IN, NOT_EXISTS, EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER, LESS, "(", ")", ",")
_OPERATORS = (IN, NOT_IN, EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER, LESS)
_OPERATOR_NAMES = "in, notin, =, ==, !=, gt, lt"
_SYMBOLS = "=!(),><"
_SPACE = " \t\r\n"
_IDENTIFIER, _END = "identifier", "end"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one label."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        return _TESTS[self.operator](labels.get(self.key), self.values)

    def __str__(self) -> str:
        if self.operator in (EXISTS, NOT_EXISTS):
            return ("!" if self.operator == NOT_EXISTS else "") + self.key
        values = ",".join(sorted(self.values))
        if self.operator in (IN, NOT_IN):
            return f"{self.key} {self.operator} ({values})"
        return f"{self.key}{self.operator}{values}"


def _compare(value: str | None, bound: frozenset[str], sign: int) -> bool:
    try:
        return value is not None and sign * (int(value) - int(next(iter(bound)))) > 0
    except ValueError:
        return False


# A label that is absent is None; `!=` and `notin` accept it.
_TESTS: dict[str, Callable[[str | None, frozenset[str]], bool]] = {
    IN: lambda value, values: value in values,
    EQUALS: lambda value, values: value in values,
    DOUBLE_EQUALS: lambda value, values: value in values,
    NOT_IN: lambda value, values: value not in values,
    NOT_EQUALS: lambda value, values: value not in values,
    EXISTS: lambda value, values: value is not None,
    NOT_EXISTS: lambda value, values: value is None,
    GREATER: lambda value, values: _compare(value, values, 1),
    LESS: lambda value, values: _compare(value, values, -1),
}


class LabelMatcher:
    """All of some requirements; `nothing` matches no object at all."""

    __slots__ = ("_equal", "_rest", "nothing", "requirements")

    def __init__(self, requirements: Iterable[Requirement] = (), nothing: bool = False) -> None:
        self.requirements = tuple(sorted(requirements, key=lambda requirement: requirement.key))
        self.nothing = nothing
        # Nearly every selector is made of plain equalities, and these are asked for every pod.
        plain = [r for r in self.requirements if len(r.values) == 1 and r.operator in (IN, EQUALS, DOUBLE_EQUALS)]
        self._equal = tuple((r.key, next(iter(r.values))) for r in plain)
        self._rest = tuple(r for r in self.requirements if r not in plain)

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        if self.nothing:
            return False
        labels = labels or {}
        for key, value in self._equal:
            if labels.get(key) != value:
                return False
        return all(requirement.matches(labels) for requirement in self._rest)

    @property
    def everything(self) -> bool:
        return not self.nothing and not self.requirements

    def text(self) -> str:
        """The selector as Kubernetes writes it, ordered by key; empty for everything and for nothing."""
        return ",".join(map(str, self.requirements))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabelMatcher) and (self.nothing, self.requirements) == (
            other.nothing,
            other.requirements,
        )

    def __hash__(self) -> int:
        return hash((self.nothing, self.requirements))

    def __repr__(self) -> str:
        return f"<LabelMatcher {'nothing' if self.nothing else self.text() or 'everything'}>"


EVERYTHING, NOTHING = LabelMatcher(), LabelMatcher(nothing=True)


def label_selector(selector: Mapping[str, Any] | meta_v1.LabelSelector | None) -> LabelMatcher:
    """The selector of a spec: None matches nothing, an empty one everything. BadRequest on an unknown operator."""
    if selector is None:
        return NOTHING
    if isinstance(selector, meta_v1.LabelSelector):
        labels: Mapping[str, str] = selector.matchLabels or {}
        expressions = [(e.key, e.operator, e.values) for e in selector.matchExpressions or ()]
    else:
        labels = selector.get("matchLabels") or {}
        expressions = [
            (e.get("key", ""), e.get("operator", ""), e.get("values")) for e in selector.get("matchExpressions") or ()
        ]
    requirements = [Requirement(key, EQUALS, frozenset((value,))) for key, value in labels.items()]
    for key, operator, values in expressions:
        if operator not in _SPEC_OPERATORS:
            raise errors.bad_request(f'"{operator}" is not a valid label selector operator')
        requirements.append(Requirement(key, _SPEC_OPERATORS[operator], frozenset(values or ())))
    return LabelMatcher(requirements)


def equal_labels(labels: Mapping[str, str] | None) -> LabelMatcher:
    """A selector that is a plain map, as Services have; none and an empty one match nothing."""
    return LabelMatcher(Requirement(k, EQUALS, frozenset((v,))) for k, v in labels.items()) if labels else NOTHING


def workload_selector(selector: Mapping[str, str] | meta_v1.LabelSelector | None) -> LabelMatcher:
    """The selector in the spec of what makes pods: a plain map in ReplicationControllers, else a LabelSelector."""
    return label_selector(selector) if isinstance(selector, meta_v1.LabelSelector) else equal_labels(selector)


def parse_labels(text: str) -> LabelMatcher:
    """A selector as a client types it; BadRequest in Kubernetes' words when it cannot be read."""
    return LabelMatcher(_Parser(text).requirements()) if text else EVERYTHING


def _lex(text: str) -> list[tuple[str, str]]:
    """(token, text) pairs; the last token is the end."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        if text[at] in _SPACE:
            at += 1
            continue
        end = at + 1
        if text[at] in _SYMBOLS:
            while end < len(text) and text[at : end + 1] in _TOKENS:
                end += 1
            tokens.append((text[at:end], text[at:end]))
        else:
            while end < len(text) and text[end] not in _SYMBOLS and text[end] not in _SPACE:
                end += 1
            word = text[at:end]
            tokens.append((word if word in _TOKENS else _IDENTIFIER, word))
        at = end
    return [*tokens, (_END, "")]


class _Parser:
    """A parser by recursive descent; `in` and `notin` are plain words wherever an operator cannot stand."""

    def __init__(self, text: str) -> None:
        self._tokens = _lex(text)
        self._at = 0

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while (token := self._peek())[0] != _END:
            if token[0] not in (_IDENTIFIER, NOT_EXISTS):
                raise errors.bad_request(f"found '{token[1]}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self._requirement())
            except ValueError as error:
                raise errors.bad_request(f"unable to parse requirement: {error}") from None
            separator, text = self._take()
            if separator == _END:
                break
            if separator != ",":
                raise errors.bad_request(f"found '{text}', expected: ',' or 'end of string'")
            following, text = self._peek()
            if following not in (_IDENTIFIER, NOT_EXISTS):
                raise errors.bad_request(f"found '{text}', expected: identifier after ','")
        return found

    def _peek(self) -> tuple[str, str]:
        token, text = self._tokens[self._at]
        return (_IDENTIFIER if token in (IN, NOT_IN) else token), text

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _requirement(self) -> Requirement:
        token, key = self._take()
        negated = token == NOT_EXISTS
        if negated:
            token, key = self._take()
        if token != _IDENTIFIER:
            raise ValueError(f"found '{key}', expected: identifier")
        _check(names.qualified_name, "<nil>", key)
        if negated or self._peek()[0] in (_END, ","):
            return Requirement(key, NOT_EXISTS if negated else EXISTS)
        operator, text = self._tokens[self._at]
        if operator not in _OPERATORS:
            raise ValueError(f"found '{text}', expected: {_OPERATOR_NAMES}")
        self._take()
        values = self._set() if operator in (IN, NOT_IN) else [self._value()]
        if operator in (GREATER, LESS) and not _is_integer(values[0]):
            detail = "for 'Gt', 'Lt' operators, the value must be an integer"
            raise ValueError(str(errors.invalid("values[0]", values[0], detail)))
        for index, value in enumerate(sorted(set(values))):
            _check(names.label_value, f"values[{index}][{key}]", value)
        return Requirement(key, operator, frozenset(values))

    def _value(self) -> str:
        if self._peek()[0] in (_END, ","):
            return ""
        token, text = self._take()
        if token != _IDENTIFIER:
            raise ValueError(f"found '{text}', expected: identifier")
        return text

    def _set(self) -> list[str]:
        symbol, text = self._take()
        if symbol != "(":
            raise ValueError(f"found '{text}' expected: '('")
        values: list[str] = []
        if self._peek()[0] not in (_IDENTIFIER, ",", ")"):
            raise ValueError(f"found '{self._peek()[1]}', expected: ',', ')' or identifier")
        while True:
            values.append(self._take()[1] if self._peek()[0] == _IDENTIFIER else "")
            symbol, text = self._take()
            if symbol == ")":
                return values
            if symbol != ",":
                raise ValueError(f"found '{text}', expected: ',' or ')'")
            if self._peek()[0] not in (_IDENTIFIER, ",", ")"):
                raise ValueError(f"found '{self._peek()[1]}', expected: ',', or identifier")


def _check(rule: names.Rule, path: str, text: str) -> None:
    if complaints := rule(text):
        raise ValueError(str(errors.invalid(path, text, "; ".join(complaints))))


def _is_integer(text: str) -> bool:
    return text.removeprefix("-").removeprefix("+").isdecimal() and text.isascii()
