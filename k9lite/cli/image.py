"""`k9lite image ls|load|rm`: the images that were loaded into a running cluster, as `kind load` does."""

import asyncio
import re
from collections.abc import Sequence

from k9lite.api import images, kinds
from k9lite.api.cause import Cause
from k9lite.cli import options, remote
from k9lite.cli.commands import Failure
from k9lite.client.remote import HttpClient
from k9lite.settings import Settings

CAUSE = Cause("user", "image")


def run(arguments: Sequence[str]) -> int:
    parser = options.parser("image", "The images that were loaded into a running cluster.")
    actions = parser.add_subparsers(dest="action", metavar="ls|load|rm", required=True)
    listing = actions.add_parser("ls", help="list them")
    load = actions.add_parser("load", help="bring an image to every node")
    remove = actions.add_parser("rm", help="take it away again")
    for action in (load, remove):
        action.add_argument("image", metavar="IMAGE", help="e.g. node-app:v3")
    for takes_options in (parser, listing, load, remove):
        options.add_which(takes_options)
    given = parser.parse_args(arguments)
    if given.action == "load" and images.parse(given.image) is None:
        example = "a name, perhaps a colon and a tag, as in node-app:v3"
        raise Failure(f"{given.image} is not the name of an image: {example}")
    asyncio.run(_act(options.settings_from(given), given.action, getattr(given, "image", "")))
    return 0


async def _act(settings: Settings, action: str, image: str) -> None:
    async with remote.connected(remote.kubeconfig(settings)) as client:
        if action == "ls":
            for found in (await client.list(kinds.IMAGE)).items:
                print(found.view.spec.name if found.view.spec else found.name)
        elif action == "load":
            await _load(client, image)
        else:
            await _remove(client, image)


def object_name(image: str) -> str:
    """A name for the Image object: that of the image, with what names may not contain replaced."""
    return re.sub(r"[^a-z0-9]+", "-", image.lower()).strip("-")


async def _load(client: HttpClient, image: str) -> None:
    body = {"metadata": {"name": object_name(image)}, "spec": {"name": image}}
    await client.create(kinds.IMAGE, body, cause=CAUSE)
    print(f"{image} is on every node")


async def _remove(client: HttpClient, image: str) -> None:
    for found in (await client.list(kinds.IMAGE)).items:
        if found.view.spec and found.view.spec.name == image:
            await client.delete(kinds.IMAGE, found.name, cause=CAUSE)
            print(f"{image} is gone")
            return
    raise Failure(f"{image} was not loaded")
