"""The kubeconfig that points kubectl at this cluster."""

import base64
from pathlib import Path
from typing import Any

import yaml

from k9lite import private_files
from k9lite.engine.http.credentials import Credentials


def entries(name: str, server: str, credentials: Credentials) -> dict[str, Any]:
    """A kubeconfig with one cluster, user and context, all called `name`; `server` is an https URL."""
    authority = base64.b64encode(credentials.authority.encode()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": name, "user": {"token": credentials.token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
        "current-context": name,
    }


def write(path: Path, name: str, server: str, credentials: Credentials) -> None:
    """Write a kubeconfig that only its owner can read."""
    private_files.write(path, _dump(entries(name, server, credentials)))


def merge(existing: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """`existing` with the entries of `added` put in or replaced by name, and its context made the current one."""
    merged = {"apiVersion": "v1", "kind": "Config", "preferences": {}} | existing
    for section in ("clusters", "users", "contexts"):
        names = {entry["name"] for entry in added[section]}
        kept = [entry for entry in existing.get(section) or [] if entry.get("name") not in names]
        merged[section] = kept + added[section]
    return merged | {"current-context": added["current-context"]}


def merge_into(path: Path, added: dict[str, Any]) -> None:
    """Merge into the kubeconfig at `path`, which need not exist yet. Raises ValueError when it is not one."""
    text = path.read_text() if path.exists() else ""
    existing = yaml.safe_load(text) if text.strip() else {}
    if not isinstance(existing, dict):
        raise ValueError(f"{path} is not a kubeconfig")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private_files.write(path.resolve(), _dump(merge(existing, added)))  # a link to it stays a link


def _dump(data: dict[str, Any]) -> bytes:
    return yaml.safe_dump(data, sort_keys=False).encode()
