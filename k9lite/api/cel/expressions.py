"""Expressions: compiled once, evaluated often. Types are strings: `bool`, `int`, `dyn`, `map(string, int)`."""

import functools
import importlib
import re
from collections.abc import Mapping
from typing import Any

from k9lite.api.cel import functions

_EXTENSIONS = (
    ("ext_strings", "ExtStrings"),
    ("ext_optional", "ExtOptional"),
    ("ext_math", "ExtMath"),
    ("ext_bindings", "ExtBindings"),
    ("ext_encoders", "ExtEncoders"),
)
_STATUS = re.compile(r"^[A-Z_]+: (?P<text>.*?)( \[[A-Z_]+\])?$", re.DOTALL)
# The library's words, and those of the implementation in Go that Kubernetes uses.
_WORDS = (
    (re.compile(r"Key not found in map : \"(.*)\""), r"no such key: \1"),
    (re.compile(r"Key not found in map : (.*)"), r"no such key: \1"),
    (re.compile(r"Index error: index=(-?\d+) size=\d+"), r"index out of bounds: \1"),
    (re.compile(r"No matching overloads found.*"), "no such overload"),
    (re.compile(r"divide by zero"), "division by zero"),
    (re.compile(r"Iteration budget exceeded"), "operation cancelled: actual cost limit exceeded"),
    (re.compile(r"undefined field '([^']*)' not found in struct '[^']*'"), r"undefined field '\1'"),
    (re.compile(r"\bnull_type\b"), "null"),
    (re.compile(r"undeclared reference to '(\w+)[\w.]*'"), r"undeclared reference to '\1'"),
)


class CelError(ValueError):
    """Why an expression cannot be compiled, or what failed when it was evaluated, in cel-go's words."""


class Program:
    """A compiled expression."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    @property
    def type(self) -> str:
        """What it evaluates to, such as `bool` or `string`."""
        name: str = self._compiled.return_type().name()
        return name.lower()

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """The value, as JSON has it. CelError when the evaluation fails."""
        try:
            value = self._compiled.eval(data=variables)
            plain = value.plain_value()
        except (RuntimeError, TypeError, ValueError) as error:
            raise CelError(_in_go(str(error))) from error
        if value.type().name() in ("ERROR", "*error*"):
            raise CelError(_in_go(str(plain)))
        return plain


@functools.lru_cache(maxsize=4096)
def compile(expression: str, variables: tuple[tuple[str, str], ...], types: bytes = b"") -> Program:
    """`expression` over `variables`, pairs of name and type. CelError when it is none.

    types: a serialized file of protobuf messages that the variables' types name, see `types`
    """
    try:
        return Program(_environment(variables, types).compile(expression))
    except (RuntimeError, ValueError) as error:
        raise CelError(_in_go(str(error))) from error


@functools.lru_cache(maxsize=256)
def _environment(variables: tuple[tuple[str, str], ...], types: bytes) -> Any:
    cel = importlib.import_module("cel_expr_python.cel")
    modules = {module: importlib.import_module(f"cel_expr_python.ext.{module}") for module, _ in _EXTENSIONS}
    extensions = [getattr(modules[module], name)() for module, name in _EXTENSIONS]
    return cel.NewEnv(
        descriptor_pool=_pool(types) if types else None,
        variables={name: _type(cel, type) for name, type in variables},
        extensions=extensions,
        functions=_declarations(cel),
    )


def _pool(types: bytes) -> Any:
    pool = importlib.import_module("google.protobuf.descriptor_pool").DescriptorPool()
    pool.AddSerializedFile(importlib.import_module("google.protobuf.struct_pb2").DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(types)
    return pool


def _type(cel: Any, name: str) -> Any:
    if name.startswith("list("):
        return cel.Type.List(_type(cel, name[5:-1]))
    if name.startswith("map("):
        return cel.Type.Map(cel.Type.STRING, _type(cel, name[len("map(string, ") : -1]))
    return getattr(cel.Type, name.upper(), None) or cel.Type(name)


def _declarations(cel: Any) -> list[Any]:
    overloads: dict[str, list[Any]] = {}
    for function in functions.FUNCTIONS:
        parameters = [_type(cel, name) for name in function.parameters]
        overload = cel.Overload(
            f"k8s_{function.name}_{'_'.join(function.parameters)}".replace("(", "_").replace(")", ""),
            return_type=_type(cel, function.returns),
            parameters=parameters,
            is_member=function.member,
            impl=function.act,
        )
        overloads.setdefault(function.name, []).append(overload)
    return [cel.FunctionDecl(name, held) for name, held in overloads.items()]


def _in_go(message: str) -> str:
    match = _STATUS.match(message)
    text = match["text"] if match else message
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    return text
