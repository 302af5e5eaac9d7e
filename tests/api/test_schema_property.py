"""The two ways through a schema agree: what the quick one accepts, the thorough one accepts and cleans alike."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k9lite.api import kinds, schema
from k9lite.api.kinds import Kind
from k9lite.api.schema import Anything, ListOf, Map, Scalar, Struct, Type, strict
from k9lite.api.schema.walker import Walker

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["", "a", "b"]),
    "bool": st.booleans(),
    "int32": st.sampled_from([0, 1, -1, 2**31 - 1, 2**31]),
    "int64": st.sampled_from([0, 1, 2**63 - 1, 2**63]),
    "float64": st.sampled_from([0, 1.5]),
    "quantity": st.sampled_from(["1", "1000m", 0.5, 3, "x", "0"]),
    "time": st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5+01:00", "soon"]),
    "micro-time": st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456Z"]),
    "int-or-string": st.sampled_from([0, 80, "http"]),
    "bytes": st.sampled_from(["", "YQ==", "!"]),
}
# Mostly what the schema wants, now and then what it does not.
WRONG = st.sampled_from([None, None, True, 1, "x", [], {}, {"unknown": 1}])


def values(type_: Type, depth: int = 5) -> st.SearchStrategy[Any]:
    match type_:
        case Scalar(form=form):
            right: st.SearchStrategy[Any] = SCALARS[form]
        case Anything():
            right = st.just({"any": ["thing"]})
        case ListOf(item=item):
            right = st.lists(values(item, depth - 1), max_size=2)
        case Map(value=value):
            right = st.dictionaries(st.sampled_from("kl"), values(value, depth - 1), max_size=2)
        case Struct(fields=fields):
            right = st.just({})
            if depth > 0:
                members = {
                    name: st.deferred(lambda f=field: values(f.type, depth - 1)) for name, field in fields.items()
                }
                required = {name: members[name] for name, field in fields.items() if field.required}
                chosen = st.sets(st.sampled_from(sorted(members)), max_size=4) if members else st.just(set())
                right = chosen.flatmap(lambda names: st.fixed_dictionaries(required | {n: members[n] for n in names}))
    return st.integers(0, 30).flatmap(lambda roll: WRONG if roll == 0 else right)


@pytest.mark.parametrize(
    "kind", [kinds.POD, kinds.DEPLOYMENT, kinds.SERVICE, kinds.NODE, kinds.ENDPOINT_SLICE, kinds.LEASE], ids=str
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_both_ways_agree(kind: Kind, data: st.DataObject) -> None:
    struct = schema.of(kind)
    said = data.draw(
        st.one_of(*(values(field.type).map(lambda v, n=name: {n: v}) for name, field in struct.fields.items()))
    )
    walker = Walker()
    clean = walker.clean(struct, said)
    if walker.error is None:
        assert kind.decode(msgspec.json.encode(clean)) is not None  # controllers can read it
    try:
        quick = strict.decode(struct, said)
    except msgspec.ValidationError:
        return
    assert (walker.error, walker.problems) == (None, [])
    assert quick == clean
    assert strict.decode(struct, quick) == quick
