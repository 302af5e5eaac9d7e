"""Options of commands, as getopt reads them."""

from typing import NamedTuple


class Options(NamedTuple):
    """flags: single letters; values: letter -> its argument, of several one per line; rest: what is no option."""

    flags: set[str]
    values: dict[str, str]
    rest: list[str]


def read(argv: list[str], with_value: str = "", stop_early: bool = False) -> Options:
    """Split `argv` (its first element is the command). Letters in `with_value` take an argument.

    `stop_early`: options end at the first argument that is none. Long options are kept whole, as flags.
    """
    found = Options(set(), {}, [])
    arguments = list(argv[1:])
    while arguments:
        argument = arguments.pop(0)
        if argument == "--":
            found.rest.extend(arguments)
            break
        if argument.startswith("--"):
            found.flags.add(argument)
            continue
        if len(argument) < 2 or argument[0] != "-":
            found.rest.append(argument)
            if stop_early:
                found.rest.extend(arguments)
                break
            continue
        for index, letter in enumerate(argument[1:], 2):
            if letter in with_value:
                value = argument[index:] or (arguments.pop(0) if arguments else "")
                found.values[letter] = f"{found.values[letter]}\n{value}" if letter in found.values else value
                break
            found.flags.add(letter)
    return found
