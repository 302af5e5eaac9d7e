"""$((...)): whole numbers as the shell calculates them."""

import operator
import re
from collections.abc import Callable, MutableMapping

LARGEST_POWER = 64
_TOKEN = re.compile(r"\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%]=|.)")


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise ArithmeticError("divide by zero")
    return int(left / right)


def _remainder(left: int, right: int) -> int:
    return left - _divide(left, right) * right


def _power(left: int, right: int) -> int:
    if not 0 <= right < LARGEST_POWER:
        raise ArithmeticError("arithmetic syntax error")
    return int(left**right)


BINARY: list[dict[str, Callable[[int, int], int]]] = [
    {"||": lambda a, b: int(bool(a or b))},
    {"&&": lambda a, b: int(bool(a and b))},
    {"|": operator.or_},
    {"^": operator.xor},
    {"&": operator.and_},
    {"==": lambda a, b: int(a == b), "!=": lambda a, b: int(a != b)},
    {
        "<": lambda a, b: int(a < b),
        ">": lambda a, b: int(a > b),
        "<=": lambda a, b: int(a <= b),
        ">=": lambda a, b: int(a >= b),
    },
    {"<<": operator.lshift, ">>": operator.rshift},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": _divide, "%": _remainder},
    {"**": _power},
]  # fmt: skip, from what binds least to what binds most


def evaluate(expression: str, variables: MutableMapping[str, str]) -> int:
    """The value; assignments change `variables`. ArithmeticError with what is wrong."""
    tokens = [found for found in _TOKEN.findall(expression) if found.strip()]
    reader = _Reader(tokens, variables)
    value = reader.expression()
    if reader.tokens:
        raise ArithmeticError("arithmetic syntax error")
    return value


class _Reader:
    def __init__(self, tokens: list[str], variables: MutableMapping[str, str]) -> None:
        self.tokens, self._variables = tokens, variables

    def expression(self) -> int:
        if len(self.tokens) > 1 and _is_name(self.tokens[0]):
            name, sign = self.tokens[0], self.tokens[1]
            if sign == "=" or (len(sign) == 2 and sign[1] == "=" and sign[0] in "+-*/%"):
                del self.tokens[:2]
                value = self.expression()
                if sign != "=":
                    value = self._apply(sign[0], self._value(name), value)
                self._variables[name] = str(value)
                return value
        value = self._binary(0)
        if self.tokens[:1] == ["?"]:
            del self.tokens[0]
            yes = self.expression()
            if self.tokens[:1] != [":"]:
                raise ArithmeticError("arithmetic syntax error")
            del self.tokens[0]
            no = self.expression()
            return yes if value else no
        return value

    def _binary(self, level: int) -> int:
        if level == len(BINARY):
            return self._unary()
        value = self._binary(level + 1)
        while self.tokens and self.tokens[0] in BINARY[level]:
            sign = self.tokens.pop(0)
            value = BINARY[level][sign](value, self._binary(level + 1))
        return value

    def _unary(self) -> int:
        if not self.tokens:
            raise ArithmeticError("arithmetic syntax error")
        token = self.tokens.pop(0)
        if token == "(":  # noqa: S105
            value = self.expression()
            if not self.tokens or self.tokens.pop(0) != ")":
                raise ArithmeticError("arithmetic syntax error")
            return value
        if token in ("++", "--") and self.tokens and _is_name(self.tokens[0]):
            return self._step(self.tokens.pop(0), token)
        signs: dict[str, Callable[[int], int]] = {
            "-": operator.neg, "+": operator.pos, "!": lambda value: int(not value), "~": operator.invert
        }  # fmt: skip
        if token in signs:
            return signs[token](self._unary())
        if token[0].isdigit():
            return _number(token)
        if not _is_name(token):
            raise ArithmeticError("arithmetic syntax error")
        value = self._value(token)
        if self.tokens[:1] in (["++"], ["--"]):
            self._step(token, self.tokens.pop(0))
        return value

    def _step(self, name: str, sign: str) -> int:
        value = self._value(name) + (1 if sign == "++" else -1)
        self._variables[name] = str(value)
        return value

    def _apply(self, sign: str, left: int, right: int) -> int:
        return next(level[sign] for level in BINARY if sign in level)(left, right)

    def _value(self, name: str) -> int:
        text = self._variables.get(name, "").strip() or "0"
        sign = -1 if text.startswith("-") else 1
        return sign * _number(text.removeprefix("-"))


def _number(text: str) -> int:
    """Hexadecimal after 0x, octal after 0."""
    base = 16 if text[:2] in ("0x", "0X") else 8 if text.startswith("0") else 10
    try:
        return int(text, base)
    except ValueError:
        raise ArithmeticError("arithmetic syntax error") from None


def _is_name(token: str) -> bool:
    return token[0].isalpha() or token[0] == "_"
