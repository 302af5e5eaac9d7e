import pytest

from k9lite.api import images


@pytest.mark.parametrize(
    ("name", "full", "latest"),
    [
        ("nginx", "docker.io/library/nginx:latest", True),
        ("nginx:latest", "docker.io/library/nginx:latest", True),
        ("nginx:1.25", "docker.io/library/nginx:1.25", False),
        ("node-app:v1", "docker.io/library/node-app:v1", False),
        ("bitnami/redis", "docker.io/bitnami/redis:latest", True),
        ("ghcr.io/a/b/c:x", "ghcr.io/a/b/c:x", False),
        ("localhost/app", "localhost/app:latest", True),
        ("localhost:5000/app:v1", "localhost:5000/app:v1", False),
        ("nginx@sha256:" + "0" * 64, "docker.io/library/nginx@sha256:" + "0" * 64, False),
    ],
)
def test_well_formed(name, full, latest):
    image = images.parse(name)
    assert image is not None
    assert (str(image), image.is_latest) == (full, latest)


@pytest.mark.parametrize(
    "name", ["", "Nginx", "a b", "x:", "a//b", "nginx@sha256:12", "UPPER/case:", "0" * 32 + "a" * 32]
)
def test_malformed(name):
    assert images.parse(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nginx", ""),
        ("registry.example.com:5000/team/app:v1", ""),
        ("Node App:::v1", "invalid reference format: repository name (library/Node App) must be lowercase"),
        ("nginx:::1", "invalid reference format"),
        ("team/App", "invalid reference format: repository name (team/App) must be lowercase"),
    ],
)
def test_problem_of_a_name(name: str, problem: str) -> None:
    assert images.name_problem(name) == problem
