"""`k9lite image ls|load|rm`: the images that were loaded into a running cluster, as `kind load` does."""

import asyncio
import re
from collections.abc import Collection, Sequence
from hashlib import sha256

from k9lite.api import images, kinds
from k9lite.api.cause import Cause
from k9lite.api.k9lite_v1 import Image
from k9lite.api.object import Object
from k9lite.cli import options, remote
from k9lite.cli.commands import Failure
from k9lite.client.remote import HttpClient
from k9lite.settings import Settings

CAUSE = Cause("user", "image")
LONGEST = 240  # characters of a name; it may have 253


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


async def _load(client: HttpClient, image: str) -> None:
    listed = (await client.list(kinds.IMAGE)).items
    if not any(_is_of(found, image) for found in listed):
        name = object_name(image, {found.name for found in listed})
        await client.create(kinds.IMAGE, {"metadata": {"name": name}, "spec": {"name": image}}, cause=CAUSE)
    print(f"{image} is on every node")


async def _remove(client: HttpClient, image: str) -> None:
    loaded = [found for found in (await client.list(kinds.IMAGE)).items if _is_of(found, image)]
    if not loaded:
        raise Failure(f"{image} was not loaded")
    for found in loaded:
        await client.delete(kinds.IMAGE, found.name, cause=CAUSE)
    print(f"{image} is gone")


def _is_of(obj: Object[Image], image: str) -> bool:
    """Whether it is about the same image: `node-app`, `node-app:latest` and `docker.io/library/node-app` are one."""
    named = obj.view.spec.name if obj.view.spec else ""
    return named == image or (images.parse(image) is not None and str(images.parse(named)) == str(images.parse(image)))


def object_name(image: str, taken: Collection[str]) -> str:
    """A name for the Image object: that of the image, with what names may not contain replaced; and none of `taken`."""
    name = re.sub(r"[^a-z0-9]+", "-", image.lower()).strip("-")[:LONGEST]
    return name if name not in taken else f"{name}-{sha256(image.encode()).hexdigest()[:8]}"
