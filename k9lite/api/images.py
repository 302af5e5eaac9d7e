"""Names of container images: `[registry/]path[:tag][@digest]` (distribution: reference)."""

import re
from dataclasses import dataclass
from functools import lru_cache

DEFAULT_REGISTRY = "docker.io"

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REGISTRY = re.compile(rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_REST = re.compile(
    rf"(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")


@dataclass(frozen=True, slots=True)
class ImageName:
    """A well-formed name in its full form; `tag` and `digest` are empty where the name has none."""

    registry: str
    path: str
    tag: str
    digest: str

    @property
    def is_latest(self) -> bool:
        """Whether it means the tag `latest`, which is assumed where there is neither tag nor digest."""
        return self.tag == "latest" or not (self.tag or self.digest)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ("" if self.digest else ":latest")
        return f"{self.registry}/{self.path}{tag}{'@' + self.digest if self.digest else ''}"


@lru_cache(maxsize=4096)
def parse(name: str) -> ImageName | None:
    """The parts of an image's name; None if it is not well-formed.

    >>> str(parse("nginx"))
    'docker.io/library/nginx:latest'
    """
    if _IDENTIFIER.fullmatch(name):
        return None
    registry, slash, rest = name.partition("/")
    if not slash or not (set(registry) & set(".:") or registry == "localhost" or registry.lower() != registry):
        registry, rest = DEFAULT_REGISTRY, name
    elif not _REGISTRY.fullmatch(registry):
        return None
    found = _REST.fullmatch(rest)
    if found is None:
        return None
    path = found["path"]
    if registry == DEFAULT_REGISTRY and "/" not in path:
        path = f"library/{path}"
    return ImageName(registry, path, found["tag"] or "", found["digest"] or "")


def name_problem(name: str) -> str:
    """Why `name` is no image name, in the words of the reference parser; empty for a well-formed one."""
    if parse(name) is not None:
        return ""
    registry, slash, rest = name.partition("/")
    if not slash or not (set(registry) & set(".:") or registry == "localhost" or registry.lower() != registry):
        rest = name if slash else f"library/{name}"
    remote = rest.partition(":")[0]
    if remote.lower() != remote:
        return f"invalid reference format: repository name ({remote}) must be lowercase"
    return "invalid reference format"
