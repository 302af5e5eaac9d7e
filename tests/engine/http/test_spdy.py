import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.engine.http.wire import spdy

HEADERS = st.dictionaries(
    st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20), st.text(max_size=30), max_size=6
)


def test_the_dictionary_is_the_one_of_the_draft():
    digest = "51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02"
    assert hashlib.sha256(spdy.DICTIONARY).hexdigest() == digest


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=200), st.booleans()), max_size=6), st.integers(1, 40))
def test_what_is_encoded_is_decoded_however_it_is_cut(streams, size):
    encoder, decoder = spdy.Encoder(), spdy.Decoder()
    sent, wire = [], b""
    for index, (headers, payload, fin) in enumerate(streams):
        stream = 2 * index + 1
        wire += encoder.syn_stream(stream, headers) + encoder.syn_reply(stream) + encoder.data(stream, payload, fin=fin)
        wire += encoder.ping(stream) + encoder.reset(stream, spdy.CANCEL)
        sent += [spdy.SynStream(stream, headers, False), spdy.SynReply(stream, {}, False)]
        sent += [spdy.Data(stream, payload, fin), spdy.Ping(stream), spdy.Reset(stream, spdy.CANCEL)]
    wire += encoder.go_away(7)
    received = [frame for start in range(0, len(wire), size) for frame in decoder.feed(wire[start : start + size])]
    assert received == [*sent, spdy.GoAway(7)]


@pytest.mark.parametrize(
    "wire",
    [
        struct.pack(">HHI", 0x8002, 1, 4) + b"\0\0\0\1",  # SPDY/2
        struct.pack(">HHI", spdy.CONTROL, 1, 14) + b"\0\0\0\1" + b"x" * 10,  # headers that do not inflate
        struct.pack(">HHI", spdy.CONTROL, 6, 2) + b"\0\0",  # a ping without its number
        struct.pack(">HHI", spdy.CONTROL, 1, 0xFFFFFF),  # a control frame that would fill memory
    ],
)
def test_nonsense_is_refused(wire):
    with pytest.raises(spdy.ProtocolError):
        spdy.Decoder().feed(wire)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_decoder(wire):
    try:
        spdy.Decoder().feed(wire)
    except spdy.ProtocolError:
        return
