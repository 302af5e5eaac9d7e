"""Tokens of an awk program to its rules."""

from collections.abc import Callable

from k9lite.engine.node.runtimes.simulated.shell.commands.awk.expression_parser import ExpressionReader
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.lexer import Token, tokens
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import (
    AwkError,
    Block,
    Delete,
    Each,
    Expression,
    Function,
    If,
    Jump,
    Loop,
    Print,
    Program,
    Rule,
    Statement,
)

MOST_TOKENS = 20_000  # of a program


def parse(source: str) -> Program:
    """AwkError."""
    every = tokens(source)
    if len(every) > MOST_TOKENS:
        raise AwkError("program too long")
    try:
        return _Parser(every).program()
    except RecursionError:
        raise AwkError("program nested too deeply") from None


class _Parser(ExpressionReader):
    """Each method reads one construct from where the parser is, and leaves it behind that."""

    def program(self) -> Program:
        program = Program()
        self.skip("\n", ";")
        while self.token.kind != "end":
            if self.take("BEGIN"):
                program.begin.append(self._block())
            elif self.take("END"):
                program.end.append(self._block())
            elif self.take("function", "func"):
                self._function(program)
            else:
                program.rules.append(self._rule())
            self.skip("\n", ";")
        return program

    def _rule(self) -> Rule:
        first = last = None
        if self.token.text != "{" or self.token.kind != "sign":
            first = self.expression()
            if self.take(","):
                self.skip("\n")
                last = self.expression()
        body = self._block() if self.token == Token("sign", "{") else None
        return Rule(first, last, body)

    def _function(self, program: Program) -> None:
        name, parameters = self._name(), list[str]()
        self.expect("(")
        while not self.take(")"):
            parameters.append(self._name())
            self.take(",")
            self.skip("\n")
        self.skip("\n")
        program.functions[name] = Function(tuple(parameters), self._block())

    # -- statements ---------------------------------------------------------------------------------------------------

    def _block(self) -> Block:
        self.expect("{")
        statements: list[Statement] = []
        self.skip("\n", ";")
        while not self.take("}"):
            statements.append(self._statement())
            self.skip("\n", ";")
        return Block(tuple(statements))

    def _body(self) -> Statement:
        """What a condition or loop governs."""
        self.skip("\n")
        return Block(()) if self.take(";") else self._statement()

    def _statement(self) -> Statement:
        if self.token == Token("sign", "{"):
            return self._block()
        compound: dict[str, Callable[[], Statement]] = {
            "if": self._if,
            "while": self._while,
            "do": self._do,
            "for": self._for,
        }
        word = self.take(*compound)
        return compound[word]() if word else self._ended(self._simple())

    def _ended(self, statement: Statement) -> Statement:
        if not self.take(";", "\n") and self.token.kind != "end" and self.token.text not in ("}", ")"):
            raise self.error()
        return statement

    def _simple(self) -> Statement:
        if word := self.take("print", "printf"):
            return self._print(word == "printf")
        if word := self.take("break", "continue", "next", "nextfile"):
            return Jump(word)
        if word := self.take("exit", "return"):
            ends = self.token.kind == "end" or self.token in (
                Token("sign", ";"),
                Token("sign", "\n"),
                Token("sign", "}"),
            )
            return Jump(word, None if ends else self.expression())
        if self.take("delete"):
            array = self._name()
            return Delete(array, self._keys() if self.take("[") else None)
        return self.expression()

    def _if(self) -> If:
        condition = self._condition()
        then, before = self._body(), self._at
        self.skip("\n", ";")
        if self.take("else"):
            return If(condition, then, self._body())
        self._at = before
        return If(condition, then, None)

    def _condition(self) -> Expression:
        self.expect("(")
        condition = self._inside(self.expression)
        self.expect(")")
        return condition

    def _while(self) -> Loop:
        return Loop(self._condition(), self._body())

    def _do(self) -> Loop:
        body = self._body()
        self.skip("\n", ";")
        self.expect("while")
        return Loop(self._condition(), body, first=True)

    def _for(self) -> Statement:
        self.expect("(")
        following = self._tokens[self._at : self._at + 4]
        if [token.text for token in following[1:2]] == ["in"] and following[3:4] == [Token("sign", ")")]:
            name, array = following[0].text, following[2].text
            self._at += 4
            return Each(name, array, self._body())
        first = None if self.token == Token("sign", ";") else self._simple()
        self.expect(";")
        self.skip("\n")
        condition = None if self.token == Token("sign", ";") else self.expression()
        self.expect(";")
        self.skip("\n")
        step = None if self.token == Token("sign", ")") else self._simple()
        self.expect(")")
        loop = Loop(condition, self._body(), step=step)
        return Block((first, loop)) if first is not None else loop

    def _print(self, form: bool) -> Print:
        self._plain += 1
        arguments: tuple[Expression, ...] = ()
        if not self._ends_print():
            start = self._at
            if self.take("("):
                arguments = self._list(")")
                if not self._ends_print():  # (a)b or (a, b) in c: the bracket was part of an expression
                    self._at, arguments = start, ()
            if not arguments:
                arguments = tuple(self._listed())
        self._plain -= 1
        operator = self.take(">", ">>", "|")
        return Print(arguments, form, operator, self._joined(True) if operator else None)

    def _ends_print(self) -> bool:
        return self.token.kind == "end" or (
            self.token.kind == "sign" and self.token.text in (";", "\n", "}", ">", ">>", "|", ")")
        )

    def _listed(self) -> list[Expression]:
        found = [self.expression()]
        while self.take(","):
            self.skip("\n")
            found.append(self.expression())
        return found
