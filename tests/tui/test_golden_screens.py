"""Whole screens, compared with files. `K9LITE_GOLDEN=write pytest tests/tui/test_golden_screens.py` renews them."""

import os
from pathlib import Path

import pytest

from k9lite.api import kinds, times
from k9lite.api.object import controller_reference
from k9lite.tui.app import Dashboard

GOLDEN = Path(__file__).parent / "golden"
SCREENS = {
    "overview-80x24": ((80, 24), ()),
    "overview-120x36": ((120, 36), ()),
    "overview-200x60": ((200, 60), ()),
    "nodes-80x24": ((80, 24), ("2",)),
    "pods-filtered-120x36": ((120, 36), ("4", "slash", "b", "a", "c", "k")),
    "scale-120x36": ((120, 36), ("s",)),
    "help-120x36": ((120, 36), ("question_mark",)),
    "yaml-80x24": ((80, 24), ("y",)),
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
        "name": f"web-{revision}", "ownerReferences": [controller_reference(owner)],
        "annotations": {"deployment.kubernetes.io/revision": str(revision)},
    }  # fmt: skip
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
        "metadata": {"name": f"{name}.1"}, "involvedObject": involved, "type": "Normal" if running else "Warning",
        "reason": "Started" if running else "Failed", "message": "Container started" if running else "no such image",
        "lastTimestamp": now, "count": 1,
    }  # fmt: skip
    await client.create(kinds.EVENT, event, "default")


@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_is_as_it_was(client, clock, name):
    size, keys = SCREENS[name]
    await fill(client, clock)
    app = Dashboard(client, clock, name="golden")
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        await pilot.press(*keys)
        await pilot.pause(0.3)
        for blinking in app.screen.query("Input"):
            blinking.cursor_blink = False
        shown = "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips()) + "\n"
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("K9LITE_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown)
    assert shown == file.read_text()
