"""The subcommand that converts custom resources between two versions: a conversion webhook."""

import json
from typing import Any
from urllib.parse import urlsplit

from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import serve_https
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response
from k9lite.engine.node.runtimes.simulated.process import Process

Data = dict[str, Any]
FIRST, SECOND = "stable.example.com/v1", "stable.example.com/v2"
REVIEWS = ("apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1")


class NotConverted(Exception):
    """An object cannot be converted; the text says why."""


async def conversion_webhook(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    return await serve_https(process, flags.number(given, "port", 443), answer)


def answer(request: Request) -> Response:
    if urlsplit(request.path).path != "/crdconvert":
        return Response(404, b"404 page not found\n")
    kind = request.headers.get("content-type", "")
    if kind != "application/json":
        return Response(400, f"invalid Content-Type header `{kind}`\n".encode())
    try:
        review = json.loads(request.body)
        asked = review["request"]
    except (ValueError, KeyError, TypeError) as error:
        return Response(400, f"failed to deserialize body with error {error}\n".encode())
    if review.get("kind") != "ConversionReview" or review.get("apiVersion") not in REVIEWS:
        return Response(400, f"Unsupported group version kind: {review.get('apiVersion')}\n".encode())
    response: Data = {"uid": asked.get("uid", "")}
    try:
        converted = [convert(one, asked["desiredAPIVersion"]) for one in asked.get("objects") or ()]
        response |= {"convertedObjects": converted, "result": {"metadata": {}, "status": "Success"}}
    except NotConverted as problem:
        response["result"] = {"metadata": {}, "status": "Failure", "message": str(problem)}
    answered = {"kind": review["kind"], "apiVersion": review["apiVersion"], "response": response}
    return Response(body=json.dumps(answered).encode() + b"\n", type="application/json")


def convert(obj: Data, version: str) -> Data:
    """`hostPort: a:1` of the first version is `host: a` and `port: 1` in the second. NotConverted."""
    before = obj.get("apiVersion", "")
    if before == version:
        raise NotConverted(f"conversion from a version to itself should not call the webhook: {version}")
    if before not in (FIRST, SECOND):
        raise NotConverted(f'unexpected conversion version "{before}"')
    if version not in (FIRST, SECOND):
        raise NotConverted(f'unexpected conversion version "{version}"')
    converted = obj | {"apiVersion": version}
    if version == FIRST:
        if "host" in obj or "port" in obj:
            converted["hostPort"] = f"{converted.pop('host', '')}:{converted.pop('port', '')}"
    elif "hostPort" in obj:
        parts = str(converted.pop("hostPort")).split(":")
        if len(parts) != 2:
            raise NotConverted(f"invalid hostPort value `{obj['hostPort']}`")
        converted["host"], converted["port"] = parts
    return converted
