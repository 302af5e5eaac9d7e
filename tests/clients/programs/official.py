"""The official Python client."""

import time
import uuid

import pytest
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import portforward, stream

config.load_kube_config()
core = client.CoreV1Api()
streaming = client.CoreV1Api(config.new_client_from_config())  # `stream` changes the client that it is given
namespace = f"official{uuid.uuid4().hex[:6]}"

core.create_namespace({"metadata": {"name": namespace}})
container = {"name": "web", "image": "nginx"}
core.create_namespaced_pod(
    namespace, {"metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {"containers": [container]}}
)
while core.read_namespaced_pod("web", namespace).status.phase != "Running":
    time.sleep(0.05)
assert [pod.metadata.name for pod in core.list_namespaced_pod(namespace, label_selector="app=web").items] == ["web"]

patched = core.patch_namespaced_pod("web", namespace, {"metadata": {"labels": {"new": "label"}}})
assert patched.metadata.labels == {"app": "web", "new": "label"}

with pytest.raises(ApiException, match="404") as missing:
    core.read_namespaced_pod("missing", namespace)
assert missing.value.reason == "Not Found"

version = core.list_namespaced_config_map(namespace).metadata.resource_version
core.create_namespaced_config_map(namespace, {"metadata": {"name": "made"}, "data": {"a": "b"}})
core.delete_namespaced_config_map("made", namespace)
seen = []
events = watch.Watch()
for event in events.stream(core.list_namespaced_config_map, namespace, resource_version=version, timeout_seconds=30):
    if event["object"].metadata.name == "made":
        seen.append(event["type"])
    if event["type"] == "DELETED":
        events.stop()
assert seen == ["ADDED", "DELETED"], seen

core.create_namespaced_pod(
    namespace,
    {
        "metadata": {"name": "talk"},
        "spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "c", "image": "busybox", "command": ["sh", "-c", "echo said"]}],
        },
    },
)
while core.read_namespaced_pod("talk", namespace).status.phase != "Succeeded":
    time.sleep(0.05)
assert core.read_namespaced_pod_log("talk", namespace) == "said\n"

session = stream(
    streaming.connect_get_namespaced_pod_exec,
    "web",
    namespace,
    command=["sh"],
    stdin=True,
    stdout=True,
    stderr=True,
    tty=False,
    _preload_content=False,
)
session.write_stdin("echo hello; exit 4\n")
session.run_forever(timeout=30)
assert session.read_stdout() == "hello\n"
assert session.returncode == 4

forward = portforward(streaming.connect_get_namespaced_pod_portforward, "web", namespace, ports="80")
connection = forward.socket(80)
connection.setblocking(True)
connection.sendall(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
answer = b""
while piece := connection.recv(65536):
    answer += piece
assert answer.startswith(b"HTTP/1.1 200"), answer
assert forward.error(80) is None

core.delete_namespace(namespace)
print("done")
