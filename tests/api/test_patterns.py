"""Patterns of others: what they match, where, and that none of them runs away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import patterns
from k9lite.api.patterns import PatternError


@pytest.mark.parametrize(
    "expression", ["^(a+)+$", "^(a|a)*$", "(.*a){20}$", "(.+)+!", "(a*)*b", "a?" * 30 + "a" * 30 + "b"]
)
def test_patterns_that_backtrack_for_ever_elsewhere_end(expression: str) -> None:
    """Each takes a backtracking engine more than 2**28 steps: it would not end before the test's time-out."""
    assert not patterns.compile(expression).occurs_in("a" * 30 + "\n" + "c")


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("(?=a)", "invalid perl operator: (?="),
        ("a(", "missing ): a("),
        ("[z-a]", "invalid character class range: z-a"),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("a{1001}", "invalid repetition size: {1001}"),
    ],
)
def test_what_is_no_pattern_says_why(expression: str, problem: str) -> None:
    with pytest.raises(PatternError) as error:
        patterns.compile(expression)
    assert str(error.value) == problem


def test_places_are_counted_in_characters() -> None:
    found = patterns.compile("b(c)?(d)?").search("äöü€bd")
    assert found is not None
    assert found.spans == ((4, 6), (-1, -1), (5, 6))
    assert (found[0], found[1], found[2], found.start, found.end) == ("bd", "", "d", 4, 6)


@given(st.text(alphabet="abä€𝄞\n"), st.sampled_from(["a", "a*", "[äb]+", ".", "ä|€", "(?s).", "b?", "^a", "a$", "𝄞"]))
def test_matches_are_those_of_python_where_both_know_the_pattern(text: str, expression: str) -> None:
    ours = [match.spans[0] for match in patterns.compile(expression).finditer(text)]
    theirs = [match.span() for match in re.finditer(expression.replace("$", r"\Z"), text)]
    assert ours == theirs


@given(st.text())
def test_an_escaped_text_matches_itself_alone(text: str) -> None:
    pattern = patterns.compile(patterns.escape(text))
    assert pattern.fullmatch(text.encode("utf-8", "replace").decode()) is not None
    assert pattern.fullmatch(text + "x") is None


def test_half_a_character_is_a_text_too() -> None:
    assert patterns.compile("^.b$").occurs_in("\ud800b")


def test_the_longest_match_where_posix_wants_it() -> None:
    for longest, match in ((False, "a"), (True, "ab")):
        found = patterns.compile("a|ab", longest=longest).search("abc")
        assert found is not None
        assert found[0] == match
