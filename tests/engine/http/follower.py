"""A reflector as client-go has it, in a process of its own: lists, watches, loses its connection at random, goes on.

Prints the versions of every object it saw, once it has seen the object named `end`.
"""

import json
import random
import ssl
import sys
import urllib.error
import urllib.request

URL, TOKEN, AUTHORITY, SEED = sys.argv[1:]
CONTEXT = ssl.create_default_context(cadata=AUTHORITY)
MAPS = "/api/v1/namespaces/default/configmaps"
chance = random.Random(SEED)


def get(query):
    request = urllib.request.Request(f"{URL}{MAPS}?{query}", headers={"Authorization": f"Bearer {TOKEN}"})
    return urllib.request.urlopen(request, context=CONTEXT, timeout=60)


def follow():
    """(number of connections, data of each object in the order it was seen)"""
    with get("limit=500&resourceVersion=0") as answer:
        listed = json.load(answer)
    version = listed["metadata"]["resourceVersion"]
    seen = {item["metadata"]["name"]: [item["data"]["n"]] for item in listed["items"] if "data" in item}
    connections = 0
    while "end" not in seen:
        connections += 1
        until = chance.randrange(1, 400)
        with get(f"watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion={version}") as stream:
            for count, line in enumerate(stream):
                event = json.loads(line)
                metadata = event["object"]["metadata"]
                assert event["type"] in ("ADDED", "MODIFIED", "BOOKMARK"), event
                assert int(metadata["resourceVersion"]) > int(version), "this was seen before"
                version = metadata["resourceVersion"]
                if event["type"] != "BOOKMARK":
                    seen.setdefault(metadata["name"], []).append(event["object"]["data"]["n"])
                if count >= until or "end" in seen:
                    break
    return connections, seen


print("ready", flush=True)
json.dump(follow(), sys.stdout)
