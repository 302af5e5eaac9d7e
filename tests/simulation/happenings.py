"""What may happen to a cluster: what users do to it, and what befalls it. Each tells what it did."""

from world import APPLY, CAUSE, IMAGES, NAMES, NAMESPACES, NODES, World, deployment, missing_image, service

from k9lite.aio.clock import settle
from k9lite.api import kinds
from k9lite.client.protocol import DeleteOptions, PatchType, Selector

NOBODY = "nothing there"


async def save(world: World) -> str:
    name, image, namespace = (world.random.choice(some) for some in (NAMES, IMAGES, NAMESPACES))
    replicas, strategy = world.random.randrange(7), world.random.choice(("RollingUpdate", "RollingUpdate", "Recreate"))
    for kind, body in (
        (kinds.DEPLOYMENT, deployment(name, replicas, image, strategy)),
        (kinds.SERVICE, service(name)),
    ):
        await world.client.patch(kind, name, body, PatchType.APPLY, namespace, cause=CAUSE, options=APPLY)
    return f"{namespace}/{name} x{replicas} {image} {strategy}"


async def scale(world: World) -> str:
    found, replicas = await world.any(kinds.DEPLOYMENT), world.random.randrange(9)
    if found is None:
        return NOBODY
    body = {"spec": {"replicas": replicas}}
    await world.client.patch(
        kinds.DEPLOYMENT, found.name, body, PatchType.MERGE, found.namespace, subresource="scale", cause=CAUSE
    )
    return f"{found.key} to {replicas}"


async def get_stuck(world: World) -> str:
    """A rollout to an image that cannot be pulled, scaled down in the middle."""
    found = await world.any(kinds.DEPLOYMENT)
    if found is None:
        return NOBODY
    replicas, fewer = world.random.randrange(4, 9), world.random.randrange(1, 6)
    bounds = {"maxSurge": world.random.randrange(1, 4), "maxUnavailable": world.random.randrange(3)}
    await world.patch(found, {"spec": {"replicas": replicas}})
    await world.clock.advance(30)
    container = {"name": "c", "image": "node-app:missing"}
    template = {"spec": {"containers": [container]}}
    await world.patch(found, {"spec": {"template": template, "strategy": {"rollingUpdate": bounds}}})
    await world.clock.advance(5)
    await world.patch(found, {"spec": {"replicas": fewer}})
    return f"{found.key} x{replicas} to {fewer}, {bounds}"


async def kill(world: World) -> str:
    pod = await world.any(kinds.POD)
    if pod is None:
        return NOBODY
    await world.client.delete(kinds.POD, pod.name, pod.namespace, cause=CAUSE)
    return str(pod.key)


async def remove(world: World) -> str:
    found, propagation = await world.any(kinds.DEPLOYMENT), world.random.choice((None, "Foreground"))
    if found is None:
        return NOBODY
    options = DeleteOptions(propagation=propagation)
    await world.client.delete(kinds.DEPLOYMENT, found.name, found.namespace, cause=CAUSE, options=options)
    return f"{found.key} {propagation}"


async def pause(world: World) -> str:
    found = await world.any(kinds.DEPLOYMENT)
    if found is None:
        return NOBODY
    await world.patch(found, {"spec": {"paused": not found.view.spec.paused}})
    return f"{found.key} {not found.view.spec.paused}"


async def undo(world: World) -> str:
    """As `kubectl rollout undo` does, to any revision that is still known."""
    found = await world.any(kinds.DEPLOYMENT)
    if found is None:
        return NOBODY
    owned = [
        one
        for one in (await world.client.list(kinds.REPLICA_SET, Selector(found.namespace))).items
        if one.meta.controller and one.meta.controller.uid == found.uid
    ]
    if not owned:
        return NOBODY
    chosen = world.random.choice(owned)
    template = chosen.data()["spec"]["template"]
    del template["metadata"]["labels"]["pod-template-hash"]
    body = [{"op": "replace", "path": "/spec/template", "value": template}]
    await world.client.patch(kinds.DEPLOYMENT, found.name, body, PatchType.JSON, found.namespace, cause=CAUSE)
    return f"{found.key} to {chosen.name}"


