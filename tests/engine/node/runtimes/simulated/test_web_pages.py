"""What well-known web servers say when nobody tells them otherwise, and when somebody does."""

import pytest

from k9lite.engine.node.runtimes.simulated.files import Files
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response
from k9lite.engine.node.runtimes.simulated.images import simulated_image
from k9lite.engine.node.runtimes.simulated.web_pages import APACHE, NGINX, documents
from k9lite.engine.node.runtimes.volume_files import VolumeFiles


def ask(files: Files, root: str, path: str, method: str = "GET") -> Response:
    response = documents(files, root, "nginx")(Request(method, path, {}, "127.0.0.1"))
    assert isinstance(response, Response)
    return response


@pytest.mark.parametrize(
    ("image", "root", "text"),
    [("nginx:1.27", NGINX, b"Welcome to nginx!"), ("httpd", APACHE, b"It works!")],
)
def test_the_page_of_the_image(image: str, root: str, text: bytes) -> None:
    response = ask(Files(simulated_image(image).files, {}), root, "/?a=b")
    assert (response.status, response.type) == (200, "text/html")
    assert text in response.body


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 200),
        ("/a.css", "GET", 200),
        ("/../../etc/passwd", "GET", 404),
        ("/no", "GET", 404),
        ("/empty", "GET", 403),
        ("/", "POST", 405),
    ],
)
def test_a_volume_in_its_place(path: str, method: str, status: int) -> None:
    volume = VolumeFiles({"index.html": b"mine", "a.css": b"", "empty/x": b""})
    response = ask(Files(simulated_image("nginx").files, {NGINX: volume}), NGINX, path, method)
    assert response.status == status
    assert status != 200 or response.body == (b"mine" if path == "/" else b"")
