"""`k9lite converge DIR`: start a cluster, apply, wait until it has come true, say what happened; for CI."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from k9lite.aio.clock import INSTANT
from k9lite.cli import options
from k9lite.cli.lines import plain
from k9lite.cli.running import Running, running
from k9lite.cli.verdict import Judge, Verdict
from k9lite.settings import Settings
from k9lite.tables.pods import summary
from k9lite.yaml_reader.problem import Problem

LEAST_WAIT, MOST_WAIT = 0.005, 0.1  # seconds between two judgements, when changes follow each other closely


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("converge", "Apply a folder to a fresh cluster and wait until it has come true.")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--timeout", type=options.duration, default=60.0, metavar="60s", help="how long to wait")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    options.add_cluster_options(parser)
    given = parser.parse_args(arguments)
    settings = options.settings_from(given, speed=INSTANT, api=False)
    outcome = asyncio.run(_converge(settings, options.folder(given.folder), given.timeout))
    print(json.dumps(outcome, indent=2) if given.json else _in_words(outcome))
    return 0 if outcome["converged"] else 1


async def _converge(settings: Settings, folder: Path, timeout: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    start = loop.time()
    changed = asyncio.Event()
    async with running(settings, folder, lambda state: changed.set()) as run:
        judge = Judge(run.cluster.client, run.informers, changed)
        converged = False
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await _until_true(run, judge, changed)
                converged = True
        verdict = await judge.judge(run.sync.state)
        return outcome(converged, loop.time() - start, verdict, run.sync.state.problems)


async def _until_true(run: Running, judge: Judge, changed: asyncio.Event) -> None:
    """Until everything the folder holds is ready and nobody in the cluster has anything left to do."""
    wait = LEAST_WAIT
    while True:
        changed.clear()
        verdict = await judge.judge(run.sync.state)
        ready = verdict.ready and run.sync.state.saves > 0
        if ready and run.cluster.idle and not changed.is_set():
            return
        if not ready:
            await changed.wait()
        await asyncio.sleep(wait)
        wait = min(wait * 2, MOST_WAIT)


def outcome(converged: bool, took: float, verdict: Verdict, problems: Sequence[Problem]) -> dict[str, Any]:
    """What is printed with --json."""
    only_stored = {obj.kind.kind for obj in verdict.objects if not obj.kind.acted_on}
    waiting = [] if converged else [*verdict.missing, *verdict.waiting]
    converged = converged and not problems
    return {
        "converged": converged,
        "seconds": round(took, 3),
        "objects": dict(sorted(Counter(obj.kind.kind for obj in verdict.objects).items())),
        "pods": dict(sorted(Counter(summary(pod).status for pod in verdict.pods).items())),
        "errors": [{"file": one.file, "line": one.line, "column": one.column, "message": one.text} for one in problems],
        "stuck": [waiter._asdict() for waiter in waiting],
        "not_acted_on": sorted(only_stored),
    }


def _in_words(outcome: dict[str, Any]) -> str:
    def counted(numbers: dict[str, int]) -> str:
        return ", ".join(f"{number} {name}" for name, number in numbers.items()) or "none"

    lines = [f"{one['file']}:{one['line']}:{one['column']}: {one['message']}" for one in outcome["errors"]]
    for one in outcome["stuck"]:
        name = f"{one['namespace']}/{one['name']}" if one["namespace"] else one["name"]
        lines.append(f"stuck: {one['kind']} {name}: {one['reason']}: {one['message']}")
    lines += [f"objects: {counted(outcome['objects'])}", f"pods: {counted(outcome['pods'])}"]
    if outcome["not_acted_on"]:
        lines.append(f"stored, not acted on: {', '.join(outcome['not_acted_on'])}")
    verdict = "converged" if outcome["converged"] else "not converged"
    return "\n".join([*map(plain, lines), f"{verdict} after {outcome['seconds']:.2f} s"])
