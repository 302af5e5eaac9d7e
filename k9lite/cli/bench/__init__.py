"""`k9lite bench`: each thing is measured in a process that has imported nothing else."""

import importlib
from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    code: int = importlib.import_module("k9lite.cli.bench.command").run(arguments)
    return code
