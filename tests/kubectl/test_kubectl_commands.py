"""What people do with kubectl beyond apply and get, against `k9lite serve`."""

import json
import os
import pty
import re
import subprocess

import pytest
from serving import installed
from shell import Shell, read_until

KUBECTLS = installed()
# SPDY and OpenAPI v2; WebSockets and JSON; WebSockets and protobuf.
VARIANTS = {"1.27", "1.31", "1.33"}
CHATTY = ["sh", "-c", "i=0; while true; do i=$((i+1)); echo line $i; sleep 1; done"]
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: {of: test}}\ndata: {a: %s}\n"

pytestmark = pytest.mark.skipif(not KUBECTLS, reason="there is no kubectl on this machine")


@pytest.fixture(params=KUBECTLS[:1], ids=lambda one: one.version)
def k(request, any_images, tmp_path):
    shell = Shell(any_images, request.param, tmp_path)
    yield shell
    shell("delete", "namespace", shell.namespace, "--wait=false")


@pytest.fixture(params=[one for one in KUBECTLS if one.version in VARIANTS], ids=lambda one: one.version)
def every_k(request, any_images, tmp_path):
    """For what kubectl's versions do in different ways on the wire."""
    shell = Shell(any_images, request.param, tmp_path)
    yield shell
    shell("delete", "namespace", shell.namespace, "--wait=false")


def pod(k, name="p", image="busybox", *command):
    k("run", name, f"--image={image}", "--restart=Never", *(["--", *command] if command else []))
    k("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=30s")


def test_a_watch_shows_a_pod_until_it_runs(k):
    with k.running("get", "pods", "-w") as watch:
        k("run", "p", "--image=nginx")
        lines = read_until(watch, r"p +1/1 +Running")
    assert re.search(r"p +0/1 +(Pending|ContainerCreating)", "".join(lines))


def test_logs_are_followed_while_they_are_written(every_k):
    pod(every_k, "p", "busybox", *CHATTY)
    with every_k.running("logs", "-f", "p") as follow:
        lines = read_until(follow, "line 3")
    assert [line.strip() for line in lines[-3:]] == ["line 1", "line 2", "line 3"]
    assert every_k("logs", "p", "--tail=1").startswith("line ")


def test_exec_carries_input_output_and_exit_code(every_k):
    pod(every_k, "p", "nginx")
    assert every_k("exec", "-i", "p", "--", "sh", stdin="echo hi; exit 3\n", exit=3).startswith("hi\n")
    assert every_k("exec", "p", "--", "hostname") == "p\n"
    assert 'exec: "nosuch": executable file not found in $PATH' in every_k("exec", "p", "--", "nosuch", exit=1)
    assert every_k("exec", "-i", "p", "--", "cat", stdin="x" * 200_000) == "x" * 200_000


def test_exec_with_a_terminal(every_k):
    pod(every_k, "p", "nginx")
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        every_k.command("exec", "-it", "p", "--", "sh"), stdin=inner, stdout=inner, stderr=inner, close_fds=True
    )
    os.close(inner)
    os.write(outer, b"echo $((40+2))\nexit 5\n")
    said = b""
    try:
        while piece := os.read(outer, 4096):
            said += piece
    except OSError:  # the other end has closed
        pass
    os.close(outer)
    assert process.wait(30) == 5
    assert b"/ # echo $((40+2))" in said
    assert b"42" in said


def test_files_are_copied_both_ways(every_k):
    pod(every_k, "p", "nginx")
    every_k.write("dir/a", "alpha")
    every_k.write("dir/sub/b", "beta" * 10_000)
    every_k("cp", "dir", "p:/tmp/dir")
    assert every_k("exec", "p", "--", "cat", "/tmp/dir/a") == "alpha"
    every_k("cp", "p:/tmp/dir", "back")
    assert (every_k.folder / "back/sub/b").read_text() == "beta" * 10_000


def test_attach_joins_the_process_of_the_container(k):
    pod(k, "p", "busybox", *CHATTY)
    with k.running("attach", "p") as attached:
        read_until(attached, r"line \d+")


def test_a_pod_that_lives_for_one_session(every_k):
    said = every_k("run", "-i", "--rm", "once", "--image=busybox", "--restart=Never", "--", "cat", stdin="echoed\n")
    assert "echoed" in said
    assert 'pod "once" deleted' in said
    assert "NotFound" in every_k("get", "pod", "once", exit=1)


def test_a_debug_container_joins_a_pod(k):
    pod(k, "p", "nginx")
    k("debug", "p", "--image=busybox", "-c", "dbg", "--", "sleep", "100")
    k("wait", "--for=jsonpath={.status.ephemeralContainerStatuses[0].state.running}", "pod/p", "--timeout=30s")
    assert k("exec", "p", "-c", "dbg", "--", "hostname") == "p\n"


def test_a_deployment_rolls_out_back_and_on(k):
    k("create", "deployment", "d", "--image=node-app:v1", "--replicas=2")
    k("rollout", "status", "deployment/d", "--timeout=60s")
    k("set", "image", "deployment/d", "node-app=node-app:v2")
    assert "successfully rolled out" in k("rollout", "status", "deployment/d", "--timeout=60s")
    assert re.findall(r"^\d", k("rollout", "history", "deployment/d"), re.M) == ["1", "2"]
    k("rollout", "undo", "deployment/d")
    k("rollout", "status", "deployment/d", "--timeout=60s")
    k("rollout", "restart", "deployment/d")
    k("rollout", "pause", "deployment/d")
    k("rollout", "resume", "deployment/d")
    images = k("get", "deployment", "d", "-o", "jsonpath={.spec.template.spec.containers[*].image}")
    assert images == "node-app:v1"


