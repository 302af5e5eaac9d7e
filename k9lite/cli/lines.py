"""Text of others, such as names of files and messages about them, made fit to be a line on a terminal; pure."""


def plain(text: str) -> str:
    """Control characters and marks that turn the direction of text are spelled out: none may steer the terminal."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
