"""`k9lite bench`: what this machine does in a second, with everything at work that works for a user."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from k9lite.cli import options
from k9lite.cli.bench import dashboard, grid, http_api, report
from k9lite.cli.bench.deployments import Row
from k9lite.cli.commands import Failure

SIZES = (3, 30, 300, 1000, 5000)


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("bench", "Measure this machine: Deployments, the dashboard, the API over HTTPS.")
    sizes = ",".join(str(size) for size in SIZES)
    parser.add_argument("--pods", metavar="N,...", default=sizes, help=f"sizes of the Deployment (default {sizes})")
    parser.add_argument("--http", action="store_true", help="only the API over HTTPS")
    parser.add_argument("--tui", action="store_true", help="only the dashboard: 100 to 10,000 pods, still and changing")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="k9lite-bench-") as folder:
        if given.http:
            figures, lines = _http(Path(folder))
        elif given.tui:
            figures, lines = _dashboard_grid()
        else:
            figures, lines = _everything(_sizes(given.pods), Path(folder))
    print(msgspec.json.encode(figures).decode() if given.json else "\n".join(lines))
    return 0


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        raise Failure(f"--pods takes numbers with commas between them, not {text}") from None
    if not all(size > 0 for size in sizes):
        raise Failure("--pods takes numbers above zero")
    return sizes


def _everything(sizes: list[int], folder: Path) -> tuple[dict[str, Any], list[str]]:
    rows = [_row(size) for size in sizes]
    figures = asyncio.run(dashboard.measure(folder))
    return (
        {"rows": rows} | msgspec.to_builtins(figures),
        [*report.deployment_lines(rows), "", *report.dashboard_lines(figures)],
    )


def _row(pods: int) -> Row:
    """One size, measured in a process of its own."""
    command = [sys.executable, "-m", "k9lite.cli.bench.deployments", str(pods)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Failure(f"{pods} pods could not be measured:\n{done.stderr}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Row)


def _http(folder: Path) -> tuple[Any, list[str]]:
    figures = asyncio.run(http_api.measure(folder))
    return figures, report.http_lines(figures)


def _dashboard_grid() -> tuple[Any, list[str]]:
    figures = asyncio.run(grid.measure_grid())
    return {"rows": figures}, report.grid_lines(figures)