def test_an_editor_changes_an_object(k):
    k("create", "deployment", "d", "--image=nginx", "--replicas=2")
    editor = k.write("editor", "#!/bin/sh\nsed -i 's/replicas: 2/replicas: 4/' $1\n")
    (k.folder / editor).chmod(0o755)
    assert "edited" in k("edit", "deployment", "d", EDITOR=str(k.folder / editor))
    assert k("get", "deployment", "d", "-o", "jsonpath={.spec.replicas}") == "4"


def test_values_are_set_one_by_one(k):
    k("create", "deployment", "d", "--image=nginx")
    k("set", "env", "deployment/d", "A=b")
    k("set", "resources", "deployment/d", "--limits=cpu=200m,memory=64Mi")
    k("set", "serviceaccount", "deployment", "d", "default")
    container = json.loads(k("get", "deployment", "d", "-o", "json"))["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [{"name": "A", "value": "b"}]
    assert container["resources"]["limits"] == {"cpu": "200m", "memory": "64Mi"}
    k("expose", "deployment", "d", "--port=80")
    k("autoscale", "deployment", "d", "--min=1", "--max=3", "--cpu-percent=50")
    assert "d " in k("get", "service,hpa")


def test_a_node_is_drained_and_taken_back(k):
    node = "k9lite-worker2"
    k("create", "deployment", "drained", "--image=nginx", "--replicas=4")
    k("rollout", "status", "deployment/drained", "--timeout=60s")
    try:
        k("drain", node, "--ignore-daemonsets", "--force", "--delete-emptydir-data", "--pod-selector=app=drained")
        assert "SchedulingDisabled" in k("get", "node", node)
        # Pods that were evicted have gone; others took their places elsewhere.
        assert node not in k("get", "pods", "-l", "app=drained", "-o", "wide")
        k("taint", "node", node, "a=b:NoSchedule")
        k("taint", "node", node, "a-")
    finally:
        k("uncordon", node)


def test_usage_is_told_for_nodes_and_pods(k):
    pod(k, "p", "nginx")
    assert len(k("top", "nodes", "--no-headers").splitlines()) == 3
    assert re.match(r"p +\d+m +\d+Mi", k("top", "pods", "--no-headers"))


def test_what_may_be_done_and_who_asks(every_k):
    assert every_k("auth", "can-i", "create", "deployments") == "yes\n"
    allowed = [line.split() for line in every_k("auth", "can-i", "--list").splitlines()]
    assert ["*.*", "[]", "[]", "[*]"] in allowed
    assert ["selfsubjectreviews.authentication.k8s.io", "[]", "[]", "[create]"] in allowed
    assert allowed.count(["[/version]", "[]", "[get]"]) == 2
    assert every_k("create", "token", "default").count(".") == 2


def test_who_one_is(k):
    assert "kubernetes-admin" in k("auth", "whoami")


def test_the_api_describes_itself(every_k):
    assert "deployments " in every_k("api-resources")
    assert "apps/v1" in every_k("api-versions").split()
    assert "revisionHistoryLimit" in every_k("explain", "deployment", "--recursive")
    assert "Kubernetes control plane is running at" in every_k("cluster-info")
    assert every_k("get", "--raw", "/readyz") == "ok"
    assert json.loads(every_k("get", "--raw", "/version"))["minor"] == "36"


def test_server_side_apply_knows_who_owns_what(every_k):
    every_k.write("c.yaml", CONFIG_MAP % ("c", "one"))
    every_k("apply", "--server-side", "-f", "c.yaml")
    every_k("apply", "--server-side", "-f", "c.yaml", "--field-manager=other")
    every_k.write("c.yaml", CONFIG_MAP % ("c", "two"))
    assert 'conflict with "other": .data.a' in every_k("apply", "--server-side", "-f", "c.yaml", exit=1)
    assert "+  a: two" in every_k("diff", "-f", "c.yaml", exit=1)
    every_k("apply", "--server-side", "--force-conflicts", "-f", "c.yaml")
    assert every_k("diff", "-f", "c.yaml") == ""


def test_apply_prunes_what_is_no_longer_there(k):
    k.write("all/1.yaml", CONFIG_MAP % ("one", "x"))
    k.write("all/2.yaml", CONFIG_MAP % ("two", "x"))
    prune = ("apply", "-f", "all", "--prune", "-l", "of=test", "--prune-allowlist=core/v1/ConfigMap")
    k(*prune)
    (k.folder / "all/2.yaml").unlink()
    assert "configmap/two pruned" in k(*prune)
    assert "NotFound" in k("get", "configmap", "two", exit=1)


def test_wait_sees_conditions_values_and_ends(every_k):
    pod(every_k, "p", "nginx")
    every_k("wait", "--for=jsonpath={.status.phase}=Running", "pod/p", "--timeout=30s")
    every_k("delete", "pod", "p", "--wait=false")
    every_k("wait", "--for=delete", "pod/p", "--timeout=60s")
