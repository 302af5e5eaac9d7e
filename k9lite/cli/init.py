"""`k9lite init [DIR]`: write the samples, to be changed at will."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from k9lite.cli import options, samples


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("init", "Write the sample manifests into a folder.")
    parser.add_argument("folder", metavar="DIR", nargs="?", default=samples.DEFAULT, help="default: ./manifests")
    given = parser.parse_args(arguments)
    target = Path(given.folder)
    for path in samples.write(target):
        print(path)
    print(f"\nNow: k9lite {shlex.quote(str(target))}")
    return 0
