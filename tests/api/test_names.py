import pytest

from k9lite.api import names

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (names.dns_subdomain, ["a", "a.b", "a-1.b2", "a" * 253], ["", "A", "a_b", "-a", "a-", "a..b", "a\n"]),
        (names.dns_label, ["a", "1-a", "a" * 63], ["", "a.b", "A", "a" * 64, "-"]),
        (names.dns_1035_label, ["a", "a-1"], ["1a", "a."]),
        (names.label_value, ["", "A", "a_b.c-d", "x" * 63], ["-a", "a b", "x" * 64, "ä"]),
        (
            names.qualified_name,
            ["a", "example.com/My_name.1", "A"],
            ["", "/a", "a/", "a/b/c", "UPPER.com/a", "bad key"],
        ),
        (names.port_name, ["http", "a-1", "1a"], ["", "HTTP", "123", "a--b", "-a", "sixteen-letters-"]),
        (names.config_key, ["a.b_c-D", "...."[:1] + "x"], ["", "k/v", ".", "..", "..a"]),
        (names.environment_variable, ["A", "a b!", "1"], ["", "A=B", "ü", "a\t"]),
        (names.path_segment, ["system:node", "a b"], [".", "..", "a/b", "50%"]),
        (names.percent, ["1%", "100%"], ["1", "%", "-1%", "1.5%"]),
        (names.wildcard_subdomain, ["*.example.com"], ["*", "example.com", "a.*.com"]),
    ],
)
def test_rules(rule, good, bad):
    assert [text for text in good if rule(text)] == []
    assert [text for text in bad if not rule(text)] == []


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (
            names.dns_label,
            "Bad",
            (
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
                f"regex used for validation is '{LABEL}')",
            ),
        ),
        (names.dns_label, "a.b", ("must not contain dots",)),
        (names.dns_label, "a" * 64, ("must be no more than 63 bytes",)),
        (
            names.port_name,
            "A--",
            (
                "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
                "must contain at least one letter (a-z)",
                "must not contain consecutive hyphens",
                "must not begin or end with a hyphen",
            ),
        ),
        (
            names.qualified_name,
            "",
            (
                "name part must be non-empty",
                "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            ),
        ),
        (names.path_segment, "a/b%", ("may not contain '/'", "may not contain '%'")),
    ],
)
def test_wording(rule, text, expected):
    assert rule(text) == expected


def test_a_generated_name_may_end_with_the_dash_that_random_characters_follow():
    assert names.dns_subdomain("web-")
    assert names.generated(names.dns_subdomain, "web-") == ()
    assert names.generated(names.dns_subdomain, "Web-")
