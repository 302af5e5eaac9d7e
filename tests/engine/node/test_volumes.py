"""What containers see of configmaps, secrets, the downward API and their own account, now and later."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.client.protocol import PatchType
from k9lite.client.streams import LogOptions
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.runtimes.host_files import HostFiles, HostPathError
from k9lite.engine.node.streams import NodeStreams

LABELS = {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}


def volumes(**sources: Data) -> Data:
    """A pod's volumes, each mounted at /<name>."""
    mounts = [{"name": name, "mountPath": f"/{name}"} for name in sources]
    container = {"name": "c", "image": "busybox", "command": ["sleep", "9999"], "volumeMounts": mounts}
    return {
        "containers": [container],
        "volumes": [{"name": name, **source} for name, source in sources.items()],
    }


@pytest.fixture
def sh(kubelet: Kubelet) -> Callable[[str], Any]:
    """Run a script in the pod; what it wrote."""
    streams = NodeStreams({kubelet.name: kubelet})

    async def run(script: str) -> str:
        process = await streams.exec("default", "p", "c", ["sh", "-c", script])
        return b"".join([data async for _, data in process.output()]).decode()

    return run


async def test_mounted_files_follow_their_configmap(
    client: LocalClient, run: Callable[..., Any], sh: Callable[[str], Any], clock: ManualClock
) -> None:
    await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "c"}, "data": {"a": "1", "b": "2"}}, "default")
    chosen = {"name": "c", "items": [{"key": "b", "path": "deep/b", "mode": 0o400}]}
    spec = volumes(
        config={"configMap": {"name": "c", "defaultMode": 0o440}},
        some={
            "projected": {
                "sources": [
                    {"configMap": chosen},
                    {"configMap": {"name": "later", "optional": True}},
                ]
            }
        },
    )
    spec["containers"][0]["volumeMounts"].append({"name": "config", "mountPath": "/part", "subPath": "a"})
    await run(spec, 3)
    assert await sh("cat /config/a /config/b /some/deep/b /part; ls /some") == "1221deep\n"
    assert (await sh("ls -l /config/a /some/deep/b")).split("\n")[0].startswith("-r--r-----")
    change = {"data": {"a": "3", "b": None, "c": "4"}}
    await client.patch(kinds.CONFIG_MAP, "c", change, PatchType.MERGE, "default")
    await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "later"}, "data": {"new": "!"}}, "default")
    await clock.advance(10)
    assert await sh("cat /config/a") == "1"  # nobody looked yet
    await clock.advance(90)
    assert await sh("cat /config/*; cat /part") == "341"
    assert await sh("cat /some/deep/b") == "2"  # a key that must be there keeps all of the volume as it was


async def test_labels_reach_a_volume_at_once(
    client: LocalClient, run: Callable[..., Any], sh: Callable[[str], Any], clock: ManualClock
) -> None:
    await run(volumes(info={"downwardAPI": {"items": [LABELS]}}), 3)
    assert await sh("cat /info/labels") == ""
    await client.patch(kinds.POD, "p", {"metadata": {"labels": {"a": "b"}}}, PatchType.MERGE, "default")
    await clock.advance(2)
    assert await sh("cat /info/labels") == 'a="b"'


async def test_a_pod_can_say_who_it_is(client: LocalClient, run: Callable[..., Any], sh: Callable[[str], Any]) -> None:
    await run({"containers": [{"name": "c", "image": "busybox", "command": ["sleep", "9"]}]}, 3)
    folder = "/var/run/secrets/kubernetes.io/serviceaccount"
    token, namespace = (await sh(f"cat {folder}/token; echo; cat {folder}/namespace")).split("\n")
    assert namespace == "default"
    review = kinds.Kinds().of("authentication.k8s.io/v1", "TokenReview")
    assert review is not None
    answer = (await client.create(review, {"spec": {"token": token}})).data()["status"]
    assert answer["user"]["username"] == "system:serviceaccount:default:default"
    assert answer["user"]["extra"]["authentication.kubernetes.io/pod-name"] == ["p"]


async def test_hosts_and_resolver(run: Callable[..., Any], sh: Callable[[str], Any]) -> None:
    container = {"name": "c", "image": "busybox", "command": ["sleep", "9"]}
    aliases = [{"ip": "1.2.3.4", "hostnames": ["foo", "bar"]}]
    dns = {"nameservers": ["1.1.1.1"], "searches": ["x.example"], "options": [{"name": "ndots", "value": "2"}]}
    await run(
        {
            "containers": [container],
            "hostAliases": aliases,
            "dnsPolicy": "None",
            "dnsConfig": dns,
            "hostname": "h",
            "subdomain": "s",
        },
        3,
    )
    hosts = await sh("cat /etc/hosts")
    assert hosts.startswith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
    assert "\th.s.default.svc.cluster.local\th\n" in hosts
    assert hosts.endswith("# Entries added by HostAliases.\n1.2.3.4\tfoo\tbar\n")
    assert await sh("cat /etc/resolv.conf") == "search x.example\nnameserver 1.1.1.1\noptions ndots:2\n"


