"""Flags as Go's programs take them."""


def read(argv: list[str]) -> tuple[dict[str, str], list[str]]:
    """`--name=value` and `--name value`, and what is no flag; a flag without a value is `true`."""
    flags: dict[str, str] = {}
    rest: list[str] = []
    words = list(argv)
    while words:
        word = words.pop(0)
        if not word.startswith("-"):
            rest.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals:
            value = words.pop(0) if words and not words[0].startswith("-") else "true"
        flags[name] = value
    return flags, rest


def number(flags: dict[str, str], name: str, default: int) -> int:
    text = flags.get(name, "")
    return int(text) if text.lstrip("-").isdigit() else default
