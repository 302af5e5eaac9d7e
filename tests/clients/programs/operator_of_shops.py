"""A small operator: every Shop gets a ConfigMap that says how much it sells, and a status."""

import kopf
from kubernetes import client, config


@kopf.on.startup()
def start(settings, **_):
    config.load_kube_config()
    settings.persistence.finalizer = "shops.example.com/operator"


@kopf.on.create("example.com", "v1", "shops")
@kopf.on.update("example.com", "v1", "shops")
def sell(spec, name, namespace, body, **_):
    core = client.CoreV1Api()
    data = {"metadata": {"name": name}, "data": {"sells": str(spec["size"] * 10)}}
    kopf.adopt(data, owner=body)
    try:
        core.create_namespaced_config_map(namespace, data)
    except client.ApiException as error:
        if error.status != 409:
            raise
        core.patch_namespaced_config_map(name, namespace, data)
    return {"sells": spec["size"] * 10}


@kopf.on.delete("example.com", "v1", "shops")
def close(name, namespace, **_):
    client.CoreV1Api().delete_namespaced_config_map(name, namespace)
