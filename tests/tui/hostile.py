"""Objects of every kind in which every text is hostile: what no API server would take, but a terminal must bear."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from k9lite.api import schema
from k9lite.api.cause import Cause
from k9lite.api.object import Key
from k9lite.api.schema import Anything, ListOf, Map, Struct
from k9lite.engine.store import encoding

STRINGS = {
    "markup": "[/foo] [red]x[@click=app.quit] [bold [/] \\[ $tone-bad",
    "escapes": "\x1b[31m\x1b[2J\x1b]0;title\x07\x1b[10;10H\x9b1m\x08\x7f\x00end",
    "directions": "abc\u202e\u2066gnp.exe\u2069\u200f\u061cx\u200b\ufeff",
    "wide": "日本語の名前テスト，全角ＡＢＣ한국어",
    "emoji": "🎉👩‍👩‍👧‍👦🇩🇪✌🏽❤️1️⃣",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘ กำ ﷺ",
    "long": "y" * 10_000,
    "lines": "one\ntwo\r\nthree\tfour\x0b\x0c\x85\u2028\u2029five\n\n",
    "yaml": "# no: comment\n- &a *b !!python/object {\"'|>%@`: ~",
    "unusual": "\ue000\U000e0041\ufffe\ud7ff\u00ad½ ",
}
DEEPEST = 9  # fields within fields; below that only those that are required
SCALARS = {"bool": True, "int32": 1, "int64": 1, "float64": 1.5, "quantity": "1", "int-or-string": 1}
MEANT = {"operator": "In"}  # words that no cluster could work with if they were others
TIMES = {"time": "2026-01-02T03:04:05Z", "micro-time": "2026-01-02T03:04:05.000006Z", "bytes": "aGVsbG8="}


def filled(type: Any, texts: Iterator[str], deeper: int = DEEPEST) -> Any:
    """A value of `type` with everything in it that its schema knows; `texts` are used in turn."""
    match type:
        case Struct():
            fields = [field for field in type.fields.values() if field.name != "managedFields"]
            kept = [field for field in fields if deeper > 0 or field.required]
            return {f.name: MEANT.get(f.name) or filled(f.type, texts, deeper - 1) for f in kept}
        case ListOf():
            return [filled(type.item, texts, deeper - 1)]
        case Map():
            return {next(texts): filled(type.value, texts, deeper - 1)}
        case Anything():
            return {next(texts): next(texts)}
    return (SCALARS | TIMES).get(type.form) or next(texts)


def store_hostile(server, kind, strings, number=0):
    """Put an object of `kind` into the store, past everything that checks it; its key."""
    texts = cycle(strings)
    data = filled(schema.of(kind), texts)
    name, namespace = f"{next(texts)}-{number}", "default" if kind.namespaced else ""
    metadata = {
        "name": name,
        "uid": f"{kind.plural}-{number}",
        "creationTimestamp": TIMES["time"],
        "labels": {next(texts): next(texts) for _ in strings},
        "annotations": {next(texts): next(texts) for _ in strings},
    } | ({"namespace": namespace} if namespace else {})
    data |= {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
    key = Key(namespace, name)
    server._context.store.put(kind, key, encoding.tail(data), Cause("user", next(texts)))
    return key
