"""Values that are a count, or a share of a total written as "25%" (apimachinery: util/intstr)."""


def scaled(value: int | str, total: int, *, up: bool) -> int:
    """`value` as a count; a percentage is taken of `total` and rounded up or down."""
    if isinstance(value, int):
        return value
    share = int(value.removesuffix("%")) * total
    return -(-share // 100) if up else share // 100
