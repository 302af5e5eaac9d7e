import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.engine.http.wire import protobuf


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
    return protobuf.MAGIC + text(1, text(1, api_version) + text(2, kind)) + text(2, message)


def test_a_namespace():
    metadata = text(1, "shop") + text(5, "") + number(7, 0) + text(8, b"") + text(11, text(1, "a") + text(2, "b"))
    assert protobuf.decode(body("v1", "Namespace", text(1, metadata) + text(2, b"") + text(3, b""))) == {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"a": "b"}},
    }


def test_a_zero_that_was_meant_stays():
    spec = number(1, 0) + number(5, 0)  # replicas, minReadySeconds
    decoded = protobuf.decode(body("apps/v1", "Deployment", text(2, spec)))
    assert decoded["spec"] == {"replicas": 0}


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
