"""The images whose contents are simulated, so that a program which is missing here is missing there as well."""

from k9lite.api.images import DEFAULT_REGISTRY, ImageName

OFFICIAL = frozenset({
    "alpine", "bash", "busybox", "caddy", "debian", "haproxy", "hello-world", "httpd", "mariadb", "memcached",
    "mongo", "mysql", "nats", "nginx", "node", "node-app", "perl", "php", "postgres", "python", "rabbitmq", "redis",
    "registry", "ruby", "tomcat", "traefik", "ubuntu", "wordpress",
})  # fmt: skip
OF_ORGANISATIONS = frozenset({
    "curlimages/curl", "grafana/grafana", "hashicorp/http-echo", "nginxdemos/hello", "prom/prometheus",
    "traefik/whoami",
})  # fmt: skip
OF_KUBERNETES = frozenset({
    "pause", "nginx-slim", "echoserver", "e2e-test-images/agnhost", "e2e-test-images/busybox", "e2e-test-images/httpd",
    "e2e-test-images/nginx", "e2e-test-images/perl", "e2e-test-images/redis", "e2e-test-images/echoserver",
})  # fmt: skip
OF_GOOGLE = frozenset({"google-samples/hello-app", "google-samples/gb-frontend", "google-containers/pause"})

KNOWN = {
    DEFAULT_REGISTRY: OF_ORGANISATIONS | {f"library/{name}" for name in OFFICIAL},
    "registry.k8s.io": OF_KUBERNETES, "k8s.gcr.io": OF_KUBERNETES,
    "gcr.io": OF_GOOGLE, "us-docker.pkg.dev": frozenset({"google-samples/containers/gke/hello-app"}),
}  # fmt: skip


def are_known(name: ImageName) -> bool:
    return name.path in KNOWN.get(name.registry, ())