async def test_modes(run: Callable[..., Any], sh: Callable[[str], Any]) -> None:
    await run(volumes(shared={"emptyDir": {}}), 3)
    script = "cd /shared; echo a > f; chmod 640 f; ls -l f; chmod u+x,g-r,o=w f; ls -l f"
    first, second = (await sh(script)).splitlines()
    assert (first[:10], second[:10]) == ("-rw-r-----", "-rwx----w-")


async def test_a_folder_of_a_volume_is_the_same_wherever_it_is_mounted(
    run: Callable[..., Any], sh: Callable[[str], Any]
) -> None:
    spec = volumes(shared={"emptyDir": {}})
    env = [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
    inner = {"name": "shared", "mountPath": "/inner", "subPathExpr": "deep/$(POD)"}
    spec["containers"][0] |= {"env": env, "volumeMounts": [*spec["containers"][0]["volumeMounts"], inner]}
    await run(spec, 3)
    assert await sh("echo a > /inner/f; cat /shared/deep/p/f; echo b > /shared/deep/p/f; cat /inner/f") == "a\nb\n"
    assert await sh("rm /inner/f; ls /inner /shared") == "/inner:\n/shared:\ndeep\n"


async def test_the_folder_of_a_sub_path_is_made(run: Callable[..., Any], sh: Callable[[str], Any]) -> None:
    spec = volumes(shared={"emptyDir": {}})
    inner = {"name": "shared", "mountPath": "/inner", "subPath": "deep/down"}
    spec["containers"][0]["volumeMounts"].append(inner)
    await run(spec, 3)
    assert await sh("touch /shared/deep/down/f; ls /inner; mkdir /inner/g; ls /shared/deep/down") == "f\nf\ng\n"
    assert await sh("rmdir /shared/deep/down/g; ls /inner") == "f\n"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("$(A)/x", "missing value for A"),
        ("$(Z)/$(A)", "missing value for A, Z"),
        ("$(B)", "error SubPath `/tmp` must not be an absolute path"),
        ("x/$(C)", "unable to provision SubPath `x/..`: must not contain '..'"),
    ],
)
async def test_a_sub_path_that_cannot_be_keeps_the_container_waiting(
    run: Callable[..., Any], client: LocalClient, clock: ManualClock, expression: str, message: str
) -> None:
    spec = volumes(shared={"emptyDir": {}})
    annotation = {"fieldRef": {"fieldPath": "metadata.annotations['part']"}}
    spec["containers"][0]["env"] = [
        {"name": "A", "valueFrom": annotation},
        {"name": "B", "value": "/tmp"},
        {"name": "C", "value": ".."},
    ]
    spec["containers"][0]["volumeMounts"].append({"name": "shared", "mountPath": "/i", "subPathExpr": expression})
    status = await run(spec, 30)
    [container] = status["containerStatuses"]
    assert container["state"] == {"waiting": {"reason": "CreateContainerConfigError", "message": message}}
    assert status["phase"] == "Pending"
    failed = [one.view.message for one in (await client.list(kinds.EVENT)).items if one.view.reason == "Failed"]
    assert failed == [f"Error: {message}"]
    if message == "missing value for A":
        change = {"metadata": {"annotations": {"part": "deep"}}}
        await client.patch(kinds.POD, "p", change, PatchType.MERGE, "default")
        await clock.advance(30)
        assert (await client.get(kinds.POD, "p", "default")).view.status.phase == "Running"


@pytest.mark.parametrize(
    ("own", "general", "script", "told"),
    [
        ({}, {}, "id -u; id; whoami", "0\nuid=0(root) gid=0(root) groups=0(root)\nroot\n"),
        ({"runAsUser": 7}, {"runAsUser": 5, "runAsGroup": 6}, "id -u; id -g", "7\n6\n"),
        ({}, {"runAsUser": 5}, "id; whoami", "uid=5 gid=0(root) groups=0(root)\nwhoami: unknown uid 5\n"),
        (
            {"readOnlyRootFilesystem": True},
            {},
            "touch /x; echo a > /v/x; cat /v/x",
            "touch: /x: Read-only file system\na\n",
        ),
        (
            {"readOnlyRootFilesystem": True},
            {},
            "mkdir /x; rm -r /etc; ls /v",
            "mkdir: can't create directory '/x': Read-only file system\nrm: Read-only file system\n",
        ),
    ],
)
async def test_as_whom_containers_run(
    run: Callable[..., Any], sh: Callable[[str], Any], own: Data, general: Data, script: str, told: str
) -> None:
    spec = volumes(v={"emptyDir": {}}) | {"securityContext": general}
    spec["containers"][0]["securityContext"] = own
    await run(spec, 3)
    assert await sh(script) == told


