"""Every key of the dashboard's two tables, pressed where it is bound; what it does is looked for in the cluster."""

from collections.abc import AsyncIterator

import pytest
from driving import screen, settle
from textual.widgets import Input

from k9lite.api import kinds
from k9lite.api.object import controller_reference
from k9lite.client.streams import LogLine
from k9lite.tui.app import Dashboard
from k9lite.tui.screens.overview import Overview
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.log import Log

SIZE = (160, 50)
LABELS = {"app": "web"}
NAMES = {" ": "space", "/": "slash", "-": "minus", "=": "equals_sign", "!": "exclamation_mark", ".": "full_stop"}


def template(image):
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "web", "image": image}]}}


def spec(image):
    return {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": template(image)}


class Streams:
    """Containers that write a line; who entered them is noted."""

    def __init__(self):
        self.entered = []

    async def logs(self, namespace, pod, options) -> AsyncIterator[list[LogLine]]:
        yield [LogLine(1.0, "before" if options.previous else "now")]

    async def exec(self, namespace, pod, container, command, **more):
        self.entered.append((pod, command))
        raise ConnectionError

    async def attach(self, namespace, pod, container, **more):
        self.entered.append((pod, "attach"))
        raise ConnectionError

    def reachable(self, address, port):
        return None


@pytest.fixture
def streams():
    return Streams()


@pytest.fixture
async def dashboard(client, clock, tmp_path):
    """A deployment in its second revision with two pods on two nodes, one of them failing; a pod elsewhere."""
    await client.create(kinds.CLOCK, {"metadata": {"name": "cluster"}, "spec": {"speed": 1}})
    for name in ("worker-1", "worker-2"):
        await client.create(kinds.NODE, {"metadata": {"name": name}})
    web = await client.create(kinds.DEPLOYMENT, {"metadata": {"name": "web"}, "spec": spec("a:2")}, "default")
    for number in (1, 2):
        metadata = {
            "name": f"web-{number}",
            "labels": LABELS,
            "ownerReferences": [controller_reference(web)],
            "annotations": {"deployment.kubernetes.io/revision": str(number)},
        }
        body = {"metadata": metadata, "spec": spec(f"a:{number}")}
        owner = await client.create(kinds.REPLICA_SET, body, "default")
    for number, namespace in enumerate(("default", "default", "kube-system")):
        owners = [controller_reference(owner)] if namespace == "default" else []
        labels = LABELS | ({"tier": "odd"} if number == 1 else {})
        metadata = {"name": f"pod-{number}", "labels": labels, "ownerReferences": owners}
        body = {"metadata": metadata, "spec": template("a:2")["spec"] | {"nodeName": f"worker-{1 + number % 2}"}}
        pod = await client.create(kinds.POD, body, namespace)
        waiting = {"waiting": {"reason": "CrashLoopBackOff"}} if number == 1 else {"running": {}}
        container = {"name": "web", "image": "a:2", "imageID": "", "ready": number != 1, "restartCount": 0}
        await client.update_status(pod, {"phase": "Running", "containerStatuses": [container | {"state": waiting}]})
    return Dashboard(client, clock, name="keys", state=tmp_path, kubeconfig=tmp_path / "kubeconfig")


async def deployed(client):
    return (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec


async def pods(client):
    return [pod for pod in (await client.list(kinds.POD)).items if not pod.deleting]


async def node(client):
    return (await client.get(kinds.NODE, "worker-1")).view.spec


def shown(app):
    table = getattr(app.place, "target", app.place)  # of what is typed in the filter
    return [key.name for key in table.shown]


def all_pods_listed(app):
    return not app.screen.is_modal and len(shown(app)) == 3


def is_on(name):
    return lambda app: app.place.selected.name == name


def is_at(view):
    return lambda app: app.place.place_name == view


def order(app):
    return app.place.sorted_by


async def typed(pilot, keys):
    """Keys are separated by blanks; what follows an apostrophe is typed letter by letter."""
    for key in keys.split(" "):
        letters = [NAMES.get(letter, letter) for letter in key[1:].replace("_", " ")] if key[:1] == "'" else [key]
        await pilot.press(*letters)
        await pilot.pause(0.04)


# What is looked at, which keys are pressed, and what must then be true of the cluster (c) or the dashboard (d).
CHANGES = {
    "scale": ("deploy", "s '7 enter", lambda c: deployed(c), lambda s: s.replicas == 7),
    "scale up": ("deploy", "plus", lambda c: deployed(c), lambda s: s.replicas == 3),
    "scale down": ("deploy", "minus", lambda c: deployed(c), lambda s: s.replicas == 1),
    "restart": ("deploy", "r", lambda c: deployed(c), lambda s: s.template.metadata.annotations),
    "roll back": (
        "deploy",
        "ctrl+l enter",
        lambda c: deployed(c),
        lambda s: s.template.spec.containers[0].image == "a:1",
    ),
    "roll back to a ReplicaSet": (
        "rs",
        "ctrl+l enter",
        lambda c: deployed(c),
        lambda s: s.template.spec.containers[0].image == "a:1",
    ),
    "pause a rollout": ("deploy", "R", lambda c: deployed(c), lambda s: s.paused),
    "undo": (
        "deploy",
        "plus U",
        lambda c: c.get(kinds.DEPLOYMENT, "web", "default"),
        lambda o: o.cause.action.startswith("undo") and o.view.spec.replicas == 2,
    ),
    "delete": ("pods", "ctrl+d right enter", pods, lambda found: [pod.name for pod in found] == ["pod-1", "pod-2"]),
    "kill": ("pods", "ctrl+k right enter", pods, lambda found: [pod.name for pod in found] == ["pod-1", "pod-2"]),
    "mark": ("pods", "space space ctrl+k right enter", pods, lambda found: [pod.name for pod in found] == ["pod-2"]),
    "mark a range": ("pods", "space G ctrl+@ ctrl+k right enter", pods, lambda found: not found),
    "unmark": ("pods", "space space ctrl+backslash G ctrl+k right enter", pods, lambda found: len(found) == 2),
    "cordon": ("nodes", "c", lambda c: node(c), lambda s: s.unschedulable),
    "uncordon": (
        "nodes",
        "c u",
        lambda c: c.get(kinds.NODE, "worker-1"),
        lambda o: o.cause.action == "uncordon node/worker-1" and not o.view.spec.unschedulable,
    ),
    "drain": ("nodes", "j r right enter", pods, lambda found: [pod.name for pod in found] == ["pod-0", "pod-2"]),
    "faults": ("nodes", "x enter", lambda c: c.list(kinds.FAULT), lambda found: len(found.items) == 1),
    "pause the clock": ("pods", "comma", lambda c: c.get(kinds.CLOCK, "cluster"), lambda o: o.view.spec.paused),
    "step": ("pods", "comma full_stop", lambda c: c.get(kinds.CLOCK, "cluster"), lambda o: o.view.spec.steps == 1),
    "slower": ("pods", "less_than_sign", lambda c: c.get(kinds.CLOCK, "cluster"), lambda o: o.view.spec.speed < 1),
    "faster": ("pods", "greater_than_sign", lambda c: c.get(kinds.CLOCK, "cluster"), lambda o: o.view.spec.speed > 1),
}

LOOKS = {
    "move": ("pods", "j j k", lambda d: d.place.selected.name == "pod-1"),
    "bottom": ("pods", "G", lambda d: d.place.selected.name == "pod-2"),
    "columns on": ("nodes", "l", lambda d: d.place.skipped == 1),
    "logs": ("pods", "l", lambda d: isinstance(d.place, Log) and "now" in d.place.text),
    "previous logs": ("pods", "p", lambda d: isinstance(d.place, Log) and "before" in d.place.text),
    "describe": ("pods", "d", lambda d: "Describe  pod/pod-0" in screen(d)),
    "yaml": ("pods", "y", lambda d: "kind: Pod" in screen(d)),
    "edit": ("pods", "e", lambda d: d.place.place_name == "editor"),
    "image": ("deploy", "i", lambda d: "Image of deployment/web" in screen(d)),
    "forwards": ("pods", "f", lambda d: d.place.place_name == "forwards"),
    "forward": ("pods", "F", lambda d: "pod/pod-0" in screen(d) and d.screen.query(Input)),
    "help": ("pods", "question_mark", lambda d: "Delete it without its grace period" in screen(d)),
    "filter": ("pods", "slash 'kube-", lambda d: shown(d) == ["pod-2"]),
    "filter by a pattern": ("pods", "slash 'pod-[01]", lambda d: shown(d) == ["pod-0", "pod-1"]),
    "filter inversely": ("pods", "slash '!pod-1", lambda d: shown(d) == ["pod-0", "pod-2"]),
    "filter by labels": ("pods", "slash '-l_tier=odd", lambda d: shown(d) == ["pod-1"]),
    "filter fuzzily": ("pods", "slash '-f_p2kube", lambda d: shown(d) == ["pod-2"]),
    "keep a filter": ("pods", "slash 'pod-1 enter", lambda d: d.place.place_name == "pods" and shown(d) == ["pod-1"]),
    "faults only": ("pods", "ctrl+z", lambda d: shown(d) == ["pod-1"]),
    "wide": ("pods", "ctrl+w", lambda d: "READINESS GATES" in [column.label for column in d.place.columns]),
    "sort by name": ("pods", "N", lambda d: order(d) == ("NAME", True)),
    "sort by age": ("pods", "A", lambda d: order(d) == ("AGE", False)),
    "sort by status": ("pods", "S", lambda d: order(d) == ("STATUS", False) and shown(d)[0] == "pod-1"),
    "sort by namespace": ("deploy", "P", lambda d: order(d) == ("NAMESPACE", False)),
    "sort by a column": ("pods", "shift+right shift+right shift+right shift+left O", lambda d: order(d)[0] == "STATUS"),
    "all namespaces": ("pods kube-system", "0", lambda d: len(shown(d)) == 3),
    "a namespace": ("pods", "1", lambda d: shown(d) == ["pod-0", "pod-1"]),
    "owner": ("pods", "J", lambda d: d.place.place_name == "replicasets" and d.place.selected.name == "web-2"),
    "node": ("pods", "j o", lambda d: d.place.place_name == "nodes" and d.place.selected.name == "worker-2"),
    "copy the name": ("pods", "c", lambda d: d.clipboard == "pod-0"),
    "copy the namespace": ("pods", "n", lambda d: d.clipboard == "default"),
    "copy the kubeconfig": ("pods", "K", lambda d: d.clipboard.startswith("export KUBECONFIG=")),
    "save the table": ("pods", "ctrl+s", lambda d: list((d.session.state / "tables").glob("pods-*.txt"))),
    "back": ("pods", "escape", lambda d: isinstance(d.screen, Overview)),
    "back with q": ("pods", "q", lambda d: isinstance(d.screen, Overview)),
    "ask to quit": ("pods", "ctrl+c", lambda d: "Leave k9lite?" in screen(d)),
    "previous pane": ("pods", "escape 3 shift+tab", lambda d: d.place.place_name == "nodes"),
    "pane by number": ("pods", "escape 5", lambda d: d.place.place_name == "services"),
    "maximise": ("pods", "escape 5 m", lambda d: d.screen.maximised == "services"),
    "map": ("pods", "M", lambda d: "Nodes and pods" in screen(d)),
    "shell": ("pods", "s", lambda d: d.cluster.client.streams.entered == [("pod-0", ["sh"])]),
    "attach": ("pods", "a", lambda d: d.cluster.client.streams.entered == [("pod-0", "attach")]),
}


# There and back: keys with what must be true after them, step by step; none of it is true before its keys.
STEPS = {
    "delete, cancelled": ("pods", ("ctrl+d", lambda d: "Delete pod/pod-0?" in screen(d)), ("enter", all_pods_listed)),
    "kill, cancelled": ("pods", ("ctrl+k", lambda d: "Kill pod/pod-0" in screen(d)), ("enter", all_pods_listed)),
    "top": ("pods", ("G", is_on("pod-2")), ("g", is_on("pod-0"))),
    "pages": ("pods", ("ctrl+f", is_on("pod-2")), ("ctrl+b", is_on("pod-0"))),
    "columns": ("nodes", ("l", lambda d: d.place.skipped == 1), ("h", lambda d: d.place.skipped == 0)),
    "clear a filter": ("pods", ("slash 'pod-1 enter", lambda d: shown(d) == ["pod-1"]), ("escape", all_pods_listed)),
    "history": (
        "pods",
        ("J", is_at("replicasets")),
        ("left_square_bracket", is_at("pods")),
        ("right_square_bracket", is_at("replicasets")),
    ),
    "last view": ("pods", ("o", is_at("nodes")), ("minus", is_at("pods")), ("minus", is_at("nodes"))),
    "next pane": ("pods", ("escape 3", is_at("deployments")), ("tab", is_at("pods"))),
}


async def open_view(pilot, command):
    pilot.app.post_message(CommandBar.Entered(command))
    await settle(pilot)


async def comes_true(pilot, holds):
    """Whether it does so before long; most of it is there at once."""
    for _ in range(100):
        if await holds():
            return True
        await pilot.pause(0.02)
    return False


@pytest.mark.parametrize("name", CHANGES)
async def test_keys_that_change_the_cluster(dashboard, client, name):
    view, keys, look, holds = CHANGES[name]
    async with dashboard.run_test(size=SIZE) as pilot:
        await open_view(pilot, view)

        async def it_holds():
            return holds(await look(client))

        assert not await it_holds()
        await typed(pilot, keys)
        assert await comes_true(pilot, it_holds)


async def lead_to(pilot, keys, holds):
    """Press `keys`, and wait until that holds which did not before."""

    async def it_holds():
        try:
            return holds(pilot.app)
        except (AttributeError, TypeError):  # the screen is not there yet
            return False

    assert not await it_holds(), screen(pilot.app)
    await typed(pilot, keys)
    assert await comes_true(pilot, it_holds), screen(pilot.app)


@pytest.mark.parametrize("name", LOOKS)
async def test_keys_that_lead_and_show(dashboard, name):
    view, keys, holds = LOOKS[name]
    async with dashboard.run_test(size=SIZE) as pilot:
        await open_view(pilot, view)
        await lead_to(pilot, keys, holds)


@pytest.mark.parametrize("name", STEPS)
async def test_keys_that_lead_there_and_back(dashboard, name):
    view, *steps = STEPS[name]
    async with dashboard.run_test(size=SIZE) as pilot:
        await open_view(pilot, view)
        for keys, holds in steps:
            await lead_to(pilot, keys, holds)


async def test_refresh_draws_all_rows_anew(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await open_view(pilot, "pods")
        table = dashboard.place
        table.clear()
        table.reorder()
        await lead_to(pilot, "ctrl+r", all_pods_listed)


async def test_ctrl_q_quits_at_once(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+q")
    assert dashboard.return_code == 0
