"""The expressions of awk's language."""

from collections.abc import Callable

from k9lite.engine.node.runtimes.simulated.shell.commands.awk.lexer import Token
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import (
    Assign,
    AwkError,
    Binary,
    Call,
    Choice,
    Expression,
    Field,
    Getline,
    In,
    Index,
    Literal,
    Name,
    Regex,
    Step,
    Target,
    Unary,
)

ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "^=")
COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")
STARTS_OPERAND = frozenset(("number", "text", "regex", "name", "call"))


class ExpressionReader:
    """Each method reads one construct from where the parser is, and leaves it behind that."""

    def __init__(self, every: list[Token]) -> None:
        self._tokens, self._at = every, 0
        self._plain = 0  # depth inside of which > begins a redirection
        self._listing = 0  # depth inside of which `in` belongs to a for

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def take(self, *texts: str) -> str:
        """The token if it is one of these signs or words, which is passed; else nothing."""
        token = self.token
        if token.kind not in ("sign", "word") or token.text not in texts:
            return ""
        self._at += 1
        return token.text

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.error()

    def error(self) -> AwkError:
        shown = "newline" if self.token.text == "\n" else self.token.text
        return AwkError(f"syntax error at or near {shown}")

    def skip(self, *texts: str) -> None:
        while self.take(*texts):
            pass

    def _inside(self, read: Callable[[], Expression]) -> Expression:
        """Between brackets > compares again, and `in` asks."""
        saved, self._plain, self._listing = (self._plain, self._listing), 0, 0
        expression = read()
        self._plain, self._listing = saved
        return expression

    def _list(self, end: str) -> tuple[Expression, ...]:
        """Expressions up to the closing bracket, which is passed."""
        found: list[Expression] = []
        self.skip("\n")
        while not self.take(end):
            found.append(self._inside(self.expression))
            self.skip("\n")
            if self.take(","):
                self.skip("\n")
            elif self.token != Token("sign", end):
                raise self.error()
        return tuple(found)

    def _keys(self) -> tuple[Expression, ...]:
        return self._list("]")

    def _name(self) -> str:
        if self.token.kind not in ("name", "call"):
            raise self.error()
        self._at += 1
        return self._tokens[self._at - 1].text

    # -- expressions, from what binds least -----------------------------------------------------------------------

    def expression(self) -> Expression:
        left = self._choice()
        if isinstance(left, Name | Field | Index) and (sign := self.take(*ASSIGNMENTS)):
            self.skip("\n")
            return Assign(left, sign[:-1], self.expression())
        return left

    def _choice(self) -> Expression:
        condition = self._either()
        if not self.take("?"):
            return condition
        self.skip("\n")
        yes = self.expression()
        self.skip("\n")
        self.expect(":")
        self.skip("\n")
        return Choice(condition, yes, self.expression())

    def _either(self) -> Expression:
        left = self._both()
        while self.take("||"):
            self.skip("\n")
            left = Binary("||", left, self._both())
        return left

    def _both(self) -> Expression:
        left = self._in()
        while self.take("&&"):
            self.skip("\n")
            left = Binary("&&", left, self._in())
        return left

    def _in(self) -> Expression:
        left = self._match()
        while self.take("in"):
            left = In((left,), self._name())
        return left

    def _match(self) -> Expression:
        left = self._compared()
        while sign := self.take("~", "!~"):
            left = Binary(sign, left, self._compared())
        return left

    def _compared(self) -> Expression:
        left = self._piped(self._joined())
        signs = COMPARISONS if not self._plain else tuple(sign for sign in COMPARISONS if sign != ">")
        if sign := self.take(*signs):
            return Binary(sign, left, self._joined())
        return left

    def _piped(self, command: Expression) -> Expression:
        """command | getline"""
        while self.token == Token("sign", "|") and self._tokens[self._at + 1].text == "getline":
            self._at += 2
            command = Getline(self._target(), command=command)
        return command

    def _joined(self, one: bool = False) -> Expression:
        """Texts side by side are joined; `one`: none follows, as behind a redirection."""
        left = self._sum()
        while not one and (
            self.token.kind in STARTS_OPERAND
            or (self.token.text in ("(", "$", "++", "--") and self.token.kind == "sign")
        ):
            left = Binary("", left, self._sum())
        return left

    def _sum(self) -> Expression:
        left = self._product()
        while sign := self.take("+", "-"):
            left = Binary(sign, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while sign := self.take("*", "/", "%"):
            left = Binary(sign, left, self._signed())
        return left

    def _signed(self) -> Expression:
        if sign := self.take("!", "-", "+"):
            return Unary(sign, self._signed())
        return self._power()

    def _power(self) -> Expression:
        base = self._stepped()
        if self.take("^"):
            return Binary("^", base, self._signed())
        return base

    def _stepped(self) -> Expression:
        if sign := self.take("++", "--"):
            operand = self._operand()
            if not isinstance(operand, Name | Field | Index):
                raise self.error()
            return Step(operand, 1.0 if sign == "++" else -1.0, before=True)
        operand = self._operand()
        if isinstance(operand, Name | Field | Index) and (sign := self.take("++", "--")):
            return Step(operand, 1.0 if sign == "++" else -1.0, before=False)
        return operand

    def _operand(self) -> Expression:
        kind, text = self.token
        if kind == "number":
            self._at += 1
            return Literal(float(int(text, 16)) if text[:2] in ("0x", "0X") else float(text))
        if kind in ("text", "regex"):
            self._at += 1
            return Literal(text) if kind == "text" else Regex(text)
        if kind == "call":
            self._at += 2
            return Call(text, self._list(")"))
        if kind == "name":
            return self._named()
        if self.take("$"):
            return Field(self._stepped_field())
        if self.take("getline"):
            target = self._target()
            return Getline(target, self._operand() if self.take("<") else None)
        if self.take("("):
            return self._bracketed()
        raise self.error()

    def _stepped_field(self) -> Expression:
        """What is behind $: an operand, perhaps with a sign or a step before it."""
        if self.token.text in ("++", "--", "-"):
            return self._signed() if self.token.text == "-" else self._stepped()
        return self._operand()

    def _named(self) -> Expression:
        name = self._name()
        if name == "length":
            return Call(name, ())
        return Index(name, self._keys()) if self.take("[") else Name(name)

    def _bracketed(self) -> Expression:
        found = self._list(")")
        if len(found) > 1 or self.token == Token("word", "in"):
            self.expect("in")
            return In(found, self._name())
        if not found:
            raise self.error()
        return Unary("()", found[0])  # no target of an assignment, and no pattern of a match

    def _target(self) -> Target | None:
        """Where getline puts a line."""
        if self.token.kind == "name":
            named = self._named()
            return named if isinstance(named, Name | Index) else None
        return Field(self._stepped_field()) if self.take("$") else None