async def relabel(world: World) -> str:
    """Take a pod out of its set, or put it back."""
    pod = await world.any(kinds.POD)
    if pod is None:
        return NOBODY
    label = pod.name.split("-")[0] if pod.labels.get("app") == "lost" else "lost"
    await world.patch(pod, {"metadata": {"labels": {"app": label}}})
    return f"{pod.key} {label}"


async def redirect(world: World) -> str:
    found, app = await world.any(kinds.SERVICE), world.random.choice(NAMES)
    if found is None or not found.view.spec.selector:
        return NOBODY
    await world.patch(found, {"spec": {"selector": {"app": app}}})
    return f"{found.key} to {app}"


async def empty(world: World) -> str:
    """Delete the namespace, or have it again."""
    shops = [one for one in (await world.client.list(kinds.NAMESPACE)).items if one.name == "shop"]
    if shops:
        await world.client.delete(kinds.NAMESPACE, "shop", cause=CAUSE)
        return "shop closes"
    await world.client.create(kinds.NAMESPACE, {"metadata": {"name": "shop"}}, cause=CAUSE)
    return "shop opens"


async def cordon(world: World) -> str:
    name = world.random.choice(NODES)
    node = await world.client.get(kinds.NODE, name)
    await world.patch(node, {"spec": {"unschedulable": not node.view.spec.unschedulable}})
    return f"{name} {not node.view.spec.unschedulable}"


async def drain(world: World) -> str:
    name = world.random.choice(NODES)
    await world.patch(await world.client.get(kinds.NODE, name), {"spec": {"unschedulable": True}})
    pods = (await world.client.list(kinds.POD, Selector(fields=f"spec.nodeName={name}"))).items
    for pod in pods:
        body = {"metadata": {"name": pod.name, "namespace": pod.namespace}}
        await world.client.create_subresource(kinds.POD, pod.name, "eviction", body, pod.namespace, cause=CAUSE)
    return f"{name} of {len(pods)}"


async def fail(world: World) -> str:
    """A node goes down, an image cannot be pulled, or something befalls a pod."""
    type = world.random.choice(("NodeDown", "NodeDown", "Crash", "Hang", "NotReady", "PullFailure"))
    if type == "NodeDown":
        spec = {"target": {"kind": "Node", "name": world.random.choice(NODES)}}
    elif type == "PullFailure":
        spec = {"image": world.random.choice((*IMAGES, ""))}
    else:
        pod = await world.any(kinds.POD)
        if pod is None:
            return NOBODY
        spec = {"target": {"kind": "Pod", "name": pod.name, "namespace": pod.namespace}}
    name = f"fault-{len(world.history)}"
    await world.client.create(kinds.FAULT, {"metadata": {"name": name}, "spec": {"type": type} | spec}, cause=CAUSE)
    return f"{name} {type} {spec}"


async def recover(world: World) -> str:
    fault = await world.any(kinds.FAULT)
    if fault is None:
        return NOBODY
    await world.client.delete(kinds.FAULT, fault.name, cause=CAUSE)
    return fault.name


async def load(world: World) -> str:
    """Load the image that cannot be pulled, or take it away."""
    if (await world.client.list(kinds.IMAGE)).items:
        await world.client.delete(kinds.IMAGE, "missing", cause=CAUSE)
        return "gone"
    await world.client.create(kinds.IMAGE, missing_image(), cause=CAUSE)
    return "there"


async def step(world: World) -> str:
    """Stop the clock, change something, let a few things happen one by one."""
    world.clock.pause()
    try:
        told = await world.random.choice((save, kill))(world)
        steps = world.random.randrange(20)
        for _ in range(steps):
            await settle()
            world.clock.step()
        await settle()
    finally:
        world.clock.resume()
    return f"{steps} after {told}"


EVERYTHING = (
    save,
    save,
    save,
    save,
    save,
    save,
    scale,
    scale,
    kill,
    kill,
    remove,
    pause,
    undo,
    relabel,
    redirect,
    empty,
    get_stuck,
    cordon,
    drain,
    fail,
    fail,
    fail,
    recover,
    recover,
    load,
    step,
)
