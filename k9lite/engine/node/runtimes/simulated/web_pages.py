"""Web servers that serve files: the pages that images bring along, and what volumes put in their place."""

import mimetypes
import posixpath
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from k9lite.engine.node.runtimes.simulated.files import Files, NoFile, absolute
from k9lite.engine.node.runtimes.simulated.http_server import Answer, Request, Response

INDEX, HTML = "index.html", "text/html"
BINARY = "application/octet-stream"
NGINX, APACHE = "/usr/share/nginx/html", "/usr/local/apache2/htdocs"

# The folder that an image's server serves -> its page.
PAGES: Mapping[str, str] = {
    NGINX: "<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n"
    "<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n",
    APACHE: "<html><body><h1>It works!</h1></body></html>\n",
}


def page(root: str) -> dict[str, bytes]:
    """The files of an image whose server serves `root`."""
    return {posixpath.join(root, INDEX): PAGES[root].encode()}


def documents(files: Files, root: str, server: str) -> Answer:
    """Answers with what is in the folder `root` when it is asked for; a folder's answer is its index."""

    def answer(request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _refusal(405, "Not Allowed", server)
        path = absolute("." + unquote(urlsplit(request.path).path), root)
        if files.is_folder(path):
            if not files.is_file(posixpath.join(path, INDEX)):
                return _refusal(403, "Forbidden", server)
            path = posixpath.join(path, INDEX)
        try:
            return Response(200, files.read(path), mimetypes.guess_type(path)[0] or BINARY, server)
        except NoFile:
            return _refusal(404, "Not Found", server)

    return answer


def _refusal(status: int, reason: str, server: str) -> Response:
    title = f"{status} {reason}"
    text = f"<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n"
    return Response(status, f"{text}<hr><center>{server}</center>\n</body>\n</html>\n".encode(), HTML, server)
