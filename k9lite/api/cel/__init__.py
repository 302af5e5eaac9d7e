"""The Common Expression Language, with the functions and the words that Kubernetes gives it.

expressions  what is compiled and evaluated; the only module that loads the library, with the first expression
functions    Kubernetes' own functions, as plain Python
types        a schema as a type: what expressions are checked against
"""

from k9lite.api.cel.expressions import CelError, Program, compile

__all__ = ["CelError", "Program", "compile"]