@pytest.mark.parametrize(
    ("context", "problem"),
    [
        ({"runAsNonRoot": True}, "container has runAsNonRoot and image will run as root (pod: "),
        ({"runAsNonRoot": True, "runAsUser": 0}, "container's runAsUser breaks non-root policy (pod: "),
        ({"runAsNonRoot": True, "runAsUser": 1}, None),
    ],
)
async def test_root_may_be_forbidden(run: Callable[..., Any], context: Data, problem: str | None) -> None:
    container = {"name": "c", "image": "busybox", "command": ["sleep", "9"], "securityContext": context}
    status = await run({"containers": [container]}, 3)
    waiting = status["containerStatuses"][0]["state"].get("waiting", {})
    assert (waiting.get("reason") == "CreateContainerConfigError") is (problem is not None)
    assert waiting.get("message", "").startswith(problem or "")


@pytest.mark.parametrize(
    ("reference", "state"),
    [("registry.k8s.io/e2e-test-images/kitten:1.8", "Succeeded"), ("kittn", "ErrImagePull")],
)
async def test_an_image_as_a_volume(run: Callable[..., Any], kubelet: Kubelet, reference: str, state: str) -> None:
    one = {
        "name": "c",
        "image": "busybox",
        "command": ["cat", "/v/data.json", "/v/etc/os-release"],
        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
    }
    volumes = [{"name": "v", "image": {"reference": reference}}]
    status = await run({"containers": [one], "volumes": volumes, "restartPolicy": "Never"}, 8)
    reason = status["containerStatuses"][0]["state"].get("waiting", {}).get("reason", "")
    assert state in (status["phase"], reason.replace("ImagePullBackOff", "ErrImagePull"))
    if state == "Succeeded":
        streams = NodeStreams({kubelet.name: kubelet})
        lines = [one.text async for batch in streams.logs("default", "p", LogOptions()) for one in batch]
        assert lines[:2] == ['{"image":"kitten.jpg"}', 'NAME="Alpine Linux"']


async def test_pods_of_a_node_share_its_files(
    run: Callable[..., Any], sh: Callable[[str], Any], kubelet: Kubelet, client: LocalClient, clock: ManualClock
) -> None:
    spec = volumes(
        data={"hostPath": {"path": "/data/shared"}},
        hosts={"hostPath": {"path": "/etc/hosts", "type": "File"}},
        made={"hostPath": {"path": "/data/made", "type": "FileOrCreate"}},
        logs={"hostPath": {"path": "/var/log", "type": "Directory"}},
    )
    await run(spec, 3)
    assert kubelet.name in await sh("cat /hosts")
    assert await sh("echo one > /data/a; mkdir /data/sub; ls /data; wc -c < /made; ls /logs") == (
        "a\nsub\n0\ncontainers\npods\n"
    )
    await client.delete(kinds.POD, "p", "default")
    await clock.advance(40)
    await run(volumes(root={"hostPath": {"path": "/data", "type": "Directory"}}), 3)
    assert await sh("cat /root/shared/a; ls /root; echo two >> /root/shared/a; wc -l < /root/shared/a") == (
        "one\nmade\nshared\n2\n"
    )


@pytest.mark.parametrize(
    ("path", "type", "complaint"),
    [
        ("/nothing", "Directory", "hostPath type check failed: /nothing is not a directory"),
        ("/etc/hosts", "DirectoryOrCreate", "hostPath type check failed: /etc/hosts is not a directory"),
        ("/var/log", "File", "hostPath type check failed: /var/log is not a file"),
        ("/nothing/a", "FileOrCreate", "open /nothing/a: no such file or directory"),
        ("/var/run/docker.sock", "Socket", "hostPath type check failed: /var/run/docker.sock is not a socket file"),
        ("/dev/vda", "CharDevice", "hostPath type check failed: /dev/vda is not a character device"),
        ("/dev/null", "BlockDevice", "hostPath type check failed: /dev/null is not a block device"),
        ("/run/containerd/containerd.sock", "Socket", ""),
        ("/dev/null", "CharDevice", ""),
        ("/new/folder", "DirectoryOrCreate", ""),
        ("/anything", "", ""),
    ],
)
def test_types_of_host_paths(path: str, type: str, complaint: str) -> None:
    host = HostFiles("node")
    try:
        host.volume(path, type)
        message = ""
    except HostPathError as error:
        message = str(error)
    assert message == complaint
