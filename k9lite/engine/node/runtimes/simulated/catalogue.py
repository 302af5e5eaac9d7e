"""The images that nodes have from the start, and those that they can pull."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from k9lite.api import images
from k9lite.engine.node.runtimes.protocol import ImageRecord, PullError
from k9lite.engine.node.runtimes.simulated import registries

MEGABYTE = 1_000_000

# Path on the Docker hub (or with its registry) -> compressed size in MB.
SIZES = {
    "library/alpine": 4,
    "library/busybox": 2,
    "library/caddy": 20,
    "library/debian": 49,
    "library/golang": 300,
    "library/haproxy": 40,
    "library/httpd": 58,
    "library/mariadb": 120,
    "library/memcached": 30,
    "library/mongo": 260,
    "library/mysql": 240,
    "library/nats": 8,
    "library/nginx": 68,
    "library/node": 380,
    "library/openjdk": 240,
    "library/perl": 340,
    "library/php": 170,
    "library/postgres": 150,
    "library/python": 360,
    "library/rabbitmq": 100,
    "library/redis": 45,
    "library/ruby": 340,
    "library/tomcat": 190,
    "library/traefik": 50,
    "library/ubuntu": 29,
    "library/wordpress": 240,
    "library/hello-world": 1,
    "library/registry": 10,
    "curlimages/curl": 9,
    "grafana/grafana": 150,
    "hashicorp/http-echo": 3,
    "nginxdemos/hello": 20,
    "prom/prometheus": 110,
    "traefik/whoami": 3,
    "bitnami/kubectl": 90,
    "registry.k8s.io/pause": 0.3,
    "registry.k8s.io/e2e-test-images/agnhost": 50,
    "registry.k8s.io/echoserver": 40,
    "gcr.io/google-samples/hello-app": 12,
    "gcr.io/google-samples/gb-frontend": 130,
    "registry.k8s.io/nginx-slim": 40,
}
BUNDLED = {"node-app:v1": 52, "node-app:v2": 52}
UNKNOWN_SIZE = 80.0


def digest(name: str) -> str:
    return f"sha256:{sha256(name.encode()).hexdigest()}"


def record(name: str, megabytes: float) -> ImageRecord:
    return ImageRecord(name, digest(name), int(megabytes * MEGABYTE))


@dataclass(frozen=True)
class Catalogue:
    """What every node finds on its disk, and what the registries of the world would give it.

    policy: "catalogue" (what public registries are known to have pulls) or "any" (every well-formed name does)
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
        if name is None:
            raise PullError(f'failed to parse image reference "{full_name}": invalid reference format')
        problem = "" if self.policy == "any" else registries.problem(name)
        if problem:
            raise PullError(
                f'failed to pull and unpack image "{full_name}": failed to resolve reference "{full_name}": {problem}'
            )
        return record(full_name, SIZES.get(_path(name), UNKNOWN_SIZE))


def _path(name: images.ImageName) -> str:
    """As `SIZES` has it."""
    return name.path if name.registry == images.DEFAULT_REGISTRY else f"{name.registry}/{name.path}"


_BUNDLED = {full: record(full, size) for full, size in ((str(images.parse(n)), s) for n, s in BUNDLED.items())}
