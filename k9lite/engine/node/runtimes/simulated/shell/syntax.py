"""What a shell script consists of: words that are expanded, commands that are run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Letters as they stand; `quoted` ones are neither split nor taken as patterns."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """$name or ${name}; with an operator such as `:-` or `%%` and the word behind it; `#` as operator is the length."""

    name: str
    operator: str = ""
    word: "Word | None" = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """$(source) or `source`: what a script prints."""

    source: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """$((expression))"""

    expression: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """(words) behind the = of an assignment."""

    words: "tuple[Word, ...]"
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """<(source): the path of a file with what a script prints."""

    source: str
    quoted: bool = False


Part = Text | Parameter | Substitution | Arithmetic | Array | Output
Word = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """`operator`: <, >, >>, >&, <&, << (then `target` is the text itself)."""

    descriptor: int
    operator: str
    target: Word


@dataclass(frozen=True, slots=True)
class Assignment:
    """name=value, name+=value; with `index` name[index]=value"""

    name: str
    index: Word | None
    append: bool
    value: Word


@dataclass(frozen=True, slots=True)
class Simple:
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    branches: tuple[tuple["Script", "Script"], ...]
    otherwise: "Script | None"
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class While:
    """`step` runs after every round, also after one that was left with `continue`."""

    condition: "Script"
    body: "Script"
    until: bool
    redirects: tuple[Redirect, ...] = ()
    step: "Script" = ()


@dataclass(frozen=True, slots=True)
class For:
    name: str
    words: tuple[Word, ...] | None
    body: "Script"
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    word: Word
    branches: tuple[tuple[tuple[Word, ...], "Script"], ...]
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """`left || right`, or with `both` `left && right`, in [[ ]]."""

    left: "Test"
    right: "Test"
    both: bool


@dataclass(frozen=True, slots=True)
class Not:
    test: "Test"


@dataclass(frozen=True, slots=True)
class Words:
    """One word, an operator and a word, or a word, an operator and another."""

    words: tuple[Word, ...]
    operator: str = ""


Test = Either | Not | Words


@dataclass(frozen=True, slots=True)
class Conditional:
    """[[ test ]]"""

    test: Test
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """{ body; } or, in a shell of its own, ( body )."""

    body: "Script"
    subshell: bool
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    body: "Command"
    redirects: tuple[Redirect, ...] = ()


Command = Simple | If | While | For | Case | Conditional | Group | Function


@dataclass(frozen=True, slots=True)
class Pipeline:
    commands: tuple[Command, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Pipelines joined by && and ||; each operator stands before its pipeline, the first is empty."""

    links: tuple[tuple[str, Pipeline], ...]
    background: bool = False
    line: int = 1


Script = tuple[Chain, ...]


class ShellSyntaxError(Exception):
    """The text is no script; `incomplete`: more lines could make it one."""

    def __init__(self, message: str, incomplete: bool = False) -> None:
        super().__init__(message)
        self.incomplete = incomplete
