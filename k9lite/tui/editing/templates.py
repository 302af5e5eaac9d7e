"""What a new manifest starts from; pure."""

from collections.abc import Mapping
from typing import Any

from k9lite.api import schema
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.schema import ListOf, Struct, Type
from k9lite.api.schema.types import zero
from k9lite.tui.editing.yaml_text import dump

DEEPEST = 6  # required fields within required fields

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: my-app
spec:
  replicas: 2
  selector:
    matchLabels:
      app: my-app
  template:
    metadata:
      labels:
        app: my-app
    spec:
      containers:
        - name: app
          image: nginx:1.27
          ports:
            - containerPort: 80
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: my-app
spec:
  selector:
    app: my-app
  ports:
    - port: 80
      targetPort: 80
"""
_POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: my-pod
spec:
  containers:
    - name: app
      image: nginx:1.27
"""
_JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: my-job
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: job
          image: busybox:1.36
          command: ["sh", "-c", "echo done"]
"""
_CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: my-config
data:
  key: value
"""
_OPAQUE = """\
apiVersion: v1
kind: Secret
metadata:
  name: my-secret
stringData:
  password: change-me
"""
# By what they are called when one is chosen.
TEMPLATES: Mapping[str, str] = {
    "nothing, to paste or type": "",
    "Deployment": _DEPLOYMENT,
    "Deployment and Service": f"{_DEPLOYMENT}---\n{_SERVICE}",
    "Service": _SERVICE,
    "Pod": _POD,
    "Job": _JOB,
    "ConfigMap": _CONFIG_MAP,
    "Secret": _OPAQUE,
}


def skeleton(kind: Kind[Any]) -> str:
    """An object of any kind with its required fields, empty."""
    metadata = {"name": f"my-{kind.singular}"}
    data: Data = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
    struct = schema.of(kind)
    if isinstance(struct, Struct):
        for name, field in struct.fields.items():
            if name in ("apiVersion", "kind", "metadata", "status"):
                continue
            if field.required or name == "spec":
                data[name] = _empty(field.type, DEEPEST)
    return "\n".join(_ordered(dump(data))) + "\n"


def _empty(type: Type, deeper: int) -> Any:
    """The least that may stand there."""
    if isinstance(type, Struct) and deeper:
        return {field.name: _empty(field.type, deeper - 1) for field in type.required}
    if isinstance(type, ListOf) and deeper:
        return [_empty(type.item, deeper - 1)]
    return zero(type)


def _ordered(lines: list[str]) -> list[str]:
    """As people write it: the version and the kind first."""
    first = [line for line in lines if line.startswith(("apiVersion:", "kind:"))]
    return first + [line for line in lines if line not in first]
