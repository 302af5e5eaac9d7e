"""kopf: an operator with a CustomResourceDefinition of its own, and somebody who opens and closes shops."""

import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

OPERATOR = Path(__file__).parent / "operator_of_shops.py"
NAME = f"kopf{uuid.uuid4().hex[:6]}"
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer", "minimum": 1}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
VERSION = {
    "name": "v1",
    "served": True,
    "storage": True,
    "schema": {"openAPIV3Schema": SCHEMA},
    "subresources": {"status": {}},
}
DEFINITION = {
    "metadata": {"name": "shops.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "versions": [VERSION],
        "names": {"kind": "Shop", "plural": "shops", "singular": "shop"},
    },
}
CORNER = {
    "apiVersion": "example.com/v1",
    "kind": "Shop",
    "metadata": {"name": "corner"},
    "spec": {"size": 2},
}

config.load_kube_config()
core, custom, definitions = client.CoreV1Api(), client.CustomObjectsApi(), client.ApiextensionsV1Api()
shops = ("example.com", "v1", NAME, "shops")


def eventually(read, expected):
    deadline = time.monotonic() + 40
    while (found := read()) != expected:
        assert time.monotonic() < deadline, f"{found} is not {expected}"
        time.sleep(0.1)


def established():
    found = definitions.read_custom_resource_definition("shops.example.com").status.conditions or ()
    return any(one.type == "Established" and one.status == "True" for one in found)


def sells():
    try:
        return core.read_namespaced_config_map("corner", NAME).data["sells"]
    except ApiException as error:
        return error.status


def told():
    return custom.get_namespaced_custom_object(*shops, "corner").get("status", {}).get("sell")


core.create_namespace({"metadata": {"name": NAME}})
definitions.create_custom_resource_definition(DEFINITION)
eventually(established, True)
operator = subprocess.Popen([sys.executable, "-m", "kopf", "run", "--standalone", "-n", NAME, str(OPERATOR)])
try:
    custom.create_namespaced_custom_object(*shops, CORNER)
    eventually(sells, "20")
    eventually(told, {"sells": 20})
    custom.patch_namespaced_custom_object(*shops, "corner", {"spec": {"size": 3}})
    eventually(sells, "30")
    with pytest.raises(ApiException, match="422"):
        custom.patch_namespaced_custom_object(*shops, "corner", {"spec": {"size": 0}})
    custom.delete_namespaced_custom_object(*shops, "corner")
    eventually(sells, 404)
finally:
    operator.terminate()
    operator.wait(20)
    definitions.delete_custom_resource_definition("shops.example.com")
    core.delete_namespace(NAME)
print("done")
