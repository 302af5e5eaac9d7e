"""A node that is switched off and on again: a new kubelet over what the cluster knows of its pods."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from node_pods import NODE, pod

from k9lite.aio.clock import ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.dns import NOBODY
from k9lite.api.object import Data
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.client.streams import LogLine, LogOptions
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.pod_router import PodRouter
from k9lite.engine.node.runtimes.simulated.catalogue import Catalogue
from k9lite.engine.node.runtimes.simulated.log_files import LogFiles
from k9lite.engine.node.runtimes.simulated.runtime import SimulatedRuntime
from k9lite.engine.node.streams import NodeStreams

Boot = Callable[..., Awaitable[Kubelet]]


@pytest.fixture
async def boot(client: Client, clock: ManualClock, randomness: Randomness) -> AsyncIterator[Boot]:
    """Switch the node off, if it is on, and on: nothing that it had in memory survives."""
    machine: list[TaskSet] = []
    kubelets: list[Kubelet] = []
    root = {"metadata": {"name": "kube-root-ca.crt"}, "data": {"ca.crt": "-"}}
    await client.create(kinds.CONFIG_MAP, root, "default")

    async def off() -> None:
        for kubelet, tasks in zip(kubelets, machine, strict=True):
            kubelet.close()
            await tasks.close()
        kubelets.clear()
        machine.clear()

    async def on(log_files: LogFiles | None = None) -> Kubelet:
        await off()
        crashes: list[Any] = []
        tasks, network = TaskSet(lambda name, error: crashes.append((name, error))), MemoryNetwork()
        machine.append(tasks)
        informers = Informers(client, clock, tasks)
        options = NodeOptions(NODE, "127.244.0.3", "127.244.1.0/24")
        runtime = SimulatedRuntime(
            NODE,
            options.pod_cidr,
            Catalogue(),
            clock,
            randomness,
            network,
            lambda name, type: NOBODY,
            tasks,
            log_files=log_files,
        )
        router = PodRouter(informers)
        kubelet = Kubelet(options, client, informers, router, clock, randomness, runtime, network, tasks)
        kubelets.append(kubelet)
        await informers.wait_synced()
        await kubelet.start()
        return kubelet

    yield on
    await off()


async def status(client: Client, name: str = "p") -> Data:
    found: Data = (await client.get(kinds.POD, name, "default")).data()["status"]
    return found


async def reasons(client: Client) -> list[str]:
    return [one.view.reason or "" for one in (await client.list(kinds.EVENT)).items]


async def test_containers_are_restarted_at_the_pods_old_address(boot: Boot, client: Client, clock: ManualClock) -> None:
    await boot()
    names = [f"p{number}" for number in range(5)]
    for name in names:
        await client.create(kinds.POD, pod(name, containers=[{"name": "c", "image": "node-app:v1"}]), "default")
    await clock.advance(3)
    before = {name: await status(client, name) for name in names}
    await client.delete(kinds.POD, "p0", "default")
    await client.create(kinds.POD, pod("new", containers=[{"name": "c", "image": "node-app:v1"}]), "default")
    await boot()
    await clock.advance(35)
    for name in names[1:]:
        now, (container,) = await status(client, name), (await status(client, name))["containerStatuses"]
        assert now["podIP"] == before[name]["podIP"]
        assert container["ready"]
        assert container["restartCount"] == 1
        ended, ran = container["lastState"]["terminated"], before[name]["containerStatuses"][0]
        assert (ended["exitCode"], ended["reason"]) == (255, "Unknown")
        assert ended["containerID"] == ran["containerID"] != container["containerID"]
        assert ended["startedAt"] == ran["state"]["running"]["startedAt"]
    assert (await status(client, "new"))["podIP"] not in {one["podIP"] for one in before.values()}
    assert "p0" not in [one.name for one in (await client.list(kinds.POD)).items]
    assert {"Rebooted", "SandboxChanged"} <= set(await reasons(client))


async def read_log(kubelet: Kubelet, *, previous: bool = False) -> list[str]:
    streams = NodeStreams({NODE: kubelet})
    return [line.text async for lines in streams.logs("default", "p", LogOptions(previous=previous)) for line in lines]


async def test_logs_go_with_the_memory_of_a_node_without_a_disk(boot: Boot, client: Client, clock: ManualClock) -> None:
    await boot()
    await client.create(kinds.POD, pod("p", containers=[{"name": "c", "image": "node-app:v1"}]), "default")
    await clock.advance(3)
    kubelet = await boot()
    await clock.advance(3)
    ended = (await status(client))["containerStatuses"][0]["lastState"]["terminated"]["containerID"]
    assert await read_log(kubelet, previous=True) == [f"unable to retrieve container logs for {ended}"]


@pytest.mark.parametrize(("code", "restart"), [(0, "Never"), (1, "Never")])
async def test_the_log_of_a_pod_that_ended_is_read_from_the_disk(
    boot: Boot, client: Client, clock: ManualClock, tmp_path: Path, code: int, restart: str
) -> None:
    files = LogFiles(tmp_path / "logs" / NODE)
    first = await boot(files)
    command = ["sh", "-c", f"echo one; echo two >&2; exit {code}"]
    container = {"name": "c", "image": "busybox", "command": command}
    await client.create(kinds.POD, pod("p", containers=[container], restartPolicy=restart), "default")
    await clock.advance(5)
    before = await status(client)
    assert before["phase"] == ("Failed" if code else "Succeeded")
    first.runtime.save_logs()
    second = await boot(files)
    await clock.advance(30)
    assert await read_log(second) == ["one", "two"]
    assert await status(client) == before
    await client.delete(kinds.POD, "p", "default")
    await clock.advance(5)
    assert list((tmp_path / "logs" / NODE).iterdir()) == []


async def test_the_log_of_a_container_of_before_is_its_previous_one(
    boot: Boot, client: Client, clock: ManualClock, tmp_path: Path
) -> None:
    files = LogFiles(tmp_path / "logs" / NODE)
    first = await boot(files)
    container = {"name": "c", "image": "busybox", "command": ["sh", "-c", "echo started $HOSTNAME; sleep 999"]}
    await client.create(kinds.POD, pod("p", containers=[container]), "default")
    await clock.advance(5)
    first.runtime.save_logs()
    second = await boot(files)
    await clock.advance(5)
    assert await read_log(second, previous=True) == ["started p"]
    assert await read_log(second) == ["started p"]


async def test_what_was_pulled_is_still_there(boot: Boot, client: Client, clock: ManualClock) -> None:
    await boot()
    await client.create(kinds.POD, pod("p", containers=[{"name": "c", "image": "nginx:1.27"}]), "default")
    await clock.advance(3)
    await boot()
    await clock.advance(3)
    assert (await reasons(client)).count("Pulling") == 1
    node = await client.get(kinds.NODE, NODE)
    assert any("docker.io/library/nginx:1.27" in image.names for image in node.view.status.images)


async def test_init_containers_run_again_before_the_others(boot: Boot, client: Client, clock: ManualClock) -> None:
    await boot()
    init = [{"name": f"i{number}", "image": "busybox", "command": ["sleep", "3"]} for number in range(2)]
    main = [{"name": "c", "image": "node-app:v1"}]
    await client.create(kinds.POD, pod("p", initContainers=init, containers=main), "default")
    await clock.advance(20)
    assert (await status(client))["containerStatuses"][0]["ready"]
    await boot()
    await clock.advance(2)
    assert (await status(client))["phase"] == "Pending"
    await clock.advance(15)
    now = await status(client)
    assert [one["restartCount"] for one in now["initContainerStatuses"]] == [1, 1]
    assert now["containerStatuses"][0]["restartCount"] == 1
    assert now["containerStatuses"][0]["ready"]


@pytest.mark.parametrize(
    ("policy", "command", "phase"),
    [
        ("Never", ["sleep", "1000"], "Failed"),
        ("OnFailure", ["sleep", "1000"], "Running"),
        ("Never", ["true"], "Succeeded"),
    ],
)
async def test_a_pod_that_is_not_restarted_has_ended(
    policy: str, command: list[str], phase: str, boot: Boot, client: Client, clock: ManualClock
) -> None:
    await boot()
    containers = [{"name": "c", "image": "busybox", "command": command}]
    await client.create(kinds.POD, pod("p", restartPolicy=policy, containers=containers), "default")
    await clock.advance(10)
    await boot()
    await clock.advance(10)
    assert (await status(client))["phase"] == phase


def test_log_files_are_bounded_and_only_read_by_ids(tmp_path: Path) -> None:
    (tmp_path / "secret.log").write_text("2026-01-01T00:00:00.000000Z stdout F x\n")
    files = LogFiles(tmp_path / "logs" / NODE)
    lines = [LogLine(float(number), f"{number:05} " + "x" * 1000) for number in range(1000)]
    files.write({"a1": lines})
    stored = files.read("a1")
    assert stored is not None
    assert stored[-1] == lines[-1]
    assert 200 < len(stored) < 260
    assert (tmp_path / "logs" / NODE / "a1.log").stat().st_mode & 0o777 == 0o600
    for id in ("", "b2", "../../secret"):
        assert files.read(id) is None
        files.delete([id])
    assert (tmp_path / "secret.log").exists()
