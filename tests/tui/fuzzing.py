"""Random keys, clicks, pastes and resizes on a dashboard whose cluster changes all the while."""

import random
from dataclasses import dataclass, field

from driving import HOSTILE, deployment
from textual import events

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.tui.keys.actions import ACTIONS

KEYS = sorted({key for action in ACTIONS for key in action.keys if action.id not in ("quit", "ask-quit")})
MORE_KEYS = ("ctrl+p", "escape", "enter", "enter", "tab", "shift+tab", "backspace", "space", "up", "down", "[", "/")
TYPED = ("web", "pods", "xray deploy", "dir /x[/y", "80800", "(.+)+!", "-l app=web", "-f wb", "!x", "[/", HOSTILE[:60])
SIZES = [(80, 24), (120, 36), (200, 60), (20, 5), (40, 12), (1, 1)]
KINDS = [kinds.POD, kinds.DEPLOYMENT, kinds.SERVICE, kinds.CONFIG_MAP, kinds.NODE]


@dataclass
class Fuzz:
    """`steps` holds what was done, so that a failure can be read."""

    app: object
    client: object
    clock: object
    seed: int
    steps: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.random = random.Random(self.seed)

    async def run(self, pilot, events):
        done = 0
        while done < events:
            burst = self.random.choice((1, 1, 2, 3, 6))
            for _ in range(burst):
                self.random.choices((self.key, self.text, self.click, self.paste, self.scroll), (30, 3, 3, 1, 1))[0]()
            done += burst
            if self.random.random() < 0.3:
                await self.change()
            if self.random.random() < 0.03:
                size = self.random.choice(SIZES)
                self.steps.append(f"resize {size}")
                await pilot.resize_terminal(*size)
            await pilot.pause()
            assert self.app._exception is None, self.report()

    def report(self):
        return f"seed {self.seed}: {self.app._exception!r} after {' '.join(self.steps[-30:])}"

    def press(self, key):
        self.steps.append(key)
        character = key if len(key) == 1 else {"space": " ", "slash": "/", "colon": ":"}.get(key)
        self.app.post_message(events.Key(key, character))

    def key(self):
        self.press(self.random.choice(self.random.choice((KEYS, MORE_KEYS))))

    def text(self):
        self.press(self.random.choice(("colon", "slash")))
        for character in self.random.choice(TYPED):
            self.app.post_message(events.Key(character, character))
        self.press("enter")

    def click(self):
        width, height = self.app.size
        x, y = self.random.randrange(max(1, width)), self.random.randrange(max(1, height))
        self.steps.append(f"click({x},{y})")
        for type in (events.MouseDown, events.MouseUp):
            event = type(None, x, y, 0, 0, 1, False, False, False, x, y)
            self.app.screen._forward_event(event)

    def paste(self):
        self.steps.append("paste")
        self.app.post_message(events.Paste(self.random.choice((*TYPED, HOSTILE))))

    def scroll(self):
        self.steps.append("scroll")
        width, height = self.app.size
        event = events.MouseScrollDown(None, width // 2, height // 2, 0, 1, 0, False, False, False)
        self.app.screen._forward_event(event)

    async def change(self):
        """Create, change or delete something."""
        kind = self.random.choice(KINDS)
        objects = (await self.client.list(kind)).items
        try:
            if objects and self.random.random() < 0.4:
                gone = self.random.choice(objects)
                self.steps.append(f"delete({gone.name})")
                await self.client.delete(kind, gone.name, gone.namespace)
            elif kind is kinds.DEPLOYMENT:
                await deployment(self.client, f"web{self.random.randrange(5)}")
            else:
                await self.client.create(kind, self.body(kind), "default" if kind.namespaced else "")
        except StatusError:
            pass  # it is there already, or gone
        await self.clock.advance(self.random.choice((0.1, 1, 30)))

    def body(self, kind):
        name = {"metadata": {"name": f"x{self.random.randrange(9)}", "labels": {"app": "web"}}}
        spec = {
            kinds.POD: {"containers": [{"name": "web", "image": "i"}]},
            kinds.SERVICE: {"selector": {"app": "web"}, "ports": [{"port": 80}]},
        }.get(kind)
        return name | ({"spec": spec} if spec else {})
