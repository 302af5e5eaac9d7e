"""`k9lite check DIR`: every mistake that can be found without a cluster."""

import sys
from collections.abc import Sequence
from pathlib import Path

from k9lite.cli import options, samples
from k9lite.cli.lines import plain
from k9lite.manifests.checking import check


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("check", "Print every mistake as file:line:column: message; exit 1 if there is any.")
    parser.add_argument("folder", metavar="DIR", nargs="?", default=samples.DEFAULT, help="a folder or a file")
    given = parser.parse_args(arguments)
    root = Path(given.folder)
    findings = check(root if root.is_file() else options.folder(given.folder))
    for problem in findings.problems:
        print(plain(str(problem)))
    for warning in findings.warnings:
        print(plain(f"{warning.file}:{warning.line}:{warning.column}: warning: {warning.text}"))
    mistakes = len(findings.problems)
    summary = f"{_count(findings.objects, 'object')} in {_count(findings.files, 'file')}"
    print(f"{summary}: {_count(mistakes, 'mistake') if mistakes else 'no mistakes'}", file=sys.stderr)
    return 1 if mistakes else 0


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
