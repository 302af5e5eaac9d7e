import pytest
from declared_objects import Maker
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api.kinds import BUILTIN
from k9lite.api.schema.fields import message_name
from k9lite.engine.http.wire import protobuf

MAGIC = b"k8s\0"
OWN_GROUP = "k9lite.dev"


def varint(number):
    out = b""
    while True:
        byte, number = number & 0x7F, number >> 7
        if not number:
            return out + bytes([byte])
        out += bytes([byte | 0x80])


def text(number, value):
    raw = value if isinstance(value, bytes) else value.encode()
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def number(field, value):
    return varint(field << 3) + varint(value)


def body(api_version, kind, message):
    return MAGIC + text(1, text(1, api_version) + text(2, kind)) + text(2, message)


def test_a_namespace():
    metadata = text(1, "shop") + text(5, "") + number(7, 0) + text(8, b"") + text(11, text(1, "a") + text(2, "b"))
    assert protobuf.decode(body("v1", "Namespace", text(1, metadata) + text(2, b"") + text(3, b""))) == {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"a": "b"}},
        "spec": {},
        "status": {},
    }


def test_a_zero_that_was_meant_stays():
    spec = number(1, 0) + number(5, 0)  # replicas, minReadySeconds
    decoded = protobuf.decode(body("apps/v1", "Deployment", text(2, spec)))
    # A zero of minReadySeconds is none; selector is a pointer, and template and strategy were not sent.
    assert decoded["spec"]["replicas"] == 0
    assert "minReadySeconds" not in decoded["spec"]
    assert "selector" not in decoded["spec"]


def test_secrets_are_base64_in_json():
    decoded = protobuf.decode(body("v1", "Secret", text(2, text(1, "key") + text(2, b"\xff\x00"))))
    assert decoded["data"] == {"key": "/wA="}


def test_int_or_string_and_quantity():
    port = text(1, "web") + text(2, "TCP") + number(3, 80) + text(4, number(1, 1) + text(3, "http"))
    service = protobuf.decode(body("v1", "Service", text(2, text(1, port))))
    assert service["spec"]["ports"] == [{"name": "web", "protocol": "TCP", "port": 80, "targetPort": "http"}]
    quota = protobuf.decode(body("v1", "ResourceQuota", text(2, text(1, text(1, "cpu") + text(2, text(1, "2"))))))
    assert quota["spec"] == {"hard": {"cpu": "2"}}


def test_delete_options_have_no_group_of_their_own():
    decoded = protobuf.decode(body("v1", "DeleteOptions", number(1, 0) + text(4, "Background")))
    assert decoded["gracePeriodSeconds"] == 0
    assert decoded["propagationPolicy"] == "Background"


@pytest.mark.parametrize("broken", [b"", b"k8s", b"k8s\0\xff", body("v1", "Unheard", b""), b"k8s\0\x0a\x7f"])
def test_nonsense_is_refused(broken):
    with pytest.raises(protobuf.DecodeError):
        protobuf.decode(broken)


@given(st.binary(max_size=200), st.sampled_from(["Pod", "Service", "Namespace", "Secret"]))
def test_no_bytes_break_the_decoder(message, kind):
    try:
        protobuf.decode(body("v1", kind, message))
    except protobuf.DecodeError:
        return


KINDS = [kind for kind in BUILTIN if kind.group != OWN_GROUP]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.kind}.{kind.group}/{kind.version}")
def test_what_any_kind_holds_comes_back_the_same(kind):
    maker = Maker(len(kind.kind))
    for depth in (0, 2, 4, 6):
        obj = {"apiVersion": kind.api_version, "kind": kind.kind} | maker.struct(message_name(kind), depth)
        assert protobuf.decode(protobuf.encode(obj)) == obj


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.stored], ids=lambda kind: kind.resource)
def test_a_list_is_its_items_behind_each_other(kind):
    item = {"apiVersion": kind.api_version, "kind": kind.kind} | Maker(1).struct(message_name(kind), 3)
    metadata = {"resourceVersion": "5", "remainingItemCount": 0}
    body = protobuf.encode_list(kind.api_version, f"{kind.kind}List", metadata, protobuf.encode_item(item) * 2)
    bare = {name: value for name, value in item.items() if name not in ("apiVersion", "kind")}
    assert protobuf.decode(body) == {
        "apiVersion": kind.api_version,
        "kind": f"{kind.kind}List",
        "metadata": metadata,
        "items": [bare, bare],
    }


def test_k9lites_own_kinds_have_no_messages_nor_have_custom_resources_in_groups_alike():
    assert not protobuf.can_encode("k9lite.dev/v1", "Clock")
    assert not protobuf.can_encode("apps.example.com/v1", "Deployment")
    assert not protobuf.can_encode("example.com/v1", "Status")


def test_a_frame_of_a_watch_says_its_length_and_holds_the_object_whole():
    status = protobuf.encode({"apiVersion": "v1", "kind": "Status", "code": 410})
    frame = protobuf.watch_frame("ERROR", status)
    assert int.from_bytes(frame[:4], "big") == len(frame) - 4
    assert frame[4:] == text(1, "ERROR") + text(2, text(1, status))


def test_numbers_of_a_list_may_be_packed():
    groups = varint(5) + varint(300)
    context = text(4, groups)  # supplementalGroups
    decoded = protobuf.decode(body("v1", "Pod", text(2, text(14, context))))
    assert decoded["spec"]["securityContext"] == {"supplementalGroups": [5, 300]}
