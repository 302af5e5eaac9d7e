"""The images whose contents are simulated, so that a program which is missing here is missing there as well."""

from k9lite.api.images import DEFAULT_REGISTRY, ImageName
from k9lite.engine.node.runtimes.simulated import web_pages

OFFICIAL = frozenset(
    {
        "alpine",
        "bash",
        "busybox",
        "caddy",
        "debian",
        "haproxy",
        "hello-world",
        "httpd",
        "mariadb",
        "memcached",
        "mongo",
        "mysql",
        "nats",
        "nginx",
        "node",
        "node-app",
        "perl",
        "php",
        "postgres",
        "python",
        "rabbitmq",
        "redis",
        "registry",
        "ruby",
        "tomcat",
        "traefik",
        "ubuntu",
        "wordpress",
    }
)
OF_ORGANISATIONS = frozenset(
    {
        "curlimages/curl",
        "grafana/grafana",
        "hashicorp/http-echo",
        "nginxdemos/hello",
        "prom/prometheus",
        "traefik/whoami",
    }
)
OF_KUBERNETES = frozenset(
    {
        "pause",
        "nginx-slim",
        "echoserver",
        "e2e-test-images/agnhost",
        "e2e-test-images/busybox",
        "e2e-test-images/httpd",
        "e2e-test-images/nginx",
        "e2e-test-images/perl",
        "e2e-test-images/redis",
        "e2e-test-images/echoserver",
    }
)
OF_GOOGLE = frozenset({"google-samples/hello-app", "google-samples/gb-frontend", "google-containers/pause"})

KNOWN = {
    DEFAULT_REGISTRY: OF_ORGANISATIONS | {f"library/{name}" for name in OFFICIAL},
    "registry.k8s.io": OF_KUBERNETES,
    "k8s.gcr.io": OF_KUBERNETES,
    "gcr.io": OF_GOOGLE,
    "us-docker.pkg.dev": frozenset({"google-samples/containers/gke/hello-app"}),
}


def are_known(name: ImageName) -> bool:
    return name.path in KNOWN.get(name.registry, ())


# What the images of these names are made from, where that is told apart.
DISTRIBUTIONS = {
    "alpine": 'NAME="Alpine Linux"\nID=alpine\n',
    "agnhost": 'NAME="Alpine Linux"\nID=alpine\n',
    "kitten": 'NAME="Alpine Linux"\nID=alpine\n',
    "nautilus": 'NAME="Alpine Linux"\nID=alpine\n',
    "debian": 'NAME="Debian GNU/Linux"\nID=debian\n',
    "ubuntu": 'NAME="Ubuntu"\nID=ubuntu\n',
}
ROOTS = {"nginx": web_pages.NGINX, "nginx-slim": web_pages.NGINX, "httpd": web_pages.APACHE}
PICTURES = {"kitten", "nautilus"}  # of Kubernetes' own tests: they say which picture they are


def release(last: str) -> str:
    """The text of /etc/os-release in an image with that last part of its path."""
    return DISTRIBUTIONS.get(last, f"NAME=k9lite\nID={last or 'unknown'}\n")


def own_files(last: str) -> dict[str, bytes]:
    """What such an image brings along beside its programs."""
    if last in PICTURES:
        return {"/data.json": f'{{"image":"{last}.jpg"}}\n'.encode()}
    return web_pages.page(ROOTS[last]) if last in ROOTS else {}
