"""`k9lite`: pick the command, import only what it needs, run it."""

import importlib
import importlib.metadata
import sys
from collections.abc import Sequence

from k9lite.cli.commands import COMMANDS, DASHBOARD, Failure


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code: 1 for "no", 2 for "cannot"."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        print(f"k9lite {importlib.metadata.version('k9lite')}")
        return 0
    command = words.pop(0) if words and words[0] in COMMANDS else DASHBOARD
    try:
        code: int = importlib.import_module(f"k9lite.cli.{command}").run(words)
    except Failure as failure:
        print(f"k9lite: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
