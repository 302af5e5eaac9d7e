"""`Object{...}` and `JSONPatch{...}` of mutating policies, as the maps that they stand for.

The library knows only types that it has descriptions of; what these build is merged or applied as plain data anyway.
"""

import re

_TOKEN = re.compile(
    r"""(?P<text>[rR]?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))
    |(?P<type>\b(?:Object(?:\.\w+)*|JSONPatch)\s*\{)
    |(?P<open>[\[({])
    |(?P<close>[\])}])
    |(?P<field>\??\s*[A-Za-z_]\w*\s*:)
    |(?P<other>\w+|.|\n)""",
    re.VERBOSE,
)
_FIELD = re.compile(r"(\??)\s*(\w+)\s*:")


def plain(expression: str) -> str:
    """`expression` with maps for its objects: `Object{spec: x}` becomes `{"spec": dyn(x)}` without the types."""
    pieces: list[str] = []
    in_object: list[bool] = []
    previous = ""
    for match in _TOKEN.finditer(expression):
        piece = match[0]
        if match["type"]:
            in_object.append(True)
            piece = "{"
        elif match["open"]:
            in_object.append(False)
        elif match["close"] and in_object:
            in_object.pop()
        elif match["field"] and in_object and in_object[-1] and previous in ("{", ","):
            piece = _FIELD.sub(r'\1"\2":', piece)
        pieces.append(piece)
        previous = piece.strip() or previous
    return "".join(pieces)
