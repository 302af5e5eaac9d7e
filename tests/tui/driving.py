"""Driving the dashboard: what tests of its screens share."""

from k9lite.api import kinds

SIZES = {"small": (80, 24), "normal": (120, 36), "wide": (200, 60)}
HOSTILE = "[/foo] [red]x[@click=app.quit]\x1b[31m\u202e日本🎉\n" + "y" * 10_000
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: node-app:v1
"""


def screen(app):
    """The text of what is shown."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def settle(pilot):
    """Let informers, workers and frames do what they have to."""
    for _ in range(3):
        await pilot.pause(0.06)


async def press(pilot, *keys):
    await pilot.press(*keys)
    await settle(pilot)


async def deployment(client, name="web", **spec):
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "web", "image": "node-app:v1"}]},
    }
    body = {"replicas": 3, "selector": {"matchLabels": {"app": name}}, "template": template} | spec
    return await client.create(kinds.DEPLOYMENT, {"metadata": {"name": name}, "spec": body}, "default")


def is_aligned(app, size):
    """Whether every line of the screen has its width, and nothing in it can move a cursor."""
    strips = app.screen._compositor.render_strips()
    text = screen(app)
    return all(strip.cell_length == size[0] for strip in strips) and "\x1b" not in text and "\u202e" not in text
