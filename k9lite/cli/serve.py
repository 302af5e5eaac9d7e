"""`k9lite serve [DIR]`: the cluster without the dashboard; tells its story until Ctrl-C."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from lightkube.models.core_v1 import Event

from k9lite.api.kinds import EVENT
from k9lite.api.object import Object
from k9lite.cli import options, samples, story
from k9lite.cli.commands import Ended
from k9lite.cli.running import Running, running
from k9lite.cli.verdict import Judge
from k9lite.engine.http.server import HttpServer
from k9lite.manifests.state import FolderState
from k9lite.settings import Settings

SETTLED = 0.2  # seconds without a change before a verdict is worth telling


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("serve", "Run a cluster that follows a folder and tell what happens, until Ctrl-C.")
    parser.add_argument("folder", metavar="DIR", nargs="?", help="default: ./manifests, else a copy of the samples")
    options.add_cluster_options(parser)
    given = parser.parse_args(arguments)
    settings = options.settings_from(given)
    folder = samples.chosen(settings.state_folder) if given.folder is None else options.folder(given.folder)
    with suppress(KeyboardInterrupt, Ended):
        asyncio.run(_serve(settings, folder))
    return 0


async def _serve(settings: Settings, folder: Path) -> None:
    start = time.monotonic()

    unheard: asyncio.Future[None] = asyncio.get_running_loop().create_future()  # fails when nobody reads any more

    def tell(text: str) -> None:
        """Never fails: those who call it have other work to do."""
        try:
            print(text, flush=True)
        except BrokenPipeError as error:
            if not unheard.done():
                unheard.set_exception(error)

    def since() -> float:
        return time.monotonic() - start

    last, changed = FolderState(folder), asyncio.Event()

    def folder_changed(state: FolderState) -> None:
        nonlocal last
        for text in story.folder_lines(since(), last, state):
            tell(text)
        last = state
        changed.set()

    async with running(settings, folder, folder_changed, server=HttpServer) as run:
        if run.cluster.serving is not None:
            tell(str(run.cluster.serving.kubeconfig))
        tell(story.line(since(), "k9lite", f"the cluster {settings.cluster_name} follows {folder}; Ctrl-C ends it"))
        first_revision = run.cluster.first_revision

        def event_changed(old: Object[Event] | None, new: Object[Event] | None) -> None:
            if new is not None and story.is_news(old, new, first_revision):
                tell(story.event_line(since(), new.view))

        run.informers.of(EVENT).add_handler(event_changed)
        verdicts = _tell_verdicts(run, changed, lambda text: tell(story.line(since(), "k9lite", text)))
        await asyncio.gather(verdicts, unheard)


async def _tell_verdicts(run: Running, changed: asyncio.Event, tell: Callable[[str], None]) -> None:
    """Say whenever the folder has come true, save by save, and when that ends."""
    judge = Judge(run.cluster.client, run.informers, changed)
    told: int | None = None  # the save that is known to have come true
    while True:
        await changed.wait()
        await asyncio.sleep(SETTLED)
        changed.clear()
        state = run.sync.state
        verdict = await judge.judge(state)
        ready = verdict.ready and state.saves > 0
        if ready and told != state.saves:
            what = f"{len(verdict.objects)} objects, {len(verdict.pods)} pods"
            if state.problems:
                tell(f"not converged: {what}; {len(state.problems)} problems")
            else:
                tell(f"converged: {what}")
        elif told is not None and not ready:
            waiting = [*verdict.missing, *verdict.waiting][0]
            tell(f"no longer converged: {waiting.kind} {waiting.name}: {waiting.reason}: {waiting.message}")
        told = state.saves if ready else None
