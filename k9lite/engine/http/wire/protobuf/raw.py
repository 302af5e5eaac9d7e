"""Fields on the wire: a tag with number and wire type, then a varint, eight bytes, or a length and as many bytes."""

from collections.abc import Callable, Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
SIZES = {FIXED64: 8, FIXED32: 4}  # bytes
WIDEST = 1 << 64


class DecodeError(ValueError):
    """The bytes are not the message they claim to be."""


def _long_varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


_SHORT = tuple(map(_long_varint, range(1 << 14)))  # nearly all lengths


def varint(number: int) -> bytes:
    """A number in groups of seven bits; a negative one as its complement in 64 bits."""
    return _SHORT[number] if 0 <= number < len(_SHORT) else _long_varint(number % WIDEST)


def tag(number: int, wire: int) -> bytes:
    return varint(number << 3 | wire)


def delimited(number: int, content: bytes) -> bytes:
    """A field of a text, of bytes or of a message."""
    return tag(number, BYTES) + varint(len(content)) + content


def prefixed(tag: bytes) -> Callable[[bytes], bytes]:
    """What makes fields of bytes with one `tag`; faster than `delimited`, for fields that are met again and again."""
    heads = tuple(tag + length for length in _SHORT[:0x80])

    def field(content: bytes) -> bytes:
        length = len(content)
        return (heads[length] if length < 0x80 else tag + varint(length)) + content

    return field


def signed(number: int, bits: int = 64) -> int:
    """The integer of `bits` bits that a varint means."""
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def fields(buffer: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, value) in the order of the wire: a varint as an integer, anything else as bytes.

    Raises DecodeError, and IndexError where the buffer ends within a varint.
    """
    position, end = 0, len(buffer)
    while position < end:
        head = buffer[position]
        if head < 0x80:
            position += 1
        else:
            head, position = read_varint(buffer, position)
        wire = head & 7
        if wire == VARINT:
            value, position = read_varint(buffer, position)
            yield head >> 3, value
            continue
        if wire == BYTES:
            length = buffer[position]
            if length < 0x80:
                position += 1
            else:
                length, position = read_varint(buffer, position)
        elif wire in SIZES:
            length = SIZES[wire]
        else:
            raise DecodeError(f"wire type {wire}")
        start, position = position, position + length
        if position > end:
            raise DecodeError("a field that ends too early")
        yield head >> 3, buffer[start:position]


def read_varint(buffer: bytes, position: int) -> tuple[int, int]:
    """The number that begins at `position`, and where it ends. Raises DecodeError and IndexError."""
    number = shift = 0
    while True:
        byte = buffer[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & (WIDEST - 1), position
        shift += 7
        if shift > 63:
            raise DecodeError("a number of more than 64 bits")
