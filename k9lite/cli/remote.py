"""A client of a cluster that another process on this machine runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from k9lite import private_files
from k9lite.api.errors import StatusError
from k9lite.cli.commands import Failure
from k9lite.client.remote import HttpClient, KubeconfigError, load
from k9lite.engine.home import CLUSTERS, is_running
from k9lite.settings import Settings

KUBECONFIG = "kubeconfig"


def kubeconfig(settings: Settings) -> Path:
    """The kubeconfig of the cluster that is meant. Failure when it never served its API, or others may write to it."""
    path = settings.state_folder / CLUSTERS / settings.cluster_name / KUBECONFIG
    if not path.exists():
        raise Failure(f"no cluster {settings.cluster_name} has served its API: start one with `k9lite serve`")
    try:
        private_files.claim_with_files(path.parent)
    except private_files.NotPrivate as error:
        raise Failure(f"{error.filename} is not trusted: {error.strerror}") from None
    return path


def others(settings: Settings, own: Path | None) -> list[str]:
    """The clusters on this machine that serve their API now, by name; without the one whose kubeconfig is `own`."""
    found = sorted((settings.state_folder / CLUSTERS).glob(f"*/{KUBECONFIG}"))
    return [path.parent.name for path in found if path != own and is_running(path.parent)]


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[HttpClient]:
    """A client of the cluster that the kubeconfig at `path` leads to. Failure when it does not answer."""
    try:
        client = HttpClient(load(path))
    except KubeconfigError as error:
        raise Failure(str(error)) from None
    try:
        await client.connect()
        yield client
    except ConnectionError as error:
        raise Failure(f"the cluster does not answer ({error}); is it running?") from None
    except StatusError as error:
        raise Failure(str(error)) from None
    finally:
        await client.close()
