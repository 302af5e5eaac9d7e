"""The images that can be pulled: bundled ones and well-known public ones."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from k9lite.api import images
from k9lite.engine.node.runtimes.protocol import ImageRecord, PullError

MEGABYTE = 1_000_000
VERSION = r"v?\d{1,4}(?:\.\d{1,2}){0,3}"
FLAVOURS = r"(?:-(?:alpine|slim|bookworm|bullseye|trixie|jammy|noble|perl|glibc|musl|uclibc|apache|fpm)[\w.]*)*"
ANY_TAG = re.compile(rf"latest|stable|mainline|edge|lts|rolling|(?:{VERSION})?(?:alpine|slim)?{FLAVOURS}")

# Path on the Docker hub (or with its registry) -> compressed size in MB.
PUBLIC = {
    "library/alpine": 4, "library/busybox": 2, "library/caddy": 20, "library/debian": 49, "library/golang": 300,
    "library/haproxy": 40, "library/httpd": 58, "library/mariadb": 120, "library/memcached": 30,
    "library/mongo": 260, "library/mysql": 240, "library/nats": 8, "library/nginx": 68, "library/node": 380,
    "library/openjdk": 240, "library/perl": 340, "library/php": 170, "library/postgres": 150, "library/python": 360,
    "library/rabbitmq": 100, "library/redis": 45, "library/ruby": 340, "library/tomcat": 190, "library/traefik": 50,
    "library/ubuntu": 29, "library/wordpress": 240, "library/hello-world": 1, "library/registry": 10,
    "curlimages/curl": 9, "grafana/grafana": 150, "hashicorp/http-echo": 3, "nginxdemos/hello": 20,
    "prom/prometheus": 110, "traefik/whoami": 3, "bitnami/kubectl": 90,
    "registry.k8s.io/pause": 0.3, "registry.k8s.io/e2e-test-images/agnhost": 50,
    "registry.k8s.io/echoserver": 40, "gcr.io/google-samples/hello-app": 12, "gcr.io/google-samples/gb-frontend": 130,
    "registry.k8s.io/nginx-slim": 40,
}  # fmt: skip
BUNDLED = {"node-app:v1": 52, "node-app:v2": 52}
UNKNOWN_SIZE = 80.0

DENIED = (
    "pull access denied, repository does not exist or may require authorization: "
    "server message: insufficient_scope: authorization failed"
)


def digest(name: str) -> str:
    return f"sha256:{sha256(name.encode()).hexdigest()}"


def record(name: str, megabytes: float) -> ImageRecord:
    return ImageRecord(name, digest(name), int(megabytes * MEGABYTE))


@dataclass(frozen=True)
class Catalogue:
    """What every node finds on its disk, and what the registries of the world would give it.

    policy: "catalogue" (the well-known public images pull) or "any" (every well-formed name does)
    bundled: whether the images that come with k9lite are on every node from the start
    """

    policy: Literal["catalogue", "any"] = "catalogue"
    bundled: bool = True

    def on_disk(self, full_name: str) -> ImageRecord | None:
        """The image, if every node has it without pulling."""
        return _BUNDLED.get(full_name) if self.bundled else None

    def everywhere(self) -> list[ImageRecord]:
        """Every image that is on all nodes."""
        return list(_BUNDLED.values()) if self.bundled else []

    def fetch(self, full_name: str) -> ImageRecord:
        """The image as its registry answers. PullError, in containerd's words."""
        name = images.parse(full_name)
        if name is not None and self.policy == "any":
            return record(full_name, PUBLIC.get(_path(name), UNKNOWN_SIZE))
        known = name is not None and _path(name) in PUBLIC
        if name is not None and known and (name.digest or ANY_TAG.fullmatch(name.tag or "latest")):
            return record(full_name, PUBLIC[_path(name)])
        problem = f"{full_name}: not found" if known else DENIED
        raise PullError(
            f'failed to pull and unpack image "{full_name}": failed to resolve reference "{full_name}": {problem}'
        )


def _path(name: images.ImageName) -> str:
    """As `PUBLIC` has it."""
    return name.path if name.registry == images.DEFAULT_REGISTRY else f"{name.registry}/{name.path}"


_BUNDLED = {full: record(full, size) for full, size in ((str(images.parse(n)), s) for n, s in BUNDLED.items())}
