"""What an awk program consists of."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | float


@dataclass(frozen=True, slots=True)
class Regex:
    """/text/, which alone means $0 ~ /text/."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or an array where only an array can stand."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """$number"""

    number: "Expression"


@dataclass(frozen=True, slots=True)
class Index:
    """array[keys]"""

    array: str
    keys: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """-, + or !; () for brackets"""

    sign: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison, ~ and !~, && and ||; an empty sign joins two texts."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class In:
    """(keys) in array"""

    keys: tuple["Expression", ...]
    array: str


@dataclass(frozen=True, slots=True)
class Choice:
    condition: "Expression"
    yes: "Expression"
    no: "Expression"


@dataclass(frozen=True, slots=True)
class Assign:
    """target = value; with a sign, target sign= value"""

    target: "Target"
    sign: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Step:
    """++ and --; `before`: the value is the one after the step"""

    target: "Target"
    by: float
    before: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function, of the program's own or built in."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Getline:
    """getline target < file, or command | getline target"""

    target: "Target | None"
    file: "Expression | None" = None
    command: "Expression | None" = None


Target = Name | Field | Index
Expression = Literal | Regex | Name | Field | Index | Unary | Binary | In | Choice | Assign | Step | Call | Getline


@dataclass(frozen=True, slots=True)
class Print:
    """form: printf; the first argument is a format; operator: >, >> or | before `target`"""

    arguments: tuple[Expression, ...]
    form: bool
    operator: str = ""
    target: Expression | None = None


@dataclass(frozen=True, slots=True)
class If:
    condition: Expression
    then: "Statement"
    otherwise: "Statement | None"


@dataclass(frozen=True, slots=True)
class Loop:
    """while, do (`first`: the body comes before the condition) and for."""

    condition: Expression | None
    body: "Statement"
    first: bool = False
    step: "Statement | None" = None


@dataclass(frozen=True, slots=True)
class Each:
    """for (name in array)"""

    name: str
    array: str
    body: "Statement"


@dataclass(frozen=True, slots=True)
class Jump:
    """break, continue, next, nextfile, exit, return"""

    word: str
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """One element, or without keys the whole array."""

    array: str
    keys: tuple[Expression, ...] | None


@dataclass(frozen=True, slots=True)
class Block:
    statements: tuple["Statement", ...]


Statement = Expression | Print | If | Loop | Each | Jump | Delete | Block


@dataclass(frozen=True, slots=True)
class Function:
    parameters: tuple[str, ...]
    body: Block


@dataclass(eq=False, slots=True)
class Rule:
    """first, last: the patterns, both for a range; body: None prints the record; inside: the range has begun"""

    first: Expression | None
    last: Expression | None
    body: Block | None
    inside: bool = False


@dataclass(slots=True)
class Program:
    begin: list[Block] = field(default_factory=list)
    end: list[Block] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)


class AwkError(Exception):
    """The program is none, or does what cannot be done."""
