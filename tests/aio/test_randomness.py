import uuid

import pytest

from k9lite.aio.randomness import NAME_ALPHABET, Randomness


def test_a_value_depends_on_what_it_is_for_not_on_the_order() -> None:
    one, other = Randomness(7), Randomness("7")
    first = [one.number("a", "x"), one.number("b", "x"), one.number("a", "y"), one.number("a", "x", 1)]
    second = [other.number("a", "x", 1), other.number("a", "y"), other.number("b", "x"), other.number("a", "x")]
    assert first == second[::-1]
    assert len(set(first)) == 4
    assert Randomness(8).number("a", "x") != first[0]


def test_values_have_their_shapes() -> None:
    random = Randomness(1)
    assert all(0 <= random.fraction("f", counter=n) < 1 for n in range(100))
    assert uuid.UUID(random.uuid("u")).version == 4
    assert {random.choice("abc", "c", counter=n) for n in range(50)} == set("abc")
    suffix = random.suffix(5, "s")
    assert len(suffix) == 5
    assert set(suffix) <= set(NAME_ALPHABET)


@pytest.mark.parametrize("bins", [2, 3, 10])
def test_choice_is_fair(bins: int) -> None:
    random = Randomness("fair")
    counts = [0] * bins
    for number in range(2000):
        counts[random.choice(range(bins), "c", counter=number)] += 1
    assert all(abs(count - 2000 / bins) < 120 for count in counts)
