"""$((...)): whole numbers of 64 bits as the shell calculates them."""

import operator
import re
from collections.abc import Callable, MutableMapping

MOST_TOKENS = 5_000  # of an expression
_TOKEN = re.compile(
    r"\s*(0[xX][0-9a-fA-F]+|\d+#\w+|\d+|[A-Za-z_]\w*(?:\[\w+\])?|\*\*|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|.)",
    re.DOTALL,
)
_BITS, _SIGN = 64, 1 << 63


def wrapped(value: int) -> int:
    """The value in 64 bits: what is beyond begins at the other end."""
    return (value + _SIGN) % (1 << _BITS) - _SIGN


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise ZeroDivisionError("divide by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    return left - _divide(left, right) * right


def _power(left: int, right: int) -> int:
    if right < 0:
        raise ArithmeticError("exponent less than 0")
    return pow(left, right, 1 << _BITS)


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
    {"<<": lambda a, b: a << (b % _BITS), ">>": lambda a, b: a >> (b % _BITS)},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": _divide, "%": _remainder},
]  # from what binds least to what binds most
_SIGNS = {sign: act for level in BINARY for sign, act in level.items()}
_UNARY: dict[str, Callable[[int], int]] = {
    "-": operator.neg,
    "+": operator.pos,
    "!": lambda value: int(not value),
    "~": operator.invert,
}


def evaluate(expression: str, variables: MutableMapping[str, str]) -> int:
    """The value; assignments change `variables`. ArithmeticError with what is wrong."""
    tokens = [found for found in _TOKEN.findall(expression) if found.strip()]
    if len(tokens) > MOST_TOKENS:
        raise ArithmeticError("expression too long")
    if not tokens:
        return 0
    reader = _Reader(tokens, variables)
    try:
        value = reader.list()
    except RecursionError:
        raise ArithmeticError("expression recursion level exceeded") from None
    if reader.token:
        raise ArithmeticError("arithmetic syntax error")
    return value


class _Reader:
    """Reads tokens from left to right. `silent`: what it reads is not to be done, behind && and || and ?:."""

    def __init__(self, tokens: list[str], variables: MutableMapping[str, str]) -> None:
        self._tokens, self._at, self._variables, self._silent = tokens, 0, variables, 0

    @property
    def token(self) -> str:
        """The next one; empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *choices: str) -> str:
        """The next token if it is one of `choices`, which is passed."""
        token = self.token
        if token not in choices:
            return ""
        self._at += 1
        return token

    def list(self) -> int:
        """a, b: the last counts."""
        value = self._expression()
        while self._take(","):
            value = self._expression()
        return value

    def _expression(self) -> int:
        name = self.token
        following = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else ""
        if _is_name(name) and (following == "=" or (following.endswith("=") and following[:-1] in _SIGNS)):
            self._at += 2
            value = self._expression()
            if following != "=":
                value = self._calculated(following[:-1], self._value(name), value)
            self._assign(name, value)
            return value
        return self._choice(self._binary(0))

    def _choice(self, condition: int) -> int:
        if not self._take("?"):
            return condition
        yes = self._unless(not condition)
        if not self._take(":"):
            raise ArithmeticError("arithmetic syntax error")
        no = self._unless(bool(condition))
        return yes if condition else no

    def _unless(self, skipped: bool) -> int:
        self._silent += skipped
        value = self._expression()
        self._silent -= skipped
        return value

    def _binary(self, level: int) -> int:
        if level == len(BINARY):
            return self._raised()
        value = self._binary(level + 1)
        while sign := self._take(*BINARY[level]):
            skipped = (sign == "&&" and not value) or (sign == "||" and bool(value))
            self._silent += skipped
            right = self._binary(level + 1)
            self._silent -= skipped
            value = self._calculated(sign, value, right)
        return value

    def _raised(self) -> int:
        base = self._unary()
        if self._take("**"):
            return wrapped(_power(base, self._raised()))
        return base

    def _unary(self) -> int:
        token = self.token
        self._at += 1
        if token == "(":  # noqa: S105
            value = self.list()
            if not self._take(")"):
                raise ArithmeticError("arithmetic syntax error")
            return value
        if token in ("++", "--") and _is_name(self.token):
            name, self._at = self.token, self._at + 1
            return self._step(name, token)
        if token in _UNARY:
            return wrapped(_UNARY[token](self._unary()))
        if token[:1].isdigit():
            return number(token)
        if not _is_name(token):
            raise ArithmeticError("arithmetic syntax error")
        value = self._value(token)
        if sign := self._take("++", "--"):
            self._step(token, sign)
        return value

    def _step(self, name: str, sign: str) -> int:
        value = wrapped(self._value(name) + (1 if sign == "++" else -1))
        self._assign(name, value)
        return value

    def _assign(self, name: str, value: int) -> None:
        if not self._silent:
            self._variables[name] = str(value)

    def _calculated(self, sign: str, left: int, right: int) -> int:
        if self._silent and sign in ("/", "%"):
            return 0
        return wrapped(_SIGNS[sign](left, right))

    def _value(self, name: str) -> int:
        text = self._variables.get(name, "").strip() or "0"
        sign = -1 if text.startswith("-") else 1
        return sign * number(text.lstrip("+-"))


def number(text: str) -> int:
    """Hexadecimal after 0x, octal after 0, any base before #. ArithmeticError."""
    base, mark, digits = text.partition("#")
    try:
        if mark:
            return wrapped(int(digits, int(base)))
        if len(text) > _BITS:
            raise ValueError(text)
        return wrapped(int(text, 16 if text[:2] in ("0x", "0X") else 8 if text.startswith("0") else 10))
    except ValueError:
        raise ArithmeticError("arithmetic syntax error") from None


def _is_name(token: str) -> bool:
    return token[:1].isalpha() or token[:1] == "_"
