"""Which images the registries of the world have, judged by name: there is no list of all of them.

An image of a registry that everybody knows can be pulled, unless its name looks mistyped, or like a placeholder.
"""

import re

from k9lite.api.images import DEFAULT_REGISTRY, ImageName
from k9lite.engine.node.runtimes.simulated.official_images import NAMES, NEWEST_MAJOR, TAG_WORDS

DENIED = (
    "pull access denied, repository does not exist or may require authorization: "
    "server message: insufficient_scope: authorization failed"
)
PUBLIC_REGISTRIES = re.compile(
    r"docker\.io|registry\.k8s\.io|k8s\.gcr\.io|(?:\w+\.)?gcr\.io|[\w-]+\.pkg\.dev|quay\.io|ghcr\.io|nvcr\.io|cgr\.dev"
    r"|lscr\.io|mcr\.microsoft\.com|public\.ecr\.aws|registry\.gitlab\.com|(?:\w+\.)?registry\.redhat\.io"
    r"|registry\.access\.redhat\.com|docker\.elastic\.co|docker\.io|docker\.n8n\.io|cr\.\w+\.io|reg\.kyverno\.io"
    r"|xpkg\.upbound\.io|oci\.external-secrets\.io|registry\.opensource\.zalan\.do|container-registry\.oracle\.com"
    r"|registry\.suse\.com|registry\.opensuse\.org|docker\.redpanda\.com|registry\.developers\.crunchydata\.com"
    r"|projects\.registry\.vmware\.com|registry\.connect\.redhat\.com|icr\.io|cr\.weaviate\.io|public\.cr\.\w+\.\w+"
)
THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]"}
PLACEHOLDER = re.compile(
    r"(?:my|your|some)[-_.].*|(?:my|your)(?:org|company|repo|user|name|app|project|registry|team|account|hub|self)\w*"
    r"|(?:docker|hub|git(?:hub)?)?[-_]?user(?:name)?|owner|org(?:ani[sz]ation)?|company|example(?:s|org|com)?|placeholder"
    r"|project[-_]?(?:id|name)?|account(?:[-_]id)?|(?:repo|repository|registry|image)(?:[-_](?:name|path|id))?|xxx+|foo|bar"
)
# Images of which a tutorial shows that a certain tag is not there: path with registry -> all tags.
ALL_TAGS = {
    "gcr.io/google-samples/kubernetes-bootcamp": {"v1", "v2", "latest"},
    "gcr.io/google-samples/hello-app": {"1.0", "2.0", "latest"},
    "us-docker.pkg.dev/google-samples/containers/gke/hello-app": {"1.0", "2.0", "latest"},
}
# Names that are mistyped now and then, beside the official ones.
WELL_KNOWN = (
    "bitnami/kubectl",
    "bitnami/nginx",
    "bitnami/redis",
    "bitnami/postgresql",
    "bitnami/mysql",
    "curlimages/curl",
    "grafana/grafana",
    "grafana/loki",
    "hashicorp/http-echo",
    "nginxdemos/hello",
    "prom/prometheus",
    "prom/alertmanager",
    "traefik/whoami",
    "nginxinc/nginx-unprivileged",
    "registry.k8s.io/pause",
    "registry.k8s.io/echoserver",
    "registry.k8s.io/nginx-slim",
    "registry.k8s.io/etcd",
    "gcr.io/google-samples/hello-app",
    "gcr.io/google-samples/gb-frontend",
    "registry.k8s.io/metrics-server/metrics-server",
    "registry.k8s.io/ingress-nginx/controller",
    "registry.k8s.io/e2e-test-images/agnhost",
)
VERSION = re.compile(r"v?(\d{1,4})(?:\.\d{1,2}){0,4}(?:[a-z]{1,5}\d{0,3})?|\d{8}(?:\.\d+)?|\d+u\d+|[0-9a-f]{7,40}")
WORD = re.compile(r"([a-z]+)(?:\d+(?:\.\d+)*)?")
FIRST_YEAR = 1900  # a version that begins with a larger number is a date


def problem(name: ImageName) -> str:
    """Why the image cannot be pulled, as containerd says behind "failed to resolve reference"; empty if it can."""
    if name.registry == DEFAULT_REGISTRY and name.path.startswith("library/"):
        official = name.path.removeprefix("library/")
        if official not in NAMES:
            return DENIED
        return "" if name.digest or has_tag(official, name.tag or "latest") else f"{name}: not found"
    if not PUBLIC_REGISTRIES.fullmatch(name.registry):
        return _unreachable(name)
    place = name.path if name.registry == DEFAULT_REGISTRY else f"{name.registry}/{name.path}"
    tags = ALL_TAGS.get(place)
    if tags is not None:
        return "" if name.digest or (name.tag or "latest") in tags else f"{name}: not found"
    if PLACEHOLDER.fullmatch(name.path.partition("/")[0]) or is_mistyped(place):
        return DENIED if name.registry == DEFAULT_REGISTRY else f"{name}: not found"
    return ""


def has_tag(official: str, tag: str) -> bool:
    """Whether a tag is made of versions and words that official images use.

    >>> has_tag("nginx", "1.27-alpine"), has_tag("nginx", "1.161"), has_tag("nginx", "doesnotexist")
    (True, False, False)
    """
    for index, part in enumerate(re.split(r"[-_]", tag)):
        version, word = VERSION.fullmatch(part), WORD.fullmatch(part)
        if word is not None and (part in TAG_WORDS or word[1] in TAG_WORDS):
            continue
        if version is None:
            return False
        if index == 0 and version[1] and NEWEST_MAJOR.get(official, FIRST_YEAR) < int(version[1]) < FIRST_YEAR:
            return False
    return True


def is_mistyped(place: str) -> bool:
    """Whether a name is one slip of the keyboard away from a well-known one, and none itself."""
    return place not in WELL_KNOWN and any(_one_slip(place, name) for name in WELL_KNOWN)


def _one_slip(left: str, right: str) -> bool:
    """Whether one letter is missing, too much, another one, or has changed places with its neighbour."""
    start = next((index for index, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return abs(len(left) - len(right)) == 1 and left[-1:].isalpha() and right[-1:].isalpha()
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[1::-1] == b[:2] and a[2:] == b[2:])


def _unreachable(name: ImageName) -> str:
    """What is said of a registry that nobody knows."""
    request = f'Head "https://{name.registry}/v2/{name.path}/manifests/{name.digest or name.tag or "latest"}"'
    host, _, port = name.registry.rpartition(":") if re.search(r":\d+$", name.registry) else (name.registry, "", "443")
    if host in THIS_MACHINE:
        return f"failed to do request: {request}: dial tcp [::1]:{port}: connect: connection refused"
    return f"failed to do request: {request}: dial tcp: lookup {host}: no such host"
