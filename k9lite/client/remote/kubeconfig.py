"""Where a cluster is and how to be let in, from a kubeconfig with a token (as k9lite writes them)."""

import base64
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class KubeconfigError(Exception):
    """The file does not say what is needed; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """url: https://host:port; authority: the CA as PEM, empty for the system's; unix_socket: speak to it instead."""

    url: str
    token: str = ""
    authority: str = ""
    unix_socket: str = ""

    def tls(self) -> ssl.SSLContext | None:
        if not self.url.startswith("https:"):
            return None
        return ssl.create_default_context(cadata=self.authority or None)


def load(path: Path, context: str = "") -> Endpoint:
    """The endpoint of `context`, or of the current context. Raises KubeconfigError."""
    try:
        config = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise KubeconfigError(f"{path}: {error}") from error
    if not isinstance(config, dict):
        raise KubeconfigError(f"{path} is not a kubeconfig")
    chosen = _named(config, "contexts", context or config.get("current-context", ""), path)["context"]
    cluster = _named(config, "clusters", chosen.get("cluster", ""), path)["cluster"]
    user = _named(config, "users", chosen.get("user", ""), path).get("user") or {}
    authority = base64.b64decode(cluster.get("certificate-authority-data", "")).decode()
    return Endpoint(cluster["server"].rstrip("/"), user.get("token", ""), authority)


def _named(config: dict[str, Any], section: str, name: str, path: Path) -> dict[str, Any]:
    for entry in config.get(section) or []:
        if isinstance(entry, dict) and entry.get("name") == name:
            return entry
    raise KubeconfigError(f"{path} has no {section.removesuffix('s')} named {name!r}")
