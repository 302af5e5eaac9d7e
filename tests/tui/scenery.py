"""A small cluster in the middle of a rolling update, and every screen of the dashboard over it."""

from typing import NamedTuple

from driving import settle

from k9lite.api import kinds, times
from k9lite.api.object import controller_reference


class ScreenSteps(NamedTuple):
    """What is pressed, from the overview, to see a screen; a word after an apostrophe is typed.

    modal: it lies over another screen, which is dimmed
    """

    keys: str = ""
    modal: bool = False


SCREENS = {
    "overview": ScreenSteps(),
    "manifests": ScreenSteps("1"),
    "nodes": ScreenSteps("2"),
    "services": ScreenSteps("5"),
    "story": ScreenSteps("6"),
    "maximised": ScreenSteps("4 m"),
    "filtered": ScreenSteps("4 slash 'back"),
    "command": ScreenSteps("colon 'dep"),
    "pods": ScreenSteps("colon 'pods enter"),
    "wide": ScreenSteps("colon 'pods enter ctrl+w"),
    "replicasets": ScreenSteps("colon 'rs enter"),
    "containers": ScreenSteps("4 enter"),
    "events": ScreenSteps("colon 'events enter"),
    "trees": ScreenSteps("colon 'xray enter"),
    "map": ScreenSteps("M right"),
    "describe": ScreenSteps("4 d"),
    "yaml": ScreenSteps("3 y"),
    "logs": ScreenSteps("4 l"),
    "versions": ScreenSteps("3 V"),
    "tree": ScreenSteps("3 X"),
    "history": ScreenSteps("3 H"),
    "pulse": ScreenSteps("Z"),
    "forwards": ScreenSteps("f"),
    "help": ScreenSteps("3 question_mark"),
    "editor": ScreenSteps("3 E"),
    "scale": ScreenSteps("3 s", modal=True),
    "delete": ScreenSteps("4 ctrl+d", modal=True),
    "image": ScreenSteps("3 i", modal=True),
    "faults": ScreenSteps("4 x", modal=True),
    "copy": ScreenSteps("4 C", modal=True),
    "drain": ScreenSteps("2 r", modal=True),
    "palette": ScreenSteps("3 ctrl+p 'scale", modal=True),
}
PODS = ("Running", "Running", "ImagePullBackOff", "ContainerCreating")


def template(image, **labels):
    return {"metadata": {"labels": {"app": "web"} | labels}, "spec": {"containers": [{"name": "web", "image": image}]}}


async def fill(client, clock):
    now = times.time(clock.now())
    for name in ("control-plane", "worker", "worker2"):
        node = await client.create(kinds.NODE, {"metadata": {"name": name}})
        ready = {"type": "Ready", "status": "True", "lastHeartbeatTime": now, "lastTransitionTime": now}
        await client.update_status(node, {"allocatable": {"pods": "110"}, "conditions": [ready]})
    await client.create(kinds.CLOCK, {"metadata": {"name": "cluster"}, "spec": {"speed": 2}})
    spec = {"replicas": 4, "selector": {"matchLabels": {"app": "web"}}, "template": template("node-app:v1")}
    web = await client.create(kinds.DEPLOYMENT, {"metadata": {"name": "web"}, "spec": spec}, "default")
    sets = [await replica_set(client, web, number, count) for number, count in ((1, 2), (2, 2))]
    for number, status in enumerate(PODS):
        await pod(client, sets[number // 2], f"web-{number}-x{number}y", status, now)
    status = {"replicas": 4, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2, "observedGeneration": 1}
    await client.update_status(await client.get(kinds.DEPLOYMENT, "web", "default"), status)
    body = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 8080}]}}
    await client.create(kinds.SERVICE, body, "default")
    await clock.advance(65)


async def replica_set(client, owner, revision, count):
    metadata = {
        "name": f"web-{revision}",
        "ownerReferences": [controller_reference(owner)],
        "annotations": {"deployment.kubernetes.io/revision": str(revision)},
    }
    labels = {"app": "web", "pod-template-hash": str(revision)}
    spec = {"replicas": count, "selector": {"matchLabels": labels}, "template": template(f"v{revision}", **labels)}
    made = await client.create(kinds.REPLICA_SET, {"metadata": metadata, "spec": spec}, "default")
    return await client.update_status(made, {"replicas": count, "readyReplicas": count if revision == 1 else 0})


async def pod(client, owner, name, status, now):
    running = status == "Running"
    body = {
        "metadata": {"name": name, "labels": {"app": "web"}, "ownerReferences": [controller_reference(owner)]},
        "spec": {"nodeName": "worker" if name < "web-2" else "worker2", "containers": [{"name": "web", "image": "i"}]},
    }
    made = await client.create(kinds.POD, body, "default")
    state = {"running": {"startedAt": now}} if running else {"waiting": {"reason": status, "message": "no such image"}}
    container = {"name": "web", "image": "i", "imageID": "", "ready": running, "restartCount": 0, "state": state}
    ready = {"type": "Ready", "status": str(running), "lastTransitionTime": now}
    status = {"phase": "Running" if running else "Pending", "conditions": [ready], "containerStatuses": [container]}
    await client.update_status(made, status)
    involved = {"kind": "Pod", "name": name, "namespace": "default", "uid": made.uid}
    event = {
        "metadata": {"name": f"{name}.1"},
        "involvedObject": involved,
        "type": "Normal" if running else "Warning",
        "reason": "Started" if running else "Failed",
        "message": "Container started" if running else "no such image",
        "lastTimestamp": now,
        "count": 1,
    }
    await client.create(kinds.EVENT, event, "default")


async def show(app, pilot, shot):
    """Come to a screen from wherever another one has led."""
    while len(app.screen_stack) > 1:
        app.pop_screen()
        await pilot.pause()
    if app.screen.maximised:
        app.screen.maximise_pane()
    for pane in app.screen.panes.values():
        pane.set_filter("")
    app.screen.focus_pane(3)
    await pilot.pause()
    for key in shot.keys.split():
        await pilot.press(*(key[1:] if key[0] == "'" else [key]))
        await pilot.pause(0.03)
    await settle(pilot)
    for blinking in app.screen.query("Input, TextArea"):
        blinking.cursor_blink = False
    await pilot.pause(0.05)
